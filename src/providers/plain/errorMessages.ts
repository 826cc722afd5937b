/** The words of the plain server: those of the specifications, with the challenges that they ask for. */

import { defineErrors } from '../../provider/dialect.js'

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

export const errorMessages = defineErrors({
  invalid_client: { challenge: 'Basic realm="{issuer}", charset="UTF-8"' },
  invalid_token: { challenge },
  // RFC 6750 §3.1: whoever sent no token is told of no error.
  token_missing: { body: null, challenge: 'Bearer realm="{issuer}"' },
  token_scheme_wrong: { body: null, challenge: 'Bearer realm="{issuer}"' },
  token_in_query: { challenge },
  token_repeated: { challenge },
  token_bound: { challenge: 'DPoP error="{error}", error_description="{description}", algs="{algorithms}"' },
  scope_insufficient: { challenge: `${challenge}, scope="{scope}"` },
})
