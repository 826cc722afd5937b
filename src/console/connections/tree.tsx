/** The family of a connection's tokens: what was made from what, and what became of it. */

import { useEffect, useRef, useState } from 'preact/hooks'
import { literal } from '../api/lines.js'
import { hrefOf } from '../route.js'
import type { Token } from '../types.js'
import { Copy } from '../ui/copy.js'
import { Do } from '../ui/do.js'
import { dateOf, lengthText, timeOf } from '../ui/text.js'

export interface Branch {
  readonly token: Token
  readonly branches: readonly Branch[]
}

/** What came from none of the others stands at the root; a chain of refreshes is as deep as it is long. */
export const familyOf = (tokens: readonly Token[]): readonly Branch[] => {
  const here = new Set(tokens.map(({ id }) => id))
  const children = new Map<string, Token[]>()
  for (const token of tokens) {
    if (token.from === undefined || token.from === token.id || !here.has(token.from)) continue
    const siblings = children.get(token.from)
    if (siblings) siblings.push(token)
    else children.set(token.from, [token])
  }
  const seen = new Set<string>()
  const branch = (token: Token): Branch => {
    seen.add(token.id)
    const made = (children.get(token.id) ?? []).filter(({ id }) => !seen.has(id))
    return { token, branches: made.map(branch) }
  }
  const roots = tokens.filter(({ from, id }) => from === undefined || from === id || !here.has(from))
  const grown = roots.map(branch)
  // A circle has no root; nothing is left out all the same.
  return [...grown, ...tokens.filter(({ id }) => !seen.has(id)).map((token) => ({ token, branches: [] }))]
}

const kindText = (kind: string): string => (kind === 'assertion' ? 'API key' : kind.replaceAll('_', ' '))

const Exchange = ({ id }: { readonly id: string | undefined }) =>
  id === undefined ? null : <a href={hrefOf('live', { open: id })}>{id}</a>

const change = (token: Token, verb: 'expire' | 'revoke' | 'rotate') => {
  const body = { provider: token.provider, kind: token.kind, id: token.id }
  return {
    title: `${verb[0]?.toUpperCase()}${verb.slice(1)} ${kindText(token.kind)}`,
    method: 'POST',
    path: `/tokens/${verb}`,
    body,
    library: `await double.tokens.${verb}(${literal(body)})`,
  }
}

/** When it ended, as far as that is known: by itself, or by an exchange. */
const endOf = ({ state, endedAt, expiresAt }: Token): number | undefined =>
  endedAt ?? (state === 'expired' && expiresAt !== null ? expiresAt : undefined)

const Ends = ({ token, now }: { readonly token: Token; readonly now: number }) => {
  if (token.state === 'live') return <>{token.expiresAt === null ? ', does not expire' : `, ${lengthText(token.expiresAt - now)} left`}</>
  const end = endOf(token)
  return (
    <>
      {end !== undefined && end <= now && ` ${lengthText(now - end)} ago`}
      {token.endedBy && (
        <>
          {' '}
          by <Exchange id={token.endedBy} />
        </>
      )}
    </>
  )
}

const Buttons = ({ token }: { readonly token: Token }) => {
  const name = `${kindText(token.kind)} ${token.fingerprint}`
  if (token.state !== 'live') return null
  return (
    <>
      <Do kind="small" action={change(token, 'expire')} name={`Expire ${name}`}>
        Expire
      </Do>
      <Do kind="small" action={change(token, 'revoke')} name={`Revoke ${name}`}>
        Revoke
      </Do>
      {token.kind === 'refresh_token' && (
        <Do kind="small" action={change(token, 'rotate')} name={`Rotate ${name}`}>
          Rotate
        </Do>
      )}
    </>
  )
}

const Leaf = ({ token, now, wanted }: { readonly token: Token; readonly now: number; readonly wanted: boolean }) => {
  const [shown, show] = useState(false)
  const here = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (wanted) here.current?.scrollIntoView({ block: 'center' })
  }, [wanted])
  return (
    <div ref={here} class={`leaf ${token.state}${wanted ? ' wanted' : ''}`}>
      <span class="kind">{kindText(token.kind)}</span> <code>{shown ? (token.value ?? token.id) : token.fingerprint}</code>{' '}
      <span class={`state ${token.state}`}>{token.state}</span>
      <span class="quiet">
        <Ends token={token} now={now} />
        {token.issuedAt !== undefined && `; issued ${dateOf(token.issuedAt)} ${timeOf(token.issuedAt)}`}
        {token.issuedBy && (
          <>
            {' '}
            by <Exchange id={token.issuedBy} />
          </>
        )}
        {token.usedBy && (
          <>
            ; last used {lengthText(now - (token.usedAt ?? now))} ago in <Exchange id={token.usedBy} />
          </>
        )}
      </span>
      <span class="row wrap acts">
        <button
          type="button"
          class="small"
          aria-pressed={shown}
          onClick={() => show(!shown)}
          aria-label={`Show ${kindText(token.kind)} ${token.fingerprint}`}
        >
          {shown ? 'Hide' : 'Show'}
        </button>
        <Copy
          text={token.value ?? token.id}
          name={`${kindText(token.kind)} ${token.fingerprint}`}
          label={token.value === undefined ? 'Copy id' : 'Copy'}
        />
        <Buttons token={token} />
      </span>
    </div>
  )
}

export const Tree = ({
  branches,
  now,
  wanted,
}: {
  readonly branches: readonly Branch[]
  readonly now: number
  readonly wanted: string | undefined
}) => (
  <ul class="tree">
    {branches.map(({ token, branches: below }) => (
      <li key={`${token.kind} ${token.id}`}>
        <Leaf token={token} now={now} wanted={wanted === token.fingerprint || wanted === token.id} />
        {below.length > 0 && <Tree branches={below} now={now} wanted={wanted} />}
      </li>
    ))}
  </ul>
)
