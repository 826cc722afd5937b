/** The words of Ziina: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { inferred } from '../../provider/source.js'

const challenge = 'Bearer realm="{issuer}", error="{error}", error_description="{description}"'
const basicChallenge = 'Basic realm="{issuer}", error="{error}", error_description="{description}"'

const none = { status: 400, error: 'invalid_request', description: 'no access token provided', challenge: 'Bearer realm="{issuer}"' }
const misplaced = { status: 400, error: 'invalid_request', challenge }
const invalid = { status: 401, error: 'invalid_token', description: 'invalid token provided', challenge }

/** At userinfo the engine itself refuses; at the API something behind it does. */
export const userinfoErrors = {
  token_missing: none,
  token_scheme_wrong: none,
  token_in_query: { ...misplaced, description: 'access tokens must not be provided via query parameter' },
  token_repeated: { ...misplaced, description: 'access token must only be provided using one mechanism' },
  token_unknown: invalid,
  token_expired: invalid,
  token_revoked: invalid,
  token_not_yet_valid: invalid,
  token_signature: invalid,
  token_claims_wrong: invalid,
  token_key_unknown: invalid,
  token_is_a_code: invalid,
  scope_insufficient: {
    status: 403,
    error: 'insufficient_scope',
    description: 'access token missing openid scope',
    body: { error: '{error}', error_description: '{description}', scope: '{scope}' },
    challenge: `${challenge}, scope="{scope}"`,
  },
}

/** Its metadata has the order and the defaults of one engine. */
export const stock = 'the OpenID Connect engine it appears to run; its own text is silent'
const apiBody = 'the error envelope of its API reference; no refusal was found'

export const errorMessages = defineErrors({
  not_found: inferred(stock, {
    status: 404,
    error: 'invalid_request',
    description: 'unrecognized route or not allowed method ({method} on {path})',
  }),
  method_not_allowed: inferred(stock, {
    status: 404,
    error: 'invalid_request',
    description: 'unrecognized route or not allowed method ({method} on {path})',
  }),
  content_type_unsupported: inferred(stock, {
    status: 400,
    description: 'only application/x-www-form-urlencoded content-type bodies are supported on {method} {path}',
  }),
  parameter_repeated: inferred(stock, { description: "'{parameter}' parameter must not be provided twice" }),
  parameter_missing: inferred(stock, { description: 'missing required parameter{s} {parameters}' }),
  client_credentials_missing: inferred(stock, {
    status: 400,
    error: 'invalid_request',
    description: 'no client authentication mechanism provided',
  }),
  client_credentials_misplaced: inferred(stock, {
    status: 400,
    error: 'invalid_request',
    description: 'no client authentication mechanism provided',
  }),
  header_malformed: inferred(stock, { description: 'invalid authorization header value format' }),
  client_credentials_repeated: inferred(stock, { description: 'client authentication must only be provided using one mechanism' }),
  client_ids_differ: inferred(stock, { description: 'mismatch in body and authorization client ids' }),
  client_secret_empty: inferred(stock, {
    status: 400,
    error: 'invalid_request',
    description: 'client_secret must be provided in the Authorization header',
  }),
  client_credentials_undecodable: inferred(stock, {
    description: 'client_id and client_secret in the authorization header are not properly encoded',
  }),
  client_unknown: inferred(stock, { description: 'client authentication failed', challenge: basicChallenge }),
  client_secret_wrong: inferred(stock, { description: 'client authentication failed', challenge: basicChallenge }),
  invalid_grant: inferred(stock, { description: 'grant request is invalid' }),
  grant_type_unsupported: inferred(stock, { description: 'unsupported grant_type requested' }),
  grant_type_not_allowed: inferred(stock, { description: 'requested grant type is not allowed for this client' }),
  scope_exceeds_grant: inferred(stock, { description: 'refresh token missing requested scope' }),
  authorize_client_missing: inferred(stock, { description: "missing required parameter 'client_id'" }),
  authorize_client_unknown: inferred(stock, { description: 'client is invalid' }),
  redirect_uri_missing: inferred(stock, { description: "missing required parameter 'redirect_uri'" }),
  redirect_uri_unregistered: inferred(stock, {
    error: 'invalid_redirect_uri',
    description: "redirect_uri did not match any of the client's registered redirect_uris",
  }),
  response_type_missing: inferred(stock, { description: "missing required parameter 'response_type'" }),
  response_type_unsupported: inferred(stock, { description: 'unsupported response_type requested' }),
  scope_not_allowed: inferred(stock, { description: 'requested scope is not allowed' }),
  scope_unknown: inferred(stock, { description: 'requested scope is not allowed' }),
  challenge_method_unsupported: inferred(stock, { description: 'not supported value of code_challenge_method' }),
  prompt_unsupported: inferred(stock, { description: 'unsupported prompt value requested' }),
  prompt_none_mixed: inferred(stock, { description: 'prompt none must only be used alone' }),
  access_denied: inferred(stock, { description: 'End-User aborted interaction' }),
  login_required: inferred(stock, { description: 'End-User authentication is required' }),
  consent_required: inferred(stock, { description: 'End-User consent is required' }),
  server_error: inferred(stock, { description: 'oops! something went wrong' }),
  invalid_token: { body: inferred(apiBody, { message: 'Unauthorized', code: '401' }) },
  token_in_query: { body: inferred(apiBody, { message: 'Bad Request', code: '400' }) },
  scope_insufficient: { body: inferred(apiBody, { message: 'Forbidden', code: '403' }) },
  rate_limited: { body: inferred(apiBody, { message: 'Too Many Requests', code: '429' }) },
})
