/** The words of Zettle: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed, sample } from '../../provider/source.js'

const section = 'OAuth API, how access tokens are included'

const error = quirk(
  'expired-token-is-invalid-request',
  documented(section, 'Bearer error="invalid_request", error_description="ACCESS_TOKEN_EXPIRED"'),
  {
    provider: 'invalid_request',
    standard: 'invalid_token',
    description: 'An expired or invalid access token is answered 401 with error="invalid_request" in the challenge',
  },
)

const description = quirk('expired-token-wording', documented(section, 'most services use the error code ACCESS_TOKEN_EXPIRED'), {
  provider: 'ACCESS_TOKEN_EXPIRED',
  standard: 'The access token expired',
  variants: { 'in-plain-words': 'The access token has expired' },
  description: 'Most services say ACCESS_TOKEN_EXPIRED of an expired or invalid access token; in plain words: as the others do',
})

const plainDescription = quirk('some-services-use-plain-words', documented(section, 'The other services use clear text'), {
  provider: 'The access token has expired',
  standard: 'ACCESS_TOKEN_EXPIRED',
  description: 'Other services say it in plain words: here the finance service, for the text names none',
})

const challenge = 'Bearer error="{error}", error_description="{description}"'
const envelope = 'the error body that the API reference has; of a refused token the text shows the header only'
const body = inferred(envelope, { developerMessage: '{description}', errorType: 'UNAUTHORIZED' })
const said = {
  error,
  description,
  challenge: documented(section, 'with the error set in the HTTP header WWW-Authenticate', challenge),
  body,
}
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

const badRefreshToken = sample('OAuth API, Error Response', '"error_description": "invalid refresh_token"', 'invalid refresh_token')
const badAssertion = { description: observed('fixture of a public plug-in', 'Invalid assertion JWT', 'Invalid assertion JWT') }

export const errorMessages = defineErrors({
  invalid_client: observed('a public client, which looks for it in answers with status 400', 'Invalid client_id', {
    status: 400,
    description: 'Invalid client_id',
  }),
  client_secret_wrong: inferred('what is said of an unknown client', { status: 400, description: 'Invalid client_secret' }),
  redirect_uri_unregistered: {
    error: inferred('the page that was reported names no error code', 'invalid_request'),
    description: observed(
      'issues of the public mobile SDKs',
      'Parameter redirect_uri contains URI that is not allowed',
      'Parameter redirect_uri contains URI that is not allowed',
    ),
  },
  invalid_grant: inferred('what is said of a refresh token', { description: 'invalid code' }),
  refresh_token_unknown: { description: badRefreshToken },
  refresh_token_expired: { description: badRefreshToken },
  refresh_token_revoked: { description: badRefreshToken },
  refresh_token_evicted: { description: badRefreshToken },
  refresh_token_of_another_client: { description: badRefreshToken },
  connection_ended: { description: badRefreshToken },
  user_removed: { description: badRefreshToken },
  refresh_token_rotated: {
    error: quirk(
      'bad-refresh-token-is-invalid-request',
      observed('change of the public API documentation, 2020-12-09', 'invalid_request'),
      {
        provider: 'invalid_request',
        standard: 'invalid_grant',
        optIn: true,
        description: 'A bad refresh token is called invalid_request, as it was before December 2020',
      },
    ),
    description: badRefreshToken,
  },
  verifier_missing: observed('issue of a public mobile SDK', '"error_description":"code_verifier cannot be empty"', {
    error: 'invalid_request',
    description: 'code_verifier cannot be empty',
  }),
  assertion_malformed: badAssertion,
  assertion_signature: badAssertion,
  assertion_expired: badAssertion,
  assertion_unknown: badAssertion,
  assertion_revoked: badAssertion,
  assertion_of_another_client: badAssertion,
  content_type_unsupported: inferred('RFC 6749 §5.2', { status: 400, description: 'only form-encoded bodies are read' }),
  invalid_token: said,
  token_missing: inferred('RFC 6750 §3.1; the text has the challenge of a bad token only', {
    description: 'no access token',
    challenge: 'Bearer',
    body,
  }),
  scope_insufficient: {
    body: inferred(envelope, { developerMessage: 'The access token lacks scope {scope}', errorType: 'FORBIDDEN' }),
  },
  token_key_unknown: quirk('unknown-key-is-a-server-error', observed('public report of 2018', 'was not found in authorization service'), {
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
  rate_limited: { body: inferred(envelope, { developerMessage: 'Too many requests', errorType: 'TOO_MANY_REQUESTS' }) },
})
