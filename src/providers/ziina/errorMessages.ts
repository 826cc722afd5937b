/** The words of Ziina: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'

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

export const errorMessages = defineErrors({
  not_found: { status: 404, error: 'invalid_request', description: 'unrecognized route or not allowed method ({method} on {path})' },
  method_not_allowed: {
    status: 404,
    error: 'invalid_request',
    description: 'unrecognized route or not allowed method ({method} on {path})',
  },
  content_type_unsupported: {
    status: 400,
    description: 'only application/x-www-form-urlencoded content-type bodies are supported on {method} {path}',
  },
  parameter_repeated: { description: "'{parameter}' parameter must not be provided twice" },
  parameter_missing: { description: 'missing required parameter{s} {parameters}' },
  client_credentials_missing: { status: 400, error: 'invalid_request', description: 'no client authentication mechanism provided' },
  client_credentials_misplaced: { status: 400, error: 'invalid_request', description: 'no client authentication mechanism provided' },
  header_malformed: { description: 'invalid authorization header value format' },
  client_credentials_repeated: { description: 'client authentication must only be provided using one mechanism' },
  client_ids_differ: { description: 'mismatch in body and authorization client ids' },
  client_secret_empty: {
    status: 400,
    error: 'invalid_request',
    description: 'client_secret must be provided in the Authorization header',
  },
  client_credentials_undecodable: { description: 'client_id and client_secret in the authorization header are not properly encoded' },
  client_unknown: { description: 'client authentication failed', challenge: basicChallenge },
  client_secret_wrong: { description: 'client authentication failed', challenge: basicChallenge },
  invalid_grant: { description: 'grant request is invalid' },
  grant_type_unsupported: { description: 'unsupported grant_type requested' },
  grant_type_not_allowed: { description: 'requested grant type is not allowed for this client' },
  scope_exceeds_grant: { description: 'refresh token missing requested scope' },
  authorize_client_missing: { description: "missing required parameter 'client_id'" },
  authorize_client_unknown: { description: 'client is invalid' },
  redirect_uri_missing: { description: "missing required parameter 'redirect_uri'" },
  redirect_uri_unregistered: {
    error: 'invalid_redirect_uri',
    description: "redirect_uri did not match any of the client's registered redirect_uris",
  },
  response_type_missing: { description: "missing required parameter 'response_type'" },
  response_type_unsupported: { description: 'unsupported response_type requested' },
  scope_not_allowed: { description: 'requested scope is not allowed' },
  scope_unknown: { description: 'requested scope is not allowed' },
  challenge_method_unsupported: { description: 'not supported value of code_challenge_method' },
  prompt_unsupported: { description: 'unsupported prompt value requested' },
  prompt_none_mixed: { description: 'prompt none must only be used alone' },
  access_denied: { description: 'End-User aborted interaction' },
  login_required: { description: 'End-User authentication is required' },
  consent_required: { description: 'End-User consent is required' },
  server_error: { description: 'oops! something went wrong' },
  invalid_token: { body: { message: 'Unauthorized', code: '401' } },
  token_in_query: { body: { message: 'Bad Request', code: '400' } },
  scope_insufficient: { body: { message: 'Forbidden', code: '403' } },
  rate_limited: { body: { message: 'Too Many Requests', code: '429' } },
})
