/** The token endpoint (RFC 6749 §3.2): who asks, for which grant. */

import type { GrantType } from '../provider/settings.js'
import { decideAssertion, decideGrantJwt } from './assertion.js'
import { narrowed, resourcesOf } from './authorized.js'
import { authenticate, mayUse } from './client.js'
import { codeOf, decideCode, missingForCode } from './code.js'
import type { Answered, DecisionContext, Refused, Request } from './context.js'
import { refused } from './context.js'
import { decideDeviceCode, deviceGrant } from './device.js'
import { tokenProof } from './dpop.js'
import { decideExchange, exchangeGrant } from './exchange.js'
import type { Tx } from './records.js'
import { decideRefresh } from './refresh.js'
import { makeAccessToken, openConnection, tokenResponse } from './tokens.js'

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const offered = ({ settings }: DecisionContext, grant: string): grant is GrantType =>
  Object.hasOwn(settings.token.grants, grant) &&
  settings.token.grants[grant as GrantType] &&
  (grant !== 'refresh_token' || settings.refresh.given !== 'never') &&
  (grant !== deviceGrant || settings.device !== null)

/** Proof of possession in place of a secret: a verifier now, or one when the refresh token was issued. */
const secretless = ({ settings }: DecisionContext, tx: Tx, request: Request, grant: string): boolean => {
  if (!settings.pkce?.replacesSecret) return false
  if (grant === 'authorization_code') return true
  const token = request.params.get('refresh_token') ?? ''
  return (tx.get('refresh', token) ?? tx.get('refresh', `${settings.refresh.optionalPrefix}${token}`))?.public === true
}

/** What a request without `grant_type` is taken for, where the provider does not ask for it. */
const implied = (context: DecisionContext, request: Request): string | undefined => {
  if (context.settings.token.grantTypeRequired) return undefined
  if (codeOf(context, request) !== undefined) return 'authorization_code'
  return request.params.has('refresh_token') ? 'refresh_token' : undefined
}

export const decideToken = (context: DecisionContext, tx: Tx, request: Request): Answered | Refused => {
  const grant = request.params.get('grant_type') ?? implied(context, request)
  const missing = { parameter: 'grant_type', parameters: "'grant_type'", s: '' }
  const early = context.settings.token.checksFirst === 'parameters'
  if (early && !grant) return refused('parameter_missing', missing)
  if (early && grant === 'authorization_code') {
    const gap = missingForCode(context, request)
    if (gap) return gap
  }
  if (grant === jwtBearer && offered(context, jwtBearer))
    return request.verified?.grant ? decideGrantJwt(context, tx, request, request.verified.grant) : decideAssertion(context, tx, request)
  const auth = authenticate(context, tx, request, secretless(context, tx, request, grant ?? ''))
  if (auth.kind === 'refused') return auth
  const trace = { client: auth.client.id }
  if (!grant) return refused('parameter_missing', missing, trace)
  if (!offered(context, grant)) return refused('grant_type_unsupported', { grant }, trace)
  if (!mayUse(auth.client, grant)) return refused('grant_type_not_allowed', { grant }, trace)
  if (grant === 'refresh_token') return decideRefresh(context, tx, request, auth)
  if (grant === 'authorization_code') return missingForCode(context, request) ?? decideCode(context, tx, request, auth)
  if (grant === deviceGrant) return decideDeviceCode(context, tx, request, auth)
  if (grant === exchangeGrant) return decideExchange(context, tx, request, auth)
  if (auth.by === 'none') return refused('grant_type_not_allowed', { grant }, trace)
  const resources = resourcesOf(context, request)
  if ('kind' in resources) return resources
  const binding = tokenProof(context, tx, request)
  if (typeof binding === 'object') return binding
  // client_credentials (RFC 6749 §4.4): nobody's account, no refresh token
  const scope = (request.params.get('scope') ?? auth.client.scope.join(' ')).replaceAll(',', ' ')
  if (!scope.split(' ').every((s) => s === '' || auth.client.scope.includes(s))) return refused('scope_not_allowed', { scope }, trace)
  const own = {
    client: auth.client,
    user: undefined,
    scope,
    ...openConnection(context, tx, auth.client.id, ''),
    ...narrowed(undefined, resources, binding),
  }
  return tokenResponse(context, own, [makeAccessToken(context, tx, own, auth.client.id)], {})
}
