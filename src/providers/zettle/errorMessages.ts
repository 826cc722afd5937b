/** The words of Zettle: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { documented, observed, quirk } from '../../provider/quirk.js'

const expiredChallenge = quirk('expired-token-is-invalid-request', documented('OAuth API, "Using the access token"'), {
  provider: 'Bearer error="invalid_request", error_description="ACCESS_TOKEN_EXPIRED"',
  standard: 'Bearer error="invalid_token", error_description="The access token expired"',
  variants: { 'in-plain-words': 'Bearer error="invalid_request", error_description="The access token has expired"' },
  description:
    'An expired or invalid access token is answered 401 with error="invalid_request" and ACCESS_TOKEN_EXPIRED, at some services in plain words',
})

export const errorMessages = defineErrors({
  invalid_client: { status: 400, description: 'Invalid client_id' },
  client_secret_wrong: { status: 400, description: 'Invalid client_secret' },
  redirect_uri_unregistered: { error: 'invalid_request', description: 'Parameter redirect_uri contains URI that is not allowed' },
  invalid_grant: { description: 'invalid code' },
  refresh_token_unknown: { description: 'invalid refresh_token' },
  refresh_token_expired: { description: 'invalid refresh_token' },
  refresh_token_revoked: { description: 'invalid refresh_token' },
  refresh_token_evicted: { description: 'invalid refresh_token' },
  refresh_token_of_another_client: { description: 'invalid refresh_token' },
  connection_ended: { description: 'invalid refresh_token' },
  user_removed: { description: 'invalid refresh_token' },
  refresh_token_rotated: {
    error: quirk('bad-refresh-token-is-invalid-request', observed('change of the public API documentation, 2020-12-09'), {
      provider: 'invalid_request',
      standard: 'invalid_grant',
      optIn: true,
      description: 'A bad refresh token is called invalid_request, as it was before December 2020',
    }),
    description: 'invalid refresh_token',
  },
  verifier_missing: { error: 'invalid_request', description: 'code_verifier cannot be empty' },
  assertion_malformed: { description: 'Invalid assertion JWT' },
  assertion_signature: { description: 'Invalid assertion JWT' },
  assertion_expired: { description: 'Invalid assertion JWT' },
  assertion_unknown: { description: 'Invalid assertion JWT' },
  assertion_revoked: { description: 'Invalid assertion JWT' },
  assertion_of_another_client: { description: 'Invalid assertion JWT' },
  content_type_unsupported: { status: 400, description: 'only form-encoded bodies are read' },
  invalid_token: { challenge: expiredChallenge, body: { developerMessage: '{description}', errorType: 'UNAUTHORIZED' } },
  token_expired: {
    challenge: expiredChallenge,
    body: { meta: { developerMessage: 'Access token expired', errorCode: 'ACCESS_TOKEN_EXPIRED' } },
  },
  scope_insufficient: { body: { developerMessage: 'The access token lacks scope {scope}', errorType: 'FORBIDDEN' } },
  token_key_unknown: {
    status: quirk('unknown-key-is-a-server-error', observed('public report of 2018'), {
      provider: 500,
      standard: 401,
      description: 'A token signed with a key that was rotated out is answered 500, not 401',
    }),
    challenge: '',
    body: {
      developerMessage: 'KeyNotFoundException: Key {kid} was not found in authorization service',
      errorType: 'INTERNAL_SERVER_ERROR',
    },
  },
  rate_limited: { body: { developerMessage: 'Too many requests', errorType: 'TOO_MANY_REQUESTS' } },
})
