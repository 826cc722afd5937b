/** Connections: which user is connected to which client, and the tokens that hold it together. */

import { useState } from 'preact/hooks'
import { literal } from '../api/lines.js'
import { nameOf, providers, useNow } from '../api/status.js'
import { amend, route } from '../route.js'
import { useStore } from '../store.js'
import type { Connection } from '../types.js'
import { Do } from '../ui/do.js'
import { Check, Select } from '../ui/field.js'
import { useAsked } from '../use.js'
import { Mint } from './mint.js'
import { familyOf, Tree } from './tree.js'

interface Listed {
  readonly connections: readonly Connection[]
  readonly more: number
}

const disconnect = ({ provider, clientId, user }: Connection) => {
  const body = { provider, client: clientId, user }
  return {
    title: 'Revoke all of a connection',
    method: 'POST',
    path: '/tokens/revoke',
    body,
    library: `await double.tokens.revoke(${literal(body)})`,
  }
}

const One = ({
  connection,
  now,
  wanted,
  ended,
}: {
  readonly connection: Connection
  readonly now: number
  readonly wanted: string | undefined
  readonly ended: boolean
}) => {
  const { provider, clientId, client, user, name, email, live, tokens, more } = connection
  const who = (name ?? user) || 'No user'
  const shown = ended ? tokens : tokens.filter(({ state, fingerprint }) => state === 'live' || fingerprint === wanted)
  return (
    <section class="card connection" aria-label={`${who} at ${nameOf(provider)}`}>
      <div class="row wrap">
        <h2 class="grow">
          {who} <span class="quiet">{email && email !== who ? email : ''}</span>
        </h2>
        <span class="chip">{live} live</span>
        {live > 0 && (
          <Do kind="small danger" action={disconnect(connection)} name={`Revoke all tokens of ${who} at ${nameOf(provider)}`}>
            Revoke all
          </Do>
        )}
      </div>
      <p class="quiet">
        {nameOf(provider)} · {client ?? (user === '' ? 'client' : 'API key')} <code>{clientId}</code>
      </p>
      {shown.length === 0 ? <p class="quiet">Nothing of it is live.</p> : <Tree branches={familyOf(shown)} now={now} wanted={wanted} />}
      {more > 0 && <p class="quiet">{more} older ones are not shown.</p>}
    </section>
  )
}

export const Connections = () => {
  const { params } = useStore(route)
  const known = useStore(providers)
  const now = useNow()
  const provider = params['provider']
  const wanted = params['token']
  const [ended, show] = useState(true)
  const { value, problem } = useAsked<Listed>(
    `/connections${provider === undefined ? '' : `?provider=${encodeURIComponent(provider)}`}`,
    true,
  )
  const found = value?.connections ?? []
  // Whoever came by a link to one token sees its connection alone.
  const chosen =
    wanted === undefined
      ? found
      : found.filter(({ tokens }) => tokens.some(({ fingerprint, id }) => fingerprint === wanted || id === wanted))
  return (
    <div class="page cards">
      <div class="row wrap">
        <Select
          label="Provider"
          value={provider ?? ''}
          set={(one) => amend({ provider: one, token: undefined })}
          any="all"
          options={known.map(({ id, name }) => [id, name])}
        />
        <Check label="Ended tokens too" value={ended} set={show} />
        {wanted !== undefined && (
          <button type="button" class="small" onClick={() => amend({ token: undefined })}>
            Show all connections
          </button>
        )}
      </div>
      <Mint provider={provider} />
      {problem !== undefined && <p class="bad">{problem}</p>}
      {value && chosen.length === 0 && (
        <p class="empty">
          {wanted === undefined
            ? 'Nobody is connected yet.'
            : `No token ${wanted} is kept any more: it was never issued here, or has been forgotten.`}
        </p>
      )}
      {chosen.map((one) => (
        <One key={`${one.provider} ${one.clientId} ${one.user}`} connection={one} now={now} wanted={wanted} ended={ended} />
      ))}
      {value !== undefined && value.more > 0 && <p class="quiet">{value.more} older connections are not shown.</p>}
    </div>
  )
}
