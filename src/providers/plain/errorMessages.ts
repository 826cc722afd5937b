/** The words of the plain server: those of the specifications, with the challenges that they ask for. */

import { defineErrors } from '../../provider/dialect.js'
import { documented } from '../../provider/source.js'

const challenge = 'Bearer realm="{issuer}", error="{error}", error_description="{description}"'
const metadata = 'resource_metadata="{issuer}/.well-known/oauth-protected-resource{endpoint}"'
const invalid = { status: 401, error: 'invalid_token', description: 'the access token is invalid', challenge: `${challenge}, ${metadata}` }

/** Resources that describe themselves say where (RFC 9728 §5.1). */
export const resourceErrors = {
  token_missing: { status: 401, error: 'invalid_token', body: null, challenge: `Bearer realm="{issuer}", ${metadata}` },
  token_scheme_wrong: { status: 401, error: 'invalid_token', body: null, challenge: `Bearer realm="{issuer}", ${metadata}` },
  token_unknown: invalid,
  token_expired: { ...invalid, description: 'the access token expired' },
  token_revoked: invalid,
  token_signature: invalid,
  token_claims_wrong: invalid,
  token_key_unknown: invalid,
  token_not_yet_valid: invalid,
  token_is_a_code: invalid,
  token_audience_differs: { ...invalid, description: 'the access token is for another resource' },
}

const ofTokens = documented('RFC 6750, section 3', 'auth-scheme value "Bearer"', challenge)
// Whoever sent no token is told of no error.
const untold = documented('RFC 6750, section 3.1', 'SHOULD NOT include an error code or other error information', {
  body: null,
  challenge: 'Bearer realm="{issuer}"',
})

export const errorMessages = defineErrors({
  invalid_client: {
    challenge: documented(
      'RFC 6749, section 5.2',
      'include the "WWW-Authenticate" response header field',
      'Basic realm="{issuer}", charset="UTF-8"',
    ),
  },
  invalid_token: { challenge: ofTokens },
  token_missing: untold,
  token_scheme_wrong: untold,
  token_in_query: { challenge: ofTokens },
  token_repeated: { challenge: ofTokens },
  token_bound: {
    challenge: documented('RFC 9449, section 7.1', 'algs', 'DPoP error="{error}", error_description="{description}", algs="{algorithms}"'),
  },
  scope_insufficient: {
    challenge: documented('RFC 6750, section 3.1', '"scope" attribute with the scope necessary', `${challenge}, scope="{scope}"`),
  },
})
