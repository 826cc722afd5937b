/** The sandbox's clock. */

import { useState } from 'preact/hooks'
import { say } from '../api/actions.js'
import { get } from '../api/client.js'
import { literal } from '../api/lines.js'
import { clockNow, status, useNow } from '../api/status.js'
import { useStore } from '../store.js'
import type { Token } from '../types.js'
import { Do } from '../ui/do.js'
import { Card, Text } from '../ui/field.js'
import { dateOf, lengthText, timeOf } from '../ui/text.js'

const advance = (by: string | number, title = `Advance by ${by}`) => ({
  title,
  method: 'POST',
  path: '/clock',
  body: { advance: by },
  library: `double.clock.advance(${literal(by)})`,
})

const change = (verb: 'freeze' | 'run' | 'reset', title: string) => ({
  title,
  method: 'POST',
  path: '/clock',
  body: { [verb]: true },
  library: `double.clock.${verb}()`,
})

/** To the second at which the next live token is over. */
const toNextExpiry = async () => {
  const { tokens } = await get<{ readonly tokens: readonly Token[] }>('/tokens?state=live')
  const now = clockNow()
  const ends = tokens.flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []))
  const [next] = ends.sort((a, b) => a - b)
  if (next !== undefined) return advance(next - now, `Advance to the next expiry, in ${lengthText(next - now)}`)
  say('No live token expires', true)
  return undefined
}

export const ClockCard = () => {
  const now = useNow()
  const clock = useStore(status)?.clock
  const [by, set] = useState('30m')
  return (
    <Card title="Clock">
      <p class="big">
        {timeOf(now)} <span class="quiet">{dateOf(now)} UTC</span>
      </p>
      <p class="quiet">
        {clock?.frozen ? 'It stands still.' : 'It runs.'}{' '}
        {clock && Math.abs(clock.offset) > 2 ? `${lengthText(clock.offset)} ${clock.offset > 0 ? 'ahead of' : 'behind'} real time.` : ''}
        {clock && clock.skew !== 0 ? ` What tokens say is ${lengthText(clock.skew)} ${clock.skew > 0 ? 'ahead' : 'behind'}.` : ''}
      </p>
      <div class="row wrap">
        <Do action={advance('1m')}>+1 min</Do>
        <Do action={advance('1h')}>+1 h</Do>
        <Do action={advance('1d')}>+1 d</Do>
        <Do action={toNextExpiry} kind="main">
          To the next expiry
        </Do>
      </div>
      <div class="row wrap">
        {clock?.frozen ? (
          <Do action={change('run', 'Let the clock run')}>Run</Do>
        ) : (
          <Do action={change('freeze', 'Freeze the clock')}>Freeze</Do>
        )}
        <Do action={change('reset', 'Back to real time')}>Real time</Do>
        <Text label="Advance by" value={by} set={set} />
        <Do action={advance(by)} disabled={by === ''}>
          Advance
        </Do>
      </div>
    </Card>
  )
}
