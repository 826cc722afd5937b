/** Protected resources (RFC 6750): is this token good for this call? */

import type { Reason } from '../provider/dialect.js'
import type { Endpoint } from '../provider/settings.js'
import type { Template } from '../provider/template.js'
import type { AccessPresented, Answered, DecisionContext, Outcome, Refused, Request } from './context.js'
import { refused } from './context.js'
import { boundProblem } from './dpop.js'
import type { Facts } from './fill.js'
import { fillText } from './fill.js'
import { algorithmFor, userinfoClaims } from './openid.js'
import type { AccessToken, Tx } from './records.js'
import { later } from './time.js'
import { connectionStatus, factsOf, withEnd } from './tokens.js'

/** The one token of the request, in a way that the provider takes. */
const theOne = (
  { settings: { resource, dpop } }: DecisionContext,
  { tokens }: Request,
): AccessPresented | readonly [Reason, Facts, readonly string[]] => {
  const counted = tokens.filter(
    ({ in: place }) => place === 'header' || (place === 'query' ? resource.inQuery : resource.inBody) !== 'ignored',
  )
  if (counted.some(({ in: place }) => place === 'query') && resource.inQuery === 'refused')
    return ['token_in_query', {}, ['resource.inQuery']]
  if (counted.length > 1) return ['token_repeated', {}, []]
  const [token] = counted
  if (!token) return ['token_missing', {}, []]
  if (token.in === 'body' && resource.inBody === 'refused') return ['token_missing', {}, ['resource.inBody']]
  if (token.in !== 'header') return token
  const fits =
    token.scheme.toLowerCase() === resource.scheme.toLowerCase() ||
    (resource.alsoBearer && token.scheme.toLowerCase() === 'bearer') ||
    (dpop !== null && token.scheme.toLowerCase() === 'dpop') ||
    (resource.alsoBare && token.scheme === '')
  return fits ? token : ['token_scheme_wrong', { scheme: token.scheme }, ['resource.scheme', 'resource.alsoBearer']]
}

/** Claims are only looked at where the token says them: a forged or stale one must fail even if it is remembered. */
const claimsProblem = (context: DecisionContext, claims: Facts | undefined): Reason | undefined => {
  const { issuer, access } = context.settings
  if (!claims || access.format.kind !== 'jwt') return undefined
  const now = later(context.now, context.skew ?? 0)
  const expected = access.format.claims
  // A claim is whole seconds, and what it ends is remembered to the millisecond: until the next second that decides.
  if (typeof claims['exp'] === 'number' && claims['exp'] + 1 <= now) return 'token_expired'
  if (typeof claims['nbf'] === 'number' && claims['nbf'] > now) return 'token_not_yet_valid'
  const iss = expected['iss'] === '{issuer}' ? issuer : expected['iss']
  const aud = expected['aud']
  return (iss !== undefined && claims['iss'] !== iss) || (typeof aud === 'string' && !aud.includes('{') && claims['aud'] !== aud)
    ? 'token_claims_wrong'
    : undefined
}

const objection = (
  context: DecisionContext,
  tx: Tx,
  { id, claims, problem }: AccessPresented,
  token: AccessToken | undefined,
): Reason | undefined => {
  if (problem === 'key') return 'token_key_unknown'
  if (problem === 'signature') return 'token_signature'
  const claimed = claimsProblem(context, claims)
  if (claimed) return claimed
  if (!token) return tx.get('code', id) ? 'token_is_a_code' : 'token_unknown'
  if (token.ended === 'expired') return 'token_expired'
  if (token.ended !== undefined) return 'token_revoked'
  if (token.expires !== null && token.expires <= context.now) return 'token_expired'
  // Its refresh token is asked, not a list of children: what was made from a revoked one is over, however much it is.
  const { revoke, refresh } = context.settings
  if (revoke?.cascades || refresh.evictionEndsAccess) {
    const end = tx.get('refresh', token.from)?.ended
    if ((revoke?.cascades && end === 'revoked') || (refresh.evictionEndsAccess && end === 'evicted')) return 'token_revoked'
  }
  return connectionStatus(tx, token) === 'yes' ? undefined : 'token_revoked'
}

export interface Bearer {
  readonly kind: 'bearer'
  readonly id: string
  readonly token: AccessToken
  readonly facts: Facts
}

/** Checks the access token of a request. */
export const bearer = (context: DecisionContext, tx: Tx, request: Request): Bearer | Refused => {
  const one = theOne(context, request)
  if (!('in' in one)) return refused(one[0], one[1], { settingPaths: one[2] })
  const token = tx.get('access', one.id)
  const against = objection(context, tx, one, token)
  const trace = { presented: { role: 'access_token', id: one.id }, ...(token ? { client: token.client, user: token.user } : {}) } as const
  if (against !== undefined || !token)
    return refused(against ?? 'token_unknown', one.kid === undefined ? {} : { kid: one.kid }, {
      ...trace,
      settingPaths: against === 'token_expired' ? ['access.lifetime'] : [],
    })
  const unbound = boundProblem(context, tx, request, one, token)
  if (unbound) return refused(unbound[0], unbound[1], { ...trace, settingPaths: ['dpop.nonce', 'dpop.window'] })
  const client = tx.get('client', token.client) ?? { id: token.client, secret: '', name: '', redirectUris: [], scope: [] }
  const grant = { client, user: tx.get('user', token.user), scope: token.scope, ...(token.more ? { more: token.more } : {}) }
  return { kind: 'bearer', id: one.id, token, facts: factsOf(context, grant) }
}

const withinRate = (context: DecisionContext, tx: Tx, client: string): boolean => {
  const limit = context.settings.resource.perSecond
  if (limit === null) return true
  const tally = tx.get('tally', client)
  const going = tally !== undefined && later(tally.second, 1) > context.now
  const count = going ? tally.count + 1 : 1
  tx.put('tally', client, { second: going ? tally.second : context.now, count, until: later(context.now, 60) })
  return count <= limit
}

/** What a person added at log-in, each by its place: it is said as it is, whatever stands in it. */
const withAdded = (template: Template | undefined, { added }: Facts): Template | undefined =>
  added === undefined || typeof template !== 'object' || template === null || Array.isArray(template)
    ? template
    : { ...template, ...Object.fromEntries(Object.keys(added as Facts).map((claim, at) => [claim, `{addedInOrder.${at}}`])) }

const factsWithQuery = ({ params }: Request, facts: Facts): Facts => {
  const { added } = facts
  if (params.size === 0 && added === undefined) return facts
  return {
    ...(params.size > 0 ? { query: Object.fromEntries(params) } : {}),
    ...(added === undefined ? {} : { addedInOrder: Object.values(added as Facts) }),
    ...facts,
  }
}

/** A token that is good, but not for this resource (RFC 8707 §2), or not for what it asks of the user (RFC 9470 §3). */
const asksForMore = (
  context: DecisionContext,
  { audience, stepUp }: Endpoint,
  { more }: AccessToken,
): readonly [Reason, Facts] | undefined => {
  const about = more?.resources ?? []
  if (audience !== undefined && about.length > 0 && !about.includes(fillText(audience, { base: context.base })))
    return ['token_audience_differs', { resource: about.join(' ') }]
  if (!stepUp) return undefined
  const { acrValues, maxAge } = stepUp
  if (acrValues !== undefined && !acrValues.some((acr) => acr === more?.acr))
    return ['authentication_too_weak', { acr_values: acrValues.join(' ') }]
  return maxAge !== undefined && context.now - (more?.authTime ?? 0) > maxAge ? ['authentication_too_old', { max_age: maxAge }] : undefined
}

/** Userinfo of OpenID Connect (§5.3): JSON, or signed for a client that registered for it. */
const userinfo = (context: DecisionContext, tx: Tx, endpoint: Endpoint, token: AccessToken, trace: Answered['trace']): Answered => {
  const client = tx.get('client', token.client) ?? { id: token.client, secret: '', name: '', redirectUris: [], scope: [] }
  const grant = {
    client,
    user: tx.get('user', token.user),
    scope: token.scope,
    connection: token.connection,
    generation: token.generation,
    ...(token.more ? { more: token.more } : {}),
  }
  const claims = userinfoClaims(context, grant)
  const added = grant.user?.claims
  const facts = added === undefined ? {} : { addedInOrder: Object.values(added) }
  const template = withAdded(claims, { added })
  const answer = { kind: 'answered', status: 200, template, headers: endpoint.answer?.headers ?? {}, facts, trace } as const
  const alg = algorithmFor(context, client, 'userinfo_signed_response_alg')
  if (alg === undefined) return answer
  const signed = { ...claims, ...added, iss: context.settings.issuer, aud: client.id }
  return { ...answer, signed: { type: 'application/jwt', header: { alg, kid: '{kid}' }, claims: signed } }
}

export const decideResource = (context: DecisionContext, tx: Tx, request: Request, endpoint: Endpoint): Outcome => {
  const checked = bearer(context, tx, request)
  if (checked.kind === 'refused') return checked
  const { id, token, facts } = checked
  const trace = { client: token.client, user: token.user, connection: token.connection, presented: { role: 'access_token', id } } as const
  if (!withinRate(context, tx, id)) return refused('rate_limited', {}, { ...trace, settingPaths: ['resource.perSecond'] })
  const { wholeScope } = context.settings.resource
  const held = token.scope.split(' ')
  if (endpoint.scope && !held.includes(endpoint.scope) && !(wholeScope !== null && held.includes(wholeScope))) {
    return refused('scope_insufficient', { scope: endpoint.scope }, trace)
  }
  const more = asksForMore(context, endpoint, token)
  if (more) return refused(more[0], more[1], trace)
  const missing = endpoint.requires?.find((parameter) => !request.params.get(parameter))
  if (missing) return refused('query_parameter_missing', { parameter: missing }, trace)
  const foreign = endpoint.names && Object.entries(endpoint.names).find(([name, own]) => request.params.get(name) !== fillText(own, facts))
  if (foreign) return refused('account_unknown', { parameter: foreign[0] }, trace)
  if (context.settings.openid && endpoint.operation === 'userinfo') return userinfo(context, tx, endpoint, token, trace)
  return {
    kind: 'answered',
    status: endpoint.answer?.status ?? 200,
    template: request.operation === 'userinfo' ? withAdded(endpoint.answer?.body, facts) : endpoint.answer?.body,
    headers: endpoint.answer?.headers ?? {},
    facts: factsWithQuery(request, facts),
    trace,
  }
}

/** Ends the connection that the presented token belongs to. */
export const decideDisconnect = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const checked = bearer(context, tx, request)
  if (checked.kind === 'refused') return checked
  const { token, id } = checked
  tx.put('access', id, withEnd(context, token, 'revoked'))
  tx.put('connection', token.connection, { client: token.client, user: token.user, generation: token.generation + 1, ended: 'revoked' })
  const trace = {
    client: token.client,
    user: token.user,
    connection: token.connection,
    presented: { role: 'access_token', id },
    ended: [token.connection],
  } as const
  return { kind: 'answered', status: 204, template: undefined, headers: {}, facts: {}, trace }
}
