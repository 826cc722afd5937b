/** The token endpoint (RFC 6749 §3.2): who asks, for which grant. */

import type { GrantType } from '../provider/settings.js'
import { decideAssertion } from './assertion.js'
import { authenticate } from './client.js'
import { decideCode, missingForCode } from './code.js'
import { connect, makeAccess, reply } from './issue.js'
import type { Tx } from './records.js'
import { decideRefresh } from './refresh.js'
import type { Answered, Refused, Request, World } from './world.js'
import { refused } from './world.js'

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const offered = ({ settings }: World, grant: string): grant is GrantType =>
  Object.hasOwn(settings.token.grants, grant) &&
  settings.token.grants[grant as GrantType] &&
  (grant !== 'refresh_token' || settings.refresh.given !== 'never')

/** Proof of possession in place of a secret: a verifier now, or one when the refresh token was issued. */
const secretless = ({ settings }: World, tx: Tx, request: Request, grant: string): boolean => {
  if (!settings.pkce?.replacesSecret) return false
  if (grant === 'authorization_code') return true
  const token = request.params.get('refresh_token') ?? ''
  return (tx.get('refresh', token) ?? tx.get('refresh', `${settings.refresh.optionalPrefix}${token}`))?.public === true
}

export const decideToken = (world: World, tx: Tx, request: Request): Answered | Refused => {
  const grant = request.params.get('grant_type')
  const missing = { parameter: 'grant_type', parameters: "'grant_type'", s: '' }
  const early = world.settings.token.checksFirst === 'parameters'
  if (early && !grant) return refused('parameter_missing', missing)
  if (early && grant === 'authorization_code') {
    const gap = missingForCode(world, request)
    if (gap) return gap
  }
  if (grant === jwtBearer && offered(world, jwtBearer)) return decideAssertion(world, tx, request)
  const auth = authenticate(world, tx, request, secretless(world, tx, request, grant ?? ''))
  if (auth.kind === 'refused') return auth
  const trace = { client: auth.client.id }
  if (!grant) return refused('parameter_missing', missing, trace)
  if (!offered(world, grant)) return refused('grant_type_unsupported', { grant }, trace)
  if (grant === 'refresh_token') return decideRefresh(world, tx, request, auth)
  if (grant === 'authorization_code') return missingForCode(world, request) ?? decideCode(world, tx, request, auth)
  // client_credentials (RFC 6749 §4.4): nobody's account, no refresh token
  const scope = (request.params.get('scope') ?? auth.client.scope.join(' ')).replaceAll(',', ' ')
  if (!scope.split(' ').every((s) => s === '' || auth.client.scope.includes(s))) return refused('scope_not_allowed', { scope }, trace)
  const own = { client: auth.client, user: undefined, scope, ...connect(world, tx, auth.client.id, '') }
  return reply(world, own, [makeAccess(world, tx, own, auth.client.id)], {})
}
