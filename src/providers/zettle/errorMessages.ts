/** The words of Zettle: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { documented, observed, quirk } from '../../provider/quirk.js'

const place = documented('OAuth API, "Using the access token"')

const error = quirk('expired-token-is-invalid-request', place, {
  provider: 'invalid_request',
  standard: 'invalid_token',
  description: 'An expired or invalid access token is answered 401 with error="invalid_request" in the challenge',
})

const description = quirk('expired-token-wording', place, {
  provider: 'ACCESS_TOKEN_EXPIRED',
  standard: 'The access token expired',
  variants: { 'in-plain-words': 'The access token has expired' },
  description: 'Most services say ACCESS_TOKEN_EXPIRED of an expired or invalid access token; in plain words: as the others do',
})

const plainDescription = quirk('some-services-use-plain-words', place, {
  provider: 'The access token has expired',
  standard: 'ACCESS_TOKEN_EXPIRED',
  description: 'Other services say it in plain words: here the finance service, for the text names none',
})

const challenge = 'Bearer error="{error}", error_description="{description}"'
// The members are those of the documented error body of the API; the text shows the header only.
const body = { developerMessage: '{description}', errorType: 'UNAUTHORIZED' }
const said = { error, description, challenge, body }
const plain = { status: 401, error, description: plainDescription, challenge, body }

/** Where a token that is of no use is called expired in plain words. */
export const plainErrors = {
  token_unknown: plain,
  token_expired: plain,
  token_revoked: plain,
  token_not_yet_valid: plain,
  token_signature: plain,
  token_claims_wrong: plain,
  token_key_unknown: plain,
  token_is_a_code: plain,
}

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
  invalid_token: said,
  token_missing: { description: 'no access token', challenge: 'Bearer', body },
  scope_insufficient: { body: { developerMessage: 'The access token lacks scope {scope}', errorType: 'FORBIDDEN' } },
  token_key_unknown: quirk('unknown-key-is-a-server-error', observed('public report of 2018'), {
    provider: {
      status: 500,
      challenge: '',
      body: {
        developerMessage: 'KeyNotFoundException: Key {kid} was not found in authorization service',
        errorType: 'INTERNAL_SERVER_ERROR',
      },
    },
    standard: said,
    optIn: true,
    description: 'A token signed with a key that was rotated out is answered 500; the text has 401 for every token that is of no use',
  }),
  rate_limited: { body: { developerMessage: 'Too many requests', errorType: 'TOO_MANY_REQUESTS' } },
})
