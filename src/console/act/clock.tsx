/** The sandbox's clock. */

import { useState } from 'preact/hooks'
import { literal } from '../api/lines.js'
import { status, useNow } from '../api/status.js'
import { useStore } from '../store.js'
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

const toNextExpiry = {
  title: 'To the next expiry',
  method: 'POST',
  path: '/clock',
  body: { advanceTo: 'next-expiry' },
  library: "await double.clock.advanceTo('next-expiry')",
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
