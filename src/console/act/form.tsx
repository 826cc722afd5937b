/** A fault in all its members. */

import { useEffect, useState } from 'preact/hooks'
import { providers, vocabulary } from '../api/status.js'
import { amend, route } from '../route.js'
import { useStore } from '../store.js'
import { Do } from '../ui/do.js'
import { Select, Text } from '../ui/field.js'
import { addition, type NewFault } from './faults.js'

interface Draft {
  readonly provider: string
  readonly operation: string
  readonly kind: string
  readonly reason: string
  readonly status: string
  readonly grantType: string
  readonly nth: string
  readonly times: string
  readonly parameter: string
  readonly how: string
}

const empty: Draft = {
  provider: '',
  operation: 'token',
  kind: 'lose',
  reason: '',
  status: '',
  grantType: '',
  nth: '',
  times: '1',
  parameter: 'state',
  how: 'wrong',
}

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a link to this form says, as far as it is text or a number. */
export const draftOf = (text: string): Draft | undefined => {
  try {
    const said: unknown = JSON.parse(text)
    if (!isObject(said)) return undefined
    const when = isObject(said['when']) ? said['when'] : {}
    const all = { ...said, ...when }
    const members = Object.keys(empty).flatMap((member) => {
      const value = all[member]
      return typeof value === 'string' || typeof value === 'number' ? [[member, String(value)] as const] : []
    })
    return { ...empty, ...Object.fromEntries(members) }
  } catch {
    return undefined
  }
}

const statuses = ['status', 'rate-limit', 'gateway-page']

export const faultIn = (draft: Draft): NewFault => {
  const { provider, operation, kind, reason, status, grantType, nth, times, parameter, how } = draft
  const when = { ...(grantType === '' ? {} : { grantType }), ...(nth === '' ? {} : { nth: Number(nth) }) }
  return {
    kind,
    ...(provider === '' ? {} : { provider }),
    ...(operation === '' ? {} : { operation }),
    ...(kind === 'refuse' ? { reason } : {}),
    ...(statuses.includes(kind) && status !== '' ? { status: Number(status) } : {}),
    ...(kind === 'tamper' ? { parameter, how } : {}),
    ...(Object.keys(when).length === 0 ? {} : { when }),
    ...(times === '1' || times === '' ? {} : { times: times === 'always' ? 'always' : Number(times) }),
  }
}

/** Kinds that say more than this form does are for the API. */
const beyond = ['say', 'hold']

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer']

const pairs = (words: readonly string[]): readonly (readonly [string, string])[] => words.map((word) => [word, word])

export const FaultForm = () => {
  const { params } = useStore(route)
  const known = useStore(providers)
  const words = useStore(vocabulary)
  const [draft, set] = useState(empty)
  const [open, show] = useState(false)
  const said = params['fault']
  useEffect(() => {
    const wanted = said === undefined ? undefined : draftOf(said)
    if (!wanted) return
    set(wanted)
    show(true)
    amend({ fault: undefined }, true)
  }, [said])
  const take = (member: keyof Draft) => (value: string) => set((was) => ({ ...was, [member]: value }))
  return (
    <details class="more" open={open} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>Any other fault</summary>
      <div class="fields">
        <Select
          label="Provider"
          value={draft.provider}
          set={take('provider')}
          any="any"
          options={known.map(({ id, name }) => [id, name])}
        />
        <Select label="Request" value={draft.operation} set={take('operation')} any="any" options={pairs(words?.operations ?? [])} />
        <Select
          label="What happens"
          value={draft.kind}
          set={take('kind')}
          options={pairs((words?.faults ?? []).filter((kind) => !beyond.includes(kind)))}
        />
        {draft.kind === 'refuse' && (
          <Select label="Reason" value={draft.reason} set={take('reason')} any="choose" options={pairs(words?.reasons ?? [])} />
        )}
        {statuses.includes(draft.kind) && (
          <Text label="Status" type="number" value={draft.status} set={take('status')} placeholder="as usual" />
        )}
        {draft.kind === 'tamper' && (
          <Select label="Parameter" value={draft.parameter} set={take('parameter')} options={pairs(['code', 'state', 'iss'])} />
        )}
        {draft.kind === 'tamper' && (
          <Select label="Becomes" value={draft.how} set={take('how')} options={pairs(['missing', 'wrong', 'empty', 'doubled'])} />
        )}
        <Select label="Grant" value={draft.grantType} set={take('grantType')} any="any" options={pairs(grantTypes)} />
        <Text label="From the nth on" type="number" value={draft.nth} set={take('nth')} placeholder="1" />
        <Text label="How often" value={draft.times} set={take('times')} placeholder="1, 2, always" />
      </div>
      <div class="row">
        <Do kind="main" action={addition(faultIn(draft))} disabled={draft.kind === 'refuse' && draft.reason === ''}>
          Set this fault
        </Do>
      </div>
    </details>
  )
}
