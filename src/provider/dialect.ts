/** From a precise refusal to the words of a provider; and the RFCs' own words as the ground they differ from. */

import { formsOf, madeOf, withoutFacts } from './facts.js'
import type { Declared } from './quirk.js'
import { isQuirk } from './quirk.js'
import type { Template } from './template.js'

/** How a refusal goes out. `{parameter}`, `{issuer}`, `{method}`, `{path}` and the like may stand in strings. */
export interface ErrorMessage {
  readonly status: number
  readonly error: string
  readonly description?: string
  /** `error_uri` (RFC 6749 §5.2). */
  readonly uri?: string
  /** In place of `{error, error_description}`; `null` for no body. */
  readonly body?: Template
  readonly headers?: { readonly [name: string]: string }
  /** `WWW-Authenticate`; empty: none. */
  readonly challenge?: string
  /** Shown as a page even where JSON would do. */
  readonly page?: boolean
}

/** The RFCs' words, reason by reason: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7636 §4.4.1, RFC 9110 §15.5. */
export const standardErrors = {
  // reading a request
  not_found: { status: 404, error: 'not_found', description: 'no endpoint at {path}' },
  method_not_allowed: { status: 405, error: 'invalid_request', description: '{method} is not allowed here' },
  body_too_large: { status: 413, error: 'invalid_request', description: 'the body is too large' },
  content_type_unsupported: { status: 415, error: 'invalid_request', description: 'unsupported content type' },
  body_malformed: { status: 400, error: 'invalid_request', description: 'the body cannot be read' },
  encoding_malformed: { status: 400, error: 'invalid_request', description: 'malformed percent-encoding or UTF-8' },
  header_malformed: { status: 400, error: 'invalid_request', description: 'malformed Authorization header' },
  parameter_repeated: { status: 400, error: 'invalid_request', description: 'parameter {parameter} is repeated' },
  parameter_missing: { status: 400, error: 'invalid_request', description: 'missing parameter {parameter}' },
  parameter_malformed: { status: 400, error: 'invalid_request', description: 'malformed parameter {parameter}' },
  // client authentication
  client_credentials_missing: { status: 401, error: 'invalid_client', description: 'no client authentication' },
  client_credentials_misplaced: { status: 401, error: 'invalid_client', description: 'unsupported client authentication method' },
  client_credentials_repeated: { status: 400, error: 'invalid_request', description: 'more than one client authentication method' },
  client_credentials_undecodable: { status: 400, error: 'invalid_request', description: 'client credentials are not properly encoded' },
  client_ids_differ: { status: 400, error: 'invalid_request', description: 'client_id differs from the authenticated client' },
  client_secret_empty: { status: 401, error: 'invalid_client', description: 'empty client secret' },
  client_unknown: { status: 401, error: 'invalid_client', description: 'unknown client' },
  client_secret_wrong: { status: 401, error: 'invalid_client', description: 'client authentication failed' },
  client_elsewhere: { status: 401, error: 'invalid_client', description: 'the client is registered elsewhere' },
  // grants
  grant_type_unsupported: { status: 400, error: 'unsupported_grant_type', description: 'unsupported grant type' },
  grant_type_not_allowed: { status: 400, error: 'unauthorized_client', description: 'grant type not allowed for this client' },
  code_unknown: { status: 400, error: 'invalid_grant', description: 'invalid authorization code' },
  code_expired: { status: 400, error: 'invalid_grant', description: 'invalid authorization code' },
  code_used: { status: 400, error: 'invalid_grant', description: 'invalid authorization code' },
  code_of_another_client: { status: 400, error: 'invalid_grant', description: 'invalid authorization code' },
  redirect_uri_differs: { status: 400, error: 'invalid_grant', description: 'redirect_uri differs' },
  verifier_missing: { status: 400, error: 'invalid_grant', description: 'code_verifier is missing' },
  verifier_wrong: { status: 400, error: 'invalid_grant', description: 'code_verifier is wrong' },
  refresh_token_unknown: { status: 400, error: 'invalid_grant', description: 'invalid refresh token' },
  refresh_token_expired: { status: 400, error: 'invalid_grant', description: 'invalid refresh token' },
  refresh_token_rotated: { status: 400, error: 'invalid_grant', description: 'invalid refresh token' },
  refresh_token_revoked: { status: 400, error: 'invalid_grant', description: 'invalid refresh token' },
  refresh_token_evicted: { status: 400, error: 'invalid_grant', description: 'invalid refresh token' },
  refresh_token_of_another_client: { status: 400, error: 'invalid_grant', description: 'invalid refresh token' },
  refresh_tokens_exhausted: { status: 400, error: 'invalid_grant', description: 'too many refresh tokens' },
  scope_exceeds_grant: { status: 400, error: 'invalid_scope', description: 'scope exceeds the grant' },
  connection_ended: { status: 400, error: 'invalid_grant', description: 'the grant has ended' },
  user_removed: { status: 400, error: 'invalid_grant', description: 'the grant has ended' },
  assertion_malformed: { status: 400, error: 'invalid_grant', description: 'invalid assertion' },
  assertion_signature: { status: 400, error: 'invalid_grant', description: 'invalid assertion' },
  assertion_expired: { status: 400, error: 'invalid_grant', description: 'invalid assertion' },
  assertion_unknown: { status: 400, error: 'invalid_grant', description: 'invalid assertion' },
  assertion_revoked: { status: 400, error: 'invalid_grant', description: 'invalid assertion' },
  assertion_of_another_client: { status: 400, error: 'invalid_grant', description: 'invalid assertion' },
  throttled: { status: 429, error: 'temporarily_unavailable', description: 'too many requests' },
  // the authorization endpoint
  authorize_client_missing: { status: 400, error: 'invalid_request', description: 'missing parameter client_id', page: true },
  authorize_client_unknown: { status: 400, error: 'invalid_client', description: 'unknown client', page: true },
  redirect_uri_missing: { status: 400, error: 'invalid_request', description: 'missing parameter redirect_uri', page: true },
  redirect_uri_unregistered: { status: 400, error: 'invalid_request', description: 'redirect_uri is not registered', page: true },
  response_type_missing: { status: 400, error: 'invalid_request', description: 'missing parameter response_type' },
  response_type_unsupported: { status: 400, error: 'unsupported_response_type', description: 'unsupported response_type' },
  scope_unknown: { status: 400, error: 'invalid_scope', description: 'unknown scope' },
  scope_not_allowed: { status: 400, error: 'invalid_scope', description: 'scope not allowed for this client' },
  scope_missing: { status: 400, error: 'invalid_scope', description: 'missing parameter scope' },
  offline_without_consent: { status: 400, error: 'invalid_request', description: 'offline access needs consent' },
  challenge_method_unsupported: { status: 400, error: 'invalid_request', description: 'unsupported code_challenge_method' },
  challenge_malformed: { status: 400, error: 'invalid_request', description: 'malformed code_challenge' },
  challenge_missing: { status: 400, error: 'invalid_request', description: 'code_challenge required' },
  prompt_unsupported: { status: 400, error: 'invalid_request', description: 'unsupported prompt' },
  prompt_none_mixed: { status: 400, error: 'invalid_request', description: 'prompt none must stand alone' },
  login_required: { status: 400, error: 'login_required', description: 'the user is not logged in' },
  consent_required: { status: 400, error: 'consent_required', description: 'the user has not consented' },
  access_denied: { status: 400, error: 'access_denied', description: 'the user denied the request' },
  authorization_failed: { status: 400, error: '{error}', description: 'the authorization server answered with an error' },
  // protected resources
  token_missing: { status: 401, error: 'invalid_token', description: 'no access token', challenge: 'Bearer' },
  token_scheme_wrong: { status: 401, error: 'invalid_token', description: 'unsupported authorization scheme' },
  token_in_query: { status: 400, error: 'invalid_request', description: 'access token in the query' },
  token_repeated: { status: 400, error: 'invalid_request', description: 'access token sent in more than one way' },
  token_unknown: { status: 401, error: 'invalid_token', description: 'the access token is invalid' },
  token_expired: { status: 401, error: 'invalid_token', description: 'the access token expired' },
  token_revoked: { status: 401, error: 'invalid_token', description: 'the access token is invalid' },
  token_not_yet_valid: { status: 401, error: 'invalid_token', description: 'the access token is not yet valid' },
  token_signature: { status: 401, error: 'invalid_token', description: 'the access token is invalid' },
  token_claims_wrong: { status: 401, error: 'invalid_token', description: 'the access token is invalid' },
  token_key_unknown: { status: 401, error: 'invalid_token', description: 'the access token is invalid' },
  token_is_a_code: { status: 401, error: 'invalid_token', description: 'the access token is invalid' },
  scope_insufficient: { status: 403, error: 'insufficient_scope', description: 'the access token lacks scope {scope}' },
  query_parameter_missing: { status: 400, error: 'invalid_request', description: 'missing parameter {parameter}' },
  account_unknown: { status: 404, error: 'not_found', description: 'no such account' },
  rate_limited: { status: 429, error: 'temporarily_unavailable', description: 'too many requests' },
  // revocation and registration
  revoked_token_unknown: { status: 400, error: 'invalid_request', description: 'unknown token' },
  revoked_token_foreign: { status: 400, error: 'unauthorized_client', description: 'the token belongs to another client' },
  registration_invalid: { status: 400, error: 'invalid_client_metadata', description: '{parameter} is invalid' },
  // client authentication by JWT, and the method a client registered (RFC 7523 §3, RFC 7591 §2)
  client_assertion_malformed: { status: 401, error: 'invalid_client', description: 'malformed client assertion' },
  client_assertion_signature: { status: 401, error: 'invalid_client', description: 'client authentication failed' },
  client_assertion_claims: { status: 401, error: 'invalid_client', description: 'client assertion: wrong {claim}' },
  client_assertion_expired: { status: 401, error: 'invalid_client', description: 'client assertion expired' },
  client_assertion_replayed: { status: 401, error: 'invalid_client', description: 'client assertion was used before' },
  client_method_differs: { status: 401, error: 'invalid_client', description: 'the client is registered for {method}' },
  // proof of possession (RFC 9449 §5, §7, §8)
  dpop_proof_missing: { status: 400, error: 'invalid_dpop_proof', description: 'no DPoP proof' },
  dpop_proof_invalid: { status: 400, error: 'invalid_dpop_proof', description: 'DPoP proof: {problem}' },
  dpop_proof_replayed: { status: 400, error: 'invalid_dpop_proof', description: 'DPoP proof: used before' },
  dpop_nonce_missing: {
    status: 400,
    error: 'use_dpop_nonce',
    description: 'the DPoP proof needs the nonce of this server',
    headers: { 'dpop-nonce': '{nonce}' },
  },
  dpop_key_differs: { status: 400, error: 'invalid_grant', description: 'bound to another DPoP key' },
  token_dpop_proof_invalid: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'DPoP proof: {problem}',
    challenge: 'DPoP error="{error}", error_description="{description}", algs="{algorithms}"',
  },
  token_dpop_nonce_missing: {
    status: 401,
    error: 'use_dpop_nonce',
    description: 'the DPoP proof needs the nonce of this server',
    challenge: 'DPoP error="{error}", error_description="{description}", algs="{algorithms}"',
    headers: { 'dpop-nonce': '{nonce}' },
  },
  token_bound: {
    status: 401,
    error: 'invalid_token',
    description: 'the access token is bound to a DPoP key',
    challenge: 'DPoP error="{error}", error_description="{description}", algs="{algorithms}"',
  },
  // the authorization request by other ways (RFC 9101 §6, RFC 9126 §2.3, RFC 8707 §2, OpenID Connect Core §3.1.2.6)
  request_object_invalid: { status: 400, error: 'invalid_request_object', description: 'request object: {problem}' },
  request_object_missing: { status: 400, error: 'invalid_request', description: 'the authorization request must be signed' },
  request_object_unsupported: { status: 400, error: 'request_not_supported', description: 'request objects are not supported' },
  request_uri_invalid: { status: 400, error: 'invalid_request_uri', description: 'unknown or expired request_uri' },
  request_uri_unsupported: { status: 400, error: 'request_uri_not_supported', description: 'request_uri is not supported' },
  request_not_pushed: { status: 400, error: 'invalid_request', description: 'the authorization request must be pushed' },
  response_mode_unsupported: { status: 400, error: 'invalid_request', description: 'unsupported response_mode' },
  resource_unknown: { status: 400, error: 'invalid_target', description: 'unknown or malformed resource {resource}' },
  resource_missing: { status: 400, error: 'invalid_target', description: 'missing parameter resource' },
  acr_unmet: { status: 400, error: 'unmet_authentication_requirements', description: 'no such authentication' },
  claims_malformed: { status: 400, error: 'invalid_request', description: 'malformed parameter claims' },
  // devices (RFC 8628 §3.5)
  device_code_pending: { status: 400, error: 'authorization_pending', description: 'the user has not decided yet' },
  device_code_too_early: { status: 400, error: 'slow_down', description: 'polled too early' },
  device_code_expired: { status: 400, error: 'expired_token', description: 'the device code expired' },
  device_code_denied: { status: 400, error: 'access_denied', description: 'the user denied the request' },
  device_code_unknown: { status: 400, error: 'invalid_grant', description: 'invalid device code' },
  device_code_used: { status: 400, error: 'invalid_grant', description: 'invalid device code' },
  device_code_of_another_client: { status: 400, error: 'invalid_grant', description: 'invalid device code' },
  // token exchange (RFC 8693 §2.2.2)
  subject_token_invalid: { status: 400, error: 'invalid_request', description: 'invalid {parameter}' },
  token_type_unsupported: { status: 400, error: 'invalid_request', description: 'unsupported {parameter}' },
  // dynamic registration (RFC 7591 §3.2.2)
  registration_redirect_uri: { status: 400, error: 'invalid_redirect_uri', description: 'redirect_uris: {problem}' },
  registration_metadata: { status: 400, error: 'invalid_client_metadata', description: '{parameter}: {problem}' },
  registration_token_wrong: { status: 401, error: 'invalid_token', description: 'wrong registration access token', challenge: 'Bearer' },
  // protected resources that ask for more (RFC 9470 §3, RFC 8707 §2)
  authentication_too_weak: {
    status: 401,
    error: 'insufficient_user_authentication',
    description: 'a stronger authentication is required',
    challenge: 'Bearer error="{error}", error_description="{description}", acr_values="{acr_values}"',
  },
  authentication_too_old: {
    status: 401,
    error: 'insufficient_user_authentication',
    description: 'a more recent authentication is required',
    challenge: 'Bearer error="{error}", error_description="{description}", max_age="{max_age}"',
  },
  token_audience_differs: { status: 401, error: 'invalid_token', description: 'the access token is for another resource' },
  // logging out (OpenID Connect RP-Initiated Logout 1.0 §4)
  logout_hint_invalid: { status: 400, error: 'invalid_request', description: 'invalid id_token_hint', page: true },
  logout_redirect_unregistered: {
    status: 400,
    error: 'invalid_request',
    description: 'post_logout_redirect_uri is not registered',
    page: true,
  },
  // the server itself
  unavailable: { status: 503, error: 'temporarily_unavailable', description: 'the service is unavailable' },
  server_error: { status: 500, error: 'server_error', description: 'the server failed' },
} as const satisfies { readonly [reason: string]: ErrorMessage }

/** Why a request was refused: precise inside, put into the provider's words at the very edge. */
export type Reason = keyof typeof standardErrors

export type Dialect = { readonly [R in Reason]: ErrorMessage }

/** What a provider says differently: by reason, or for every reason that carries an RFC error code in the plain words. */
export type ErrorMessages = { readonly [key: string]: Declared<Partial<ErrorMessage>> }

type Members = { readonly [member: string]: unknown }

/** The words of one reason over those that are less exact. A quirk of a whole reason has both its settings filled up. */
const over = (less: Members, own: unknown): unknown => {
  if (!isQuirk(own)) return { ...less, ...(own as Members | undefined) }
  const whole = (part: unknown): Members => ({ ...less, ...(part as Members) })
  const { provider, standard, variants } = own
  return {
    ...own,
    provider: whole(provider),
    standard: whole(standard),
    ...(variants ? { variants: Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, whole(variant)])) } : {}),
  }
}

/** All of them. */
export const reasons = Object.keys(standardErrors) as readonly Reason[]

/** Words for an error code, and over them those for one reason. */
const moreExact = (base: Members, code: unknown, reason: unknown): unknown => {
  if (reason === undefined) return over(base, code)
  return isQuirk(code) ? over(base, reason) : over({ ...base, ...(code as Members | undefined) }, reason)
}

export const isReason = (word: string): word is Reason => Object.hasOwn(standardErrors, word)

/**
 * The RFCs' words, changed where a provider says it differently. A key is a reason (`code_used`) or an RFC error code
 * (`invalid_grant`: every reason with that code); `*` is every reason of all. The more exact key wins, member by member.
 *
 * @example
 * defineErrors({ invalid_grant: { description: 'grant request is invalid' } })
 */
export const defineErrors = <const W extends ErrorMessages>(stated: W): W & Declared<Dialect> => {
  const words: ErrorMessages = withoutFacts(stated)
  const total = Object.fromEntries(
    Object.entries(standardErrors).map(([reason, wording]) => [
      reason,
      moreExact({ ...wording, ...words['*'] }, words[wording.error], words[reason]),
    ]),
  )
  return madeOf(total, stated) as unknown as W & Declared<Dialect>
}

/** The words of another provider with some said differently; keys are as for `defineErrors`. */
export const withErrors = ({ dialect }: { readonly dialect: unknown }, stated: ErrorMessages): Declared<Dialect> => {
  const words = withoutFacts(stated)
  const theirs = dialect as { readonly [reason: string]: object }
  const total = Object.entries(standardErrors).map(([reason, wording]) => {
    const own = [words['*'], words[wording.error], words[reason]].filter((one) => one !== undefined)
    // What is said differently takes the place of a quirk as a whole.
    const before = isQuirk(theirs[reason]) ? wording : theirs[reason]
    return [reason, own.length === 0 ? theirs[reason] : Object.assign({}, before, ...own)]
  })
  return madeOf(Object.fromEntries(total), ...formsOf(dialect as object), stated) as unknown as Declared<Dialect>
}
