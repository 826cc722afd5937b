/** Faults: in one click what goes wrong once in a thousand times, and what waits to go wrong. */

import { useState } from 'preact/hooks'
import type { Action } from '../api/actions.js'
import { literal } from '../api/lines.js'
import { nameOf, providers, status, vocabulary } from '../api/status.js'
import { useStore } from '../store.js'
import type { Fault } from '../types.js'
import { Do } from '../ui/do.js'
import { Card, Select } from '../ui/field.js'
import { useAsked } from '../use.js'
import type { NewFault } from './draft.js'
import { FaultForm } from './form.js'

/** A hold is released by its handle. */
const holding = ({ kind: _, provider, operation, ...how }: NewFault): string =>
  `using held = double.faults.hold(${literal(provider)}, ${literal(operation)}${Object.keys(how).length === 0 ? '' : `, ${literal(how)}`})`

export const addition = (fault: NewFault, title = `Set a fault (${fault.kind})`): Action => ({
  title,
  method: 'POST',
  path: '/faults',
  body: fault,
  library: fault.kind === 'hold' ? holding(fault) : `double.faults.add(${literal(fault)})`,
})

const refresh = { operation: 'token', when: { grantType: 'refresh_token' } } as const
const code = { operation: 'token', when: { grantType: 'authorization_code' } } as const

const presets: readonly (readonly [title: string, fault: NewFault])[] = [
  ['Lose the reply to the next refresh', { kind: 'lose', ...refresh }],
  ['Lose the reply to the next code exchange', { kind: 'lose', ...code }],
  ['Refuse the next refresh as revoked', { kind: 'refuse', reason: 'refresh_token_revoked', ...refresh }],
  ['Refuse the next code as expired', { kind: 'refuse', reason: 'code_expired', ...code }],
  ['Next token request: 503', { kind: 'status', status: 503, operation: 'token' }],
  ['Next API call: token expired', { kind: 'refuse', reason: 'token_expired', operation: 'resource' }],
  ['Next request: too many', { kind: 'rate-limit', retryAfter: 30 }],
  ['Next token request: reset the connection', { kind: 'reset', operation: 'token' }],
  ['Next token reply: cut in half', { kind: 'truncate', operation: 'token' }],
  ['Next token reply: a gateway’s page', { kind: 'gateway-page', operation: 'token' }],
  ['Next redirect: another state', { kind: 'tamper', parameter: 'state', how: 'wrong', operation: 'authorize' }],
  ['Hold the next token request', { kind: 'hold', operation: 'token', phase: 'before' }],
  ['Hold the next token reply', { kind: 'hold', operation: 'token', phase: 'after' }],
]

const release = (id: string, body: { readonly lose?: true; readonly refuse?: string }, title: string): Action => ({
  title,
  method: 'POST',
  path: `/faults/${id}/release`,
  body,
  library: body.lose ? 'held.lose()' : body.refuse === undefined ? 'held.release()' : `held.refuse(${literal(body.refuse)})`,
})

const removal = (id: string): Action => ({
  title: `Take ${id} back`,
  method: 'DELETE',
  path: `/faults/${id}`,
  library: `double.faults.clear(${literal(id)})`,
})

const clearing: Action = { title: 'Clear all faults', method: 'DELETE', path: '/faults', library: 'double.faults.clear()' }

const aimOf = (fault: Fault): string =>
  [
    fault.provider === undefined ? 'any provider' : nameOf(fault.provider),
    fault.operation ?? 'any request',
    fault.when?.grantType,
    fault.times === 'always' ? 'always' : `${fault.times}×`,
    fault.fired > 0 ? `fired ${fault.fired}×` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ')

const Held = ({ id, held }: { readonly id: string; readonly held: number }) => (
  <>
    <span class={held > 0 ? 'chip strong' : 'chip'}>{held > 0 ? `holds ${held} now` : 'nothing has come'}</span>
    <Do kind="small" disabled={held === 0} action={release(id, {}, 'Let it through')}>
      Release
    </Do>
    <Do kind="small" disabled={held === 0} action={release(id, { lose: true }, 'Let it through and lose the reply')}>
      Release and lose
    </Do>
    <Do kind="small" disabled={held === 0} action={release(id, { refuse: 'server_error' }, 'Refuse what is held')}>
      Refuse
    </Do>
  </>
)

const Waiting = ({ faults }: { readonly faults: readonly Fault[] }) => (
  <ul class="plainlist waiting" aria-label="Faults that wait">
    {faults.map((fault) => (
      <li key={fault.id} class="row wrap">
        <span class="grow">
          <b>{fault.kind}</b> <span class="quiet">{aimOf(fault)}</span>
        </span>
        {fault.kind === 'hold' && <Held id={fault.id} held={fault.held ?? 0} />}
        <Do kind="small" action={removal(fault.id)} name={`Take back ${fault.kind} (${fault.id})`}>
          Take back
        </Do>
      </li>
    ))}
  </ul>
)

export const Faults = () => {
  const words = useStore(vocabulary)
  const known = useStore(providers)
  // A request that is held is in no journal yet: what waits is asked for as often as the status is.
  const now = useStore(status)
  const [provider, set] = useState('')
  const { value } = useAsked<{ readonly faults: readonly Fault[] }>('/faults', true, now)
  const waiting = value?.faults ?? []
  const offered = presets.filter(
    ([, { kind, reason }]) => words?.faults.includes(kind) && (reason === undefined || words.reasons.includes(String(reason))),
  )
  const aim = provider === '' ? {} : { provider }
  return (
    <Card title="The next fault">
      <Select
        label="At"
        value={provider}
        set={set}
        any="whichever provider comes first"
        options={known.map(({ id, name }) => [id, name])}
      />
      <div class="row presets">
        {offered.map(([title, fault]) => (
          <Do key={title} action={addition({ ...fault, ...aim }, title)}>
            {title}
          </Do>
        ))}
      </div>
      <FaultForm />
      <h3>Waiting</h3>
      {waiting.length === 0 ? (
        <p class="quiet">Nothing waits to go wrong.</p>
      ) : (
        <>
          <Waiting faults={waiting} />
          <div class="row">
            <Do kind="small danger" action={clearing}>
              Clear all
            </Do>
          </div>
        </>
      )}
    </Card>
  )
}
