/** JWTs that a client signs to prove who it is (RFC 7523 §3, OpenID Connect Core 1.0 §9). */

import type { Reason } from '../provider/dialect.js'
import type { ClientJwt, DecisionContext, Request } from './context.js'
import type { Facts } from './fill.js'
import type { Client, Tx } from './records.js'

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** What a JWT from a client must say wherever it is taken: who, for whom, until when. */
export const jwtClaimsProblem = (
  context: DecisionContext,
  request: Request,
  { claims }: ClientJwt,
  wanted: { readonly iss: string; readonly sub?: string },
): string | undefined => {
  const { issuer, clientAssertions } = context.settings
  if (claims['iss'] !== wanted.iss) return 'iss'
  if (wanted.sub !== undefined && claims['sub'] !== wanted.sub) return 'sub'
  const audiences = [
    issuer,
    ...(clientAssertions?.audience === 'issuer' ? [] : [`${context.base}${request.path}`, ...tokenEndpoints(context)]),
  ]
  if (!list(claims['aud']).some((one) => audiences.some((known) => known === one))) return 'aud'
  return typeof claims['exp'] === 'number' ? undefined : 'exp'
}

const tokenEndpoints = ({ settings, base }: DecisionContext): readonly string[] =>
  Object.values(settings.endpoints)
    .filter(({ operation }) => operation === 'token')
    .map(({ path }) => `${base}${path}`)

/** How long past its end a JWT is still taken: clocks differ. */
const leeway = 10

const expired = ({ now }: DecisionContext, { claims }: ClientJwt): boolean =>
  Number(claims['exp']) + leeway <= now || (typeof claims['nbf'] === 'number' && claims['nbf'] - leeway > now)

/** A `jti` comes once, until the JWT would have ended anyway. */
const replayed = (context: DecisionContext, tx: Tx, { client, claims }: ClientJwt): boolean => {
  if (typeof claims['jti'] !== 'string') return false
  const id = `assertion ${client} ${claims['jti']}`
  if (tx.get('seen', id)) return true
  tx.put('seen', id, { at: context.now, until: Math.max(context.now, Number(claims['exp']) + leeway) })
  return false
}

export const assertionProblem = (
  context: DecisionContext,
  tx: Tx,
  request: Request,
  client: Client,
  assertion: ClientJwt,
): readonly [Reason, Facts] | undefined => {
  const { clientAssertions } = context.settings
  const alg = String(assertion.header['alg'])
  const method = alg.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt'
  if (!clientAssertions?.methods[method] || !clientAssertions.algorithms.includes(alg)) return ['client_credentials_misplaced', {}]
  if (client.method !== undefined && client.method !== method) return ['client_method_differs', { method: client.method }]
  if (assertion.problem !== undefined) return ['client_assertion_signature', {}]
  const claim = jwtClaimsProblem(context, request, assertion, { iss: client.id, sub: client.id })
  if (claim !== undefined) return ['client_assertion_claims', { claim }]
  // OpenID Connect Core 1.0 §9 requires jti; without it nobody could tell a replay.
  if (typeof assertion.claims['jti'] !== 'string') return ['client_assertion_claims', { claim: 'jti' }]
  if (expired(context, assertion)) return ['client_assertion_expired', {}]
  return replayed(context, tx, assertion) ? ['client_assertion_replayed', {}] : undefined
}

/** What is wrong with a JWT that a client presents as an authorization grant for a user (RFC 7523 §3). */
export const grantJwtProblem = (
  context: DecisionContext,
  tx: Tx,
  request: Request,
  client: Client | undefined,
  jwt: ClientJwt,
): Reason | undefined => {
  if (jwt.problem === 'malformed') return 'assertion_malformed'
  if (!client) return 'assertion_unknown'
  if (jwt.problem !== undefined) return 'assertion_signature'
  const claim = jwtClaimsProblem(context, request, jwt, { iss: client.id })
  if (claim !== undefined) return 'assertion_malformed'
  if (expired(context, jwt)) return 'assertion_expired'
  return replayed(context, tx, jwt) ? 'assertion_revoked' : undefined
}
