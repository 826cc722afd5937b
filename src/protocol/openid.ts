/** What OpenID Connect Core 1.0 adds: claims, authentication requests, ID tokens. */

import type { SigningAlgorithm } from '../provider/extensions.js'
import type { Settings } from '../provider/settings.js'
import type { DecisionContext, Issued, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { fill } from './fill.js'
import { merge } from './merge.js'
import type { Authorized, Client, Session } from './records.js'
import type { Grant } from './tokens.js'
import { factsOf, makeToken } from './tokens.js'

const isObject = (value: unknown): value is Facts => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The `claims` parameter (§5.5), or why it cannot be read. */
export const claimsParameter = ({ openid }: Settings, params: Request['params']): Authorized['claims'] | Refused => {
  const sent = params.get('claims')
  if (!openid?.claimsParameter || sent === undefined) return undefined
  try {
    const read: unknown = JSON.parse(sent)
    const fits = isObject(read) && Object.values(read).every((place) => isObject(place))
    return fits ? read : refused('claims_malformed')
  } catch {
    return refused('claims_malformed')
  }
}

const named = (claims: Authorized['claims'], place: 'id_token' | 'userinfo'): readonly string[] => {
  const asked = claims?.[place]
  return isObject(asked) ? Object.keys(asked) : []
}

/** The claims about the user that a scope, or the `claims` parameter, brings (§5.4, §5.5). */
const userClaims = (context: DecisionContext, grant: Grant, scopes: readonly string[], single: readonly string[]): Facts => {
  const { claims = {} } = context.settings.openid ?? {}
  const all: { [claim: string]: unknown } = Object.assign({}, ...Object.values(claims))
  const chosen: { [claim: string]: unknown } = Object.assign(
    {},
    ...scopes.map((scope) => (Object.hasOwn(claims, scope) ? claims[scope] : {})),
  )
  for (const claim of single) if (Object.hasOwn(all, claim)) chosen[claim] = all[claim]
  return fill(chosen, factsOf(context, grant)) as Facts
}

/** Userinfo (§5.3.2): the subject, and what the scopes and the `claims` parameter bring. */
export const userinfoClaims = (context: DecisionContext, grant: Grant): Facts => ({
  sub: grant.user?.id,
  ...userClaims(context, grant, grant.scope.split(' '), named(grant.more?.claims, 'userinfo')),
})

/** The algorithm a client registered for what is signed for it, if the provider has it. */
export const algorithmFor = ({ settings }: DecisionContext, client: Client, member: string): SigningAlgorithm | undefined => {
  const registered = client.metadata?.[member]
  return settings.openid?.algorithms.find((one) => one === registered)
}

/** ID tokens (§2); the claims that `claims` asks for are beside those of the format. */
export const makeIdToken = (context: DecisionContext, grant: Grant, nonce: string | undefined): Issued | undefined => {
  const { idToken, openid } = context.settings
  if (!idToken || !grant.scope.split(' ').includes(idToken.scope)) return undefined
  const facts = { nonce, ...factsOf(context, grant) }
  const issued = makeToken(context, idToken.format, 'id_token', context.now + idToken.lifetime, () => facts)
  if (!openid || !issued.sign) return issued
  const alg = algorithmFor(context, grant.client, 'id_token_signed_response_alg') ?? openid.algorithms[0]
  const own = userClaims(context, grant, [], named(grant.more?.claims, 'id_token'))
  return { ...issued, sign: { header: merge(issued.sign.header as { alg?: unknown }, { alg }), claims: { ...own, ...issued.sign.claims } } }
}

/** OpenID Connect Core 1.0 §12.2: as at the exchange, without the nonce. */
export const refreshedIdToken = (context: DecisionContext, grant: Grant): readonly Issued[] => {
  const made = context.settings.openid ? makeIdToken(context, grant, undefined) : undefined
  return made ? [made] : []
}

/** `acr` values that a request asks for: voluntarily by `acr_values`, or essentially by `claims`. */
const wantedAcr = (
  params: Request['params'],
  claims: Authorized['claims'],
): { readonly values: readonly string[]; readonly essential: boolean } => {
  const place = claims?.['id_token']
  const asked = isObject(place) ? place['acr'] : undefined
  if (isObject(asked)) {
    const values = Array.isArray(asked['values']) ? asked['values'].map(String) : typeof asked['value'] === 'string' ? [asked['value']] : []
    if (values.length > 0) return { values, essential: asked['essential'] === true }
  }
  return { values: (params.get('acr_values') ?? '').split(' ').filter((one) => one !== ''), essential: false }
}

/** How the user is said to have authenticated: as asked if the provider knows it (§5.5.1.1). */
export const acrOf = ({ openid }: Settings, params: Request['params'], claims: Authorized['claims']): string | undefined | Refused => {
  if (!openid) return undefined
  const { values, essential } = wantedAcr(params, claims)
  const met = values.find((one) => openid.acrValues.includes(one))
  if (met === undefined && essential) return refused('acr_unmet')
  return met ?? openid.acrValues[0]
}

/** Whether the user has to log in again: `prompt=login`, `max_age`, another subject than `id_token_hint` says (§3.1.2.1). */
export const mustLogIn = (context: DecisionContext, request: Request, session: Session): boolean => {
  if (!context.settings.openid || request.loggedIn === true) return false
  const { params } = request
  const prompts = (params.get('prompt') ?? '').split(' ')
  if (prompts.includes('login') || prompts.includes('select_account')) return true
  const age = params.get('max_age')
  return age !== undefined && /^\d+$/.test(age) && context.now - (session.at ?? 0) > Number(age)
}

/** Whether the hint is about somebody else than who is logged in (§3.1.2.1, `id_token_hint`). */
export const hintsAtAnother = (request: Request, user: string): boolean => {
  const hint = request.verified?.tokens?.['id_token_hint']
  return hint !== undefined && (hint.problem !== undefined || hint.claims?.['sub'] !== user)
}
