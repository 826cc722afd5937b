/** Tells an exchange in one line, as a person would tell a colleague: who did what, and what became of it. */

import type { JournalEntry, TokenKind } from './entry.js'
import { words } from './explain.js'

/** What ended or used up a token, by the token's id. */
export interface Histories {
  readonly ended: (id: string, before: JournalEntry) => { readonly by: string; readonly at: number } | undefined
}

const grants: { readonly [grantType: string]: string } = {
  authorization_code: 'the code',
  refresh_token: 'the refresh',
  client_credentials: 'the client credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'the assertion',
}

const operations: { readonly [operation: string]: string } = {
  authorize: 'the authorization',
  revoke: 'the revocation',
  disconnect: 'the disconnection',
  userinfo: 'the userinfo call',
  resource: 'the API call',
  metadata: 'the discovery',
  jwks: 'the request for its keys',
  'end-session': 'the log-out',
  register: 'the registration',
  portal: 'the portal page',
  moved: 'the request at a former address',
}

const pathOf = ({ request }: JournalEntry): string => request.url.split('?', 1)[0] ?? ''

const asked = (entry: JournalEntry): string =>
  entry.operation === 'token'
    ? (grants[entry.grantType ?? ''] ?? 'the token request')
    : (operations[entry.operation ?? ''] ?? `${entry.request.method} ${pathOf(entry)}`)

/** A length of time in its two largest units. */
export const span = (seconds: number): string => {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const
  let left = Math.max(0, Math.round(seconds))
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count > 0 ? [`${count} ${unit}`] : []
  })
  return parts.slice(0, 2).join(' ') || '0 s'
}

const endings: { readonly [reason: string]: string } = {
  refresh_token_rotated: 'this token was rotated out',
  refresh_token_evicted: 'this token was pushed out by newer ones',
  refresh_token_revoked: 'this token was ended',
  code_used: 'this code was redeemed',
}

const why = (entry: JournalEntry, histories: Histories): string => {
  const reason = entry.reason ?? ''
  const ending = endings[reason]
  const before = ending === undefined || !entry.presented ? undefined : histories.ended(entry.presented.id, entry)
  return before ? `${ending} ${span(entry.at - before.at)} ago by ${before.by}` : words(reason)
}

const nouns: { readonly [K in TokenKind]: string } = {
  code: 'a code',
  access_token: 'an access token',
  refresh_token: 'a refresh token',
  id_token: 'an ID token',
  assertion: 'an API key',
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`

const errorIn = ({ response }: JournalEntry): string | undefined => {
  const location = response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  const query = location?.slice(location.indexOf('?') + 1)
  return query === undefined ? undefined : (new URLSearchParams(query).get('error') ?? undefined)
}

const given = (entry: JournalEntry): string => {
  const issued = entry.issued ?? []
  const fresh = issued.filter(({ id }) => id !== entry.presented?.id).map(({ kind }) => nouns[kind])
  const kept = issued.length > fresh.length
  return `${listed(fresh)}${kept ? ', and the same refresh token' : ''}`
}

const answered = (name: string, entry: JournalEntry): string => {
  if (entry.operation === 'token') {
    const rotated = entry.grantType === 'refresh_token' && entry.presented && entry.ended?.includes(entry.presented.id)
    return `${name} took ${asked(entry)} and gave ${given(entry) || 'an answer'}${rotated ? '; the old refresh token is over' : ''}`
  }
  if (entry.operation === 'portal') return `${name} showed ${asked(entry)}`
  return `${name} answered ${asked(entry)}${entry.operation === 'resource' ? ` ${entry.request.method} ${pathOf(entry)}` : ''} with ${entry.response.status ?? 'nothing'}`
}

const sentBack = (name: string, entry: JournalEntry): string => {
  const error = errorIn(entry)
  if (error !== undefined) return `${name} sent the browser back with ${error}`
  const code = entry.issued?.some(({ kind }) => kind === 'code')
  if (code) return `${name} sent the browser back with a code`
  return `${name} sent ${asked(entry).replace(/^the /, 'the ')} elsewhere`
}

const told = (name: string, entry: JournalEntry, histories: Histories): string => {
  switch (entry.outcome) {
    case 'refused':
      return `${name} refused ${asked(entry)}${errorIn(entry) === undefined ? '' : ' and sent the browser back'}: ${why(entry, histories)}`
    case 'faulted':
      return entry.response.status === undefined
        ? `A fault (${entry.fault?.kind}) left ${asked(entry)} at ${name} without an answer`
        : `A fault (${entry.fault?.kind}) answered ${asked(entry)} at ${name} with ${entry.response.status}`
    case 'unknown':
      return `No provider serves ${entry.request.method} ${pathOf(entry)}`
    case 'asked':
      return `${name} shows a page and waits for a person`
    case 'redirected':
      return sentBack(name, entry)
    default:
      return answered(name, entry)
  }
}

/** @param name how people call the provider */
export const tell = (entry: JournalEntry, name: string | undefined, histories: Histories): string => {
  const line = told(name ?? entry.provider ?? 'authdouble', entry, histories)
  return entry.fault && entry.outcome !== 'faulted' ? `Spoilt by a fault (${entry.fault.kind}): ${line}` : line
}

/** What the entries say ended each token; they are walked through only when it is first asked. */
export const historiesOf = (entries: () => readonly JournalEntry[]): Histories & { readonly add: (entry: JournalEntry) => void } => {
  let known: Map<string, { readonly by: string; readonly at: number }> | undefined
  const note = (into: NonNullable<typeof known>, { id, at, ended = [] }: JournalEntry): void => {
    for (const token of ended) if (!into.has(token)) into.set(token, { by: id, at })
  }
  return {
    add: (entry) => known && note(known, entry),
    ended: (id, before) => {
      if (!known) {
        known = new Map()
        for (const entry of entries()) note(known, entry)
      }
      const found = known.get(id)
      return found === undefined || found.by === before.id ? undefined : found
    },
  }
}
