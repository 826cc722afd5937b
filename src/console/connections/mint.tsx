/** Tokens without a flow, right or wrong on purpose. */

import { useState } from 'preact/hooks'
import { literal } from '../api/lines.js'
import { providers, vocabulary } from '../api/status.js'
import { useStore } from '../store.js'
import type { UserView } from '../types.js'
import { Copy } from '../ui/copy.js'
import { Do } from '../ui/do.js'
import { Select, Text } from '../ui/field.js'
import { useAsked } from '../use.js'

interface Minted {
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly idToken?: string
}

const labels = { accessToken: 'access token', refreshToken: 'refresh token', idToken: 'ID token' } as const

const Result = ({ minted }: { readonly minted: Minted }) => (
  <dl aria-label="Minted">
    {(Object.keys(labels) as (keyof typeof labels)[]).map((member) => {
      const value = minted[member]
      return value === undefined ? null : (
        <div key={member}>
          <dt>{labels[member]}</dt>
          <dd>
            <code>{value}</code> <Copy text={value} name={`the ${labels[member]}`} />
          </dd>
        </div>
      )
    })}
  </dl>
)

export const Mint = ({ provider }: { readonly provider: string | undefined }) => {
  const known = useStore(providers)
  const words = useStore(vocabulary)
  const [chosen, choose] = useState('')
  const [kind, setKind] = useState('')
  const [wrong, setWrong] = useState('')
  const [user, setUser] = useState('')
  const [lifetime, setLifetime] = useState('')
  const [minted, set] = useState<Minted | undefined>(undefined)
  const at = provider ?? (chosen || known[0]?.id || '')
  const users = useAsked<{ readonly users: readonly UserView[] }>(at === '' ? undefined : `/users?provider=${at}`)
  const wish = {
    ...(kind === '' ? {} : { kind }),
    ...(wrong === '' ? {} : { wrong }),
    ...(user === '' ? {} : { user }),
    ...(lifetime === '' ? {} : { lifetime }),
  }
  const action = {
    title: 'Mint tokens',
    method: 'POST',
    path: '/tokens/mint',
    body: { provider: at, ...wish },
    library: `await double.tokens.mint(${literal(at)}${Object.keys(wish).length === 0 ? '' : `, ${literal(wish)}`})`,
  }
  return (
    <details class="card">
      <summary>Mint tokens, right or wrong on purpose</summary>
      <div class="fields">
        {provider === undefined && <Select label="Provider" value={at} set={choose} options={known.map(({ id, name }) => [id, name])} />}
        <Select
          label="Kind"
          value={kind}
          set={setKind}
          any="what the token endpoint gives"
          options={['access_token', 'refresh_token', 'id_token'].map((one) => [one, one.replaceAll('_', ' ')])}
        />
        <Select label="Wrong" value={wrong} set={setWrong} any="nothing" options={(words?.wrong ?? []).map((one) => [one, one])} />
        <Select
          label="User"
          value={user}
          set={setUser}
          any="the first"
          options={(users.value?.users ?? []).map(({ id, name }) => [id, name])}
        />
        <Text label="Lifetime" value={lifetime} set={setLifetime} placeholder="as the provider; 30s, 2h" />
        <Do kind="main" action={action} then={(answer) => set(answer as Minted)}>
          Mint
        </Do>
      </div>
      {minted && <Result minted={minted} />}
    </details>
  )
}
