/** What the person at the browser does next. */

import { useState } from 'preact/hooks'
import { literal } from '../api/lines.js'
import { nameOf, providers } from '../api/status.js'
import { useStore } from '../store.js'
import type { Approval, UserView } from '../types.js'
import { Do } from '../ui/do.js'
import { Card, Check, Select } from '../ui/field.js'
import { useAsked } from '../use.js'

type Way = { readonly deny: true } | { readonly ask: true } | { readonly as: string } | { readonly error: string }

const inWords = (one: Approval, users: readonly UserView[]): string => {
  if (one.deny) return 'says no'
  if (one.ask) return 'is asked, on pages'
  if (one.error !== undefined) return `meets ${one.error}`
  return `approves as ${users.find(({ id }) => id === one.as)?.name ?? one.as}`
}

const setting = (way: Way, provider: string, once: boolean) => {
  const how = { ...(provider === '' ? {} : { provider }), ...(once ? { once } : {}) }
  return {
    title: once ? 'Decide for the next person' : 'Decide for everybody from now on',
    method: 'PUT',
    path: '/approvals',
    body: { ...way, ...how },
    library: `double.approvals.set(${literal(way)}${Object.keys(how).length === 0 ? '' : `, ${literal(how)}`})`,
  }
}

const back = { title: 'Approvals as they began', method: 'DELETE', path: '/approvals', library: 'double.approvals.reset()' }

export const Approvals = () => {
  const known = useStore(providers)
  const [provider, setProvider] = useState('')
  const [once, setOnce] = useState(true)
  const [user, setUser] = useState('')
  const standing = useAsked<{ readonly approvals: { readonly [provider: string]: readonly Approval[] } }>('/approvals', true)
  const everybody = useAsked<{ readonly users: readonly UserView[] }>('/users')
  const users = everybody.value?.users ?? []
  const there = users.filter((one) => provider === '' || one.provider === provider)
  return (
    <Card title="The person at the browser">
      <dl aria-label="What happens next">
        {Object.entries(standing.value?.approvals ?? {}).map(([id, list]) => (
          <div key={id}>
            <dt>{nameOf(id)}</dt>
            <dd>{list.map((one) => `${one.once ? 'next time ' : ''}${inWords(one, users)}`).join(', then ')}</dd>
          </div>
        ))}
      </dl>
      <div class="fields">
        <Select label="At" value={provider} set={setProvider} any="all providers" options={known.map(({ id, name }) => [id, name])} />
        <Select
          label="User"
          value={user}
          set={setUser}
          any="choose to approve as"
          options={there.map(({ id, name, provider: at }) => [id, `${name} (${nameOf(at)})`])}
        />
        <Check label="only the next time" value={once} set={setOnce} />
      </div>
      <div class="row wrap">
        <Do kind="main" action={setting({ deny: true }, provider, once)}>
          Says no
        </Do>
        <Do action={setting({ ask: true }, provider, once)}>Is asked on pages</Do>
        <Do action={setting({ error: 'server_error' }, provider, once)}>Meets server_error</Do>
        <Do action={setting({ as: user }, provider, once)} disabled={user === ''}>
          Approves as that user
        </Do>
        <Do kind="small" action={back}>
          Put back
        </Do>
      </div>
    </Card>
  )
}
