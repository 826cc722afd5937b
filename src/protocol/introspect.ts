/** Token introspection (RFC 7662), as JSON or as a signed answer (RFC 9701). */

import { authenticate } from './client.js'
import type { Answered, DecisionContext, Outcome, Presented, Request } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { fill } from './fill.js'
import { algorithmFor } from './openid.js'
import type { AccessToken, Client, RefreshToken, Tx } from './records.js'
import { wholeSeconds } from './time.js'
import { connectionStatus, factsOf } from './tokens.js'

const jwtAnswer = 'application/token-introspection+jwt'

interface Found {
  readonly id: string
  readonly role: 'access_token' | 'refresh_token'
  readonly record: AccessToken | RefreshToken
}

/** The token, looked for as the hint says first; an access token that is a JWT by its identifying claim. */
const find = (context: DecisionContext, tx: Tx, sent: string, presented: Presented | undefined): Found | undefined => {
  const id = presented?.problem === undefined ? (presented?.id ?? sent) : sent
  const access = tx.get('access', id)
  if (access) return { id, role: 'access_token', record: access }
  for (const one of [sent, `${context.settings.refresh.optionalPrefix}${sent}`]) {
    const refresh = tx.get('refresh', one)
    if (refresh) return { id: one, role: 'refresh_token', record: refresh }
  }
  return undefined
}

const isActive = (context: DecisionContext, tx: Tx, { role, record }: Found): boolean => {
  if (record.ended !== undefined || (record.expires !== null && record.expires <= context.now)) return false
  if (role === 'access_token' && context.settings.revoke?.cascades && tx.get('refresh', record.from)?.ended === 'revoked') return false
  return connectionStatus(tx, record) === 'yes'
}

const answerFor = (context: DecisionContext, tx: Tx, found: Found): Facts => {
  const { record, role, id } = found
  const client = tx.get('client', record.client) ?? { id: record.client, secret: '', name: '', redirectUris: [], scope: [] }
  const { skew = 0 } = context
  const facts = {
    ...factsOf(context, { client, user: tx.get('user', record.user), scope: record.scope, ...(record.more ? { more: record.more } : {}) }),
    id,
    expires: record.expires === null ? undefined : wholeSeconds(record.expires + skew),
    issued: record.issued === undefined ? undefined : wholeSeconds(record.issued + skew),
    ...(role === 'refresh_token' ? { token_type: undefined } : {}),
  }
  return fill(context.settings.introspection?.answer ?? {}, facts) as Facts
}

const reply = (context: DecisionContext, request: Request, caller: Client | undefined, body: Facts, trace: Answered['trace']): Answered => {
  const plain = { kind: 'answered', status: 200, template: body, headers: { 'cache-control': 'no-store' }, facts: {}, trace } as const
  const wanted = (request.accept ?? '').includes(jwtAnswer) || caller?.metadata?.['introspection_signed_response_alg'] !== undefined
  if (!context.settings.introspection?.signed || !wanted) return plain
  const alg = (caller && algorithmFor(context, caller, 'introspection_signed_response_alg')) ?? 'RS256'
  const claims = { iss: context.settings.issuer, aud: caller?.id, iat: wholeSeconds(context.now), token_introspection: body }
  return { ...plain, signed: { type: jwtAnswer, header: { alg, typ: 'token-introspection+jwt', kid: '{kid}' }, claims } }
}

export const decideIntrospect = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { introspection } = context.settings
  if (!introspection) return refused('not_found', { path: request.path })
  const auth = introspection.authenticates ? authenticate(context, tx, request, false) : undefined
  if (auth?.kind === 'refused') return auth
  // RFC 7662 §2.1: who asks must be authorized, or tokens could be fished for.
  if (auth?.by === 'none') return refused('client_credentials_missing', {}, { client: auth.client.id })
  const caller = auth?.client
  const who = caller ? { client: caller.id } : {}
  const sent = request.params.get('token')
  if (!sent) return refused('parameter_missing', { parameter: 'token', parameters: "'token'", s: '' }, who)
  const found = find(context, tx, sent, request.verified?.tokens?.['token'])
  const trace = { ...who, settingPaths: ['introspection.answer'], ...(found ? { presented: { role: found.role, id: found.id } } : {}) }
  const active = found !== undefined && isActive(context, tx, found)
  return reply(context, request, caller, active ? answerFor(context, tx, found) : { active: false }, trace)
}
