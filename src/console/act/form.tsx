/** A fault of any kind, in all its members: the fields are made of what the server says of each kind. */

import { useEffect, useState } from 'preact/hooks'
import { providers, vocabulary } from '../api/status.js'
import { amend, route } from '../route.js'
import { useStore } from '../store.js'
import type { Vocabulary } from '../types.js'
import { Do } from '../ui/do.js'
import { Area, Select, Text } from '../ui/field.js'
import { type Draft, draftOf, faultIn, isJson, type Member, membersOf, type NewFault } from './draft.js'
import { addition } from './faults.js'

const empty: Draft = { kind: 'lose', operation: 'token' }

const pairs = (words: readonly string[]): readonly (readonly [string, string])[] => words.map((word) => [word, word])

/** A member that is not in here is called by its own name. */
const labels: { readonly [member: string]: readonly [label: string, placeholder?: string] } = {
  provider: ['Provider'],
  operation: ['Request'],
  times: ['How often', '1, 2, always'],
  probability: ['Probability', 'above 0, up to 1'],
  grantType: ['Grant type', 'any'],
  clientId: ['Client id', 'any'],
  method: ['Method', 'any'],
  path: ['Path', 'any'],
  nth: ['From the nth on', '1'],
  status: ['Status', 'as usual'],
  headers: ['Headers', '{"x-header": "value"}'],
  body: ['Body', 'JSON, or text'],
  reason: ['Reason'],
  retryAfter: ['Retry after', 'seconds'],
  for: ['For', '2s, 1m'],
  phase: ['When'],
  limit: ['At most', '30s'],
  after: ['After', 'bytes'],
  by: ['Off by', 'bytes'],
  pause: ['Pause between bytes', '50ms, 2s'],
  set: ['Members to set', '{"expires_in": 5}'],
  remove: ['Members to leave out', 'scope, expires_in'],
  order: ['Order of the members'],
  parameter: ['Parameter'],
  how: ['Becomes'],
}

const grantTypes = 'fault-grant-types'

const Field = ({ member, value, set }: { readonly member: Member; readonly value: string; readonly set: (value: string) => void }) => {
  const known = useStore(providers)
  const { name, schema, required } = member
  const [label, placeholder = ''] = labels[name] ?? [name]
  if (name === 'provider')
    return <Select label={label} value={value} set={set} any="any" options={known.map((one) => [one.id, one.name])} />
  if (schema.enum)
    return (
      <Select
        label={label}
        value={value}
        set={set}
        any={required ? 'choose' : name === 'operation' ? 'any' : 'as usual'}
        options={pairs(schema.enum)}
      />
    )
  if (isJson(schema)) return <Area label={label} value={value} set={set} placeholder={placeholder} />
  return (
    <Text
      label={label}
      type={schema.type === 'integer' ? 'number' : 'text'}
      value={value}
      set={set}
      placeholder={placeholder}
      {...(name === 'grantType' ? { list: grantTypes } : {})}
    />
  )
}

const written = (draft: Draft, words: Vocabulary): NewFault | string => {
  try {
    return faultIn(draft, words)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const Fields = ({ draft, set, words }: { readonly draft: Draft; readonly set: (next: Draft) => void; readonly words: Vocabulary }) => {
  const known = useStore(providers)
  const { kind = '' } = draft
  const members = membersOf(words, kind)
  const field = (member: Member) => (
    <Field key={member.name} member={member} value={draft[member.name] ?? ''} set={(value) => set({ ...draft, [member.name]: value })} />
  )
  const fault = written(draft, words)
  const grants = [...new Set(known.flatMap(({ flow }) => flow.grants))]
  return (
    <>
      <div class="fields">
        <Select label="What happens" value={kind} set={(value) => set({ ...draft, kind: value })} options={pairs(words.faults)} />
        {members.own.map(field)}
      </div>
      <h3>To which requests</h3>
      <div class="fields">{members.common.map(field)}</div>
      <datalist id={grantTypes}>
        {grants.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <div class="row wrap">
        <Do kind="main" action={typeof fault === 'string' ? async () => undefined : addition(fault)} disabled={typeof fault === 'string'}>
          Set this fault
        </Do>
        {typeof fault === 'string' && <span class="quiet">{fault}</span>}
      </div>
    </>
  )
}

export const FaultForm = () => {
  const { params } = useStore(route)
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
  return (
    <details class="more" open={open} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>Any other fault</summary>
      {words && <Fields draft={draft} set={set} words={words} />}
    </details>
  )
}
