/** What can go wrong with a request in a search, by name; and where at a provider each of them makes sense. */

import type { FaultSpec, Phase } from '../../faults/kinds.js'
import { phaseOf } from '../../faults/kinds.js'
import { absent } from '../../provider/formats.js'
import type { GrantType, Operation, Settings } from '../../provider/settings.js'

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** A request that is meant, by what it is for. */
export interface Target {
  readonly operation: Operation
  readonly grant?: GrantType
}

const html = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

/** Each is one that every client meets some day; none of them breaks a rule that the client could rely on. */
const troubles = {
  'status-500': { kind: 'status', status: 500 },
  'status-503': { kind: 'status', status: 503 },
  'html-502': { kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: html },
  throttled: { kind: 'rate-limit', retryAfter: 1 },
  'throttled-without-a-time': { kind: 'status', status: 429 },
  redirected: { kind: 'status', status: 307, headers: { location: 'elsewhere' } },
  moved: { kind: 'status', status: 308, headers: { location: 'elsewhere' } },
  found: { kind: 'status', status: 302, headers: { location: 'elsewhere' } },
  'see-other': { kind: 'status', status: 303, headers: { location: 'elsewhere' } },
  reset: { kind: 'reset' },
  lost: { kind: 'lose' },
  'page-instead': { kind: 'gateway-page' },
  truncated: { kind: 'truncate' },
  garbled: { kind: 'garble' },
  dropped: { kind: 'hang', for: 0.03 },
  hangs: { kind: 'hang' },
  stalls: { kind: 'drip', pause: 600 },
  'token-refused': { kind: 'refuse', reason: 'token_expired' },
  'without-expires-in': { kind: 'say', remove: ['expires_in'] },
  'long-lived': { kind: 'say', set: { expires_in: 315_360_000 } },
  'expires-in-zero': { kind: 'say', set: { expires_in: 0 } },
  'expires-in-as-text': { kind: 'say', set: { expires_in: '3600' } },
  'type-in-capitals': { kind: 'say', set: { token_type: 'BEARER' } },
  'unknown-members': { kind: 'say', set: { extension: { nested: [1, null, 'x'] }, x_time: 1 } },
  'without-scope': { kind: 'say', remove: ['scope'] },
} as const satisfies { readonly [name: string]: FaultSpec }

export type TroubleName = keyof typeof troubles

export const troubleNames = Object.keys(troubles) as readonly TroubleName[]

export const faultOf = (name: TroubleName): FaultSpec => troubles[name]

export const phaseOfTrouble = (name: TroubleName): Phase => phaseOf(troubles[name])

/** Faults that cost the real time for which a client waits: a search meets them, and does not dwell on them. */
export const slow: ReadonlySet<TroubleName> = new Set(['hangs', 'stalls'])

/** Answers that send the client elsewhere. */
export const redirecting: ReadonlySet<TroubleName> = new Set(['redirected', 'moved', 'found', 'see-other'])

/** Replies that change a member, by its name. */
const replies: { readonly [N in TroubleName]?: string | null } = {
  'without-expires-in': 'expires_in',
  'long-lived': 'expires_in',
  'expires-in-zero': 'expires_in',
  'expires-in-as-text': 'expires_in',
  'type-in-capitals': 'token_type',
  'without-scope': 'scope',
  'unknown-members': null,
}

const says = (settings: Settings, member: string | null): boolean =>
  member === null || ((settings.token.reply[member] ?? absent) !== absent && (member !== 'expires_in' || settings.access.lifetime !== null))

/** What can happen to the keys of ID tokens. */
const ofKeys: ReadonlySet<TroubleName> = new Set(['status-500', 'status-503', 'throttled', 'reset', 'dropped', 'hangs'])

/** The requests that a client of this provider makes. */
export const targetsOf = (settings: Settings): readonly Target[] => {
  const operations = new Set<Operation>(Object.values(settings.endpoints).map(({ operation }) => operation))
  return [
    { operation: 'token', grant: 'authorization_code' },
    ...(settings.refresh.given !== 'never' && settings.token.grants.refresh_token
      ? [{ operation: 'token', grant: 'refresh_token' } as const]
      : []),
    ...(operations.has('resource') || operations.has('userinfo') ? [{ operation: 'resource' } as const] : []),
    ...(operations.has('disconnect') ? [{ operation: 'disconnect' } as const] : []),
    ...(operations.has('revoke') && settings.revoke !== null ? [{ operation: 'revoke' } as const] : []),
    ...(settings.authorize ? [{ operation: 'authorize' } as const] : []),
    ...(operations.has('jwks') && settings.idToken !== null ? [{ operation: 'jwks' } as const] : []),
    ...(settings.assertion !== null && settings.token.grants[jwtBearer] ? [{ operation: 'token', grant: jwtBearer } as const] : []),
  ]
}

/** Whether a trouble makes sense at a request. */
export const applies = (settings: Settings, { operation }: Target, name: TroubleName): boolean => {
  const member = replies[name]
  if (member !== undefined) return operation === 'token' && says(settings, member)
  if (operation === 'jwks') return ofKeys.has(name)
  if (name === 'token-refused') return operation === 'resource'
  // What is in the body of an API's answer is between the two of them; that it is one is not.
  if (operation === 'resource' && (name === 'truncated' || name === 'garbled' || name === 'stalls')) return false
  if (operation === 'authorize') return name === 'status-503' || name === 'reset'
  return true
}

/** How a request is called in words and in tables. */
export const targetInWords = ({ operation, grant }: Target): string => {
  if (grant === 'authorization_code') return 'exchange'
  if (grant === 'refresh_token') return 'refresh'
  if (grant === jwtBearer) return 'assertion'
  if (operation === 'jwks') return 'request for the keys'
  return operation === 'resource' ? 'API call' : operation
}
