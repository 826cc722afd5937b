/** The words of vcita inTandem: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed } from '../../provider/source.js'

/** Its public repository names the engine and says that the token endpoint is its own. */
export const stock = 'stock behaviour of the engine that its public repository names'
export const engineErrors = inferred(stock)

const challenge = quirk('bearer-challenge-on-every-error', engineErrors, {
  provider: 'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"',
  standard: '',
  description: 'Errors of the token endpoint carry a Bearer challenge with realm Doorkeeper, even for a bad client',
})

const bearerChallenge = 'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"'

const unauthorized = quirk(
  'unauthorized-body',
  observed("the vendor's public developer repository", '{"success":false,"errors":[{"code":"unauthorized","message":"401 Unauthorized"}]}'),
  {
    provider: { success: false, errors: [{ code: 'unauthorized', message: '401 Unauthorized' }] },
    standard: null,
    variants: {
      context: { success: false, errors: [{ code: 'unauthorized', message: 'Unauthorized' }] },
      jwt: { message: '401 Unauthorized', status: 'Failure' },
      directory: { error: 'Unauthorized' },
      'non-api': { status: 'failure', message: '401 Unauthorized' },
      handler: { message: 'Unauthorized', status: 'Failure' },
      platform: { status: 'Error', message: 'Unauthorized' },
    },
    description:
      'A refused API call is answered 401 with one of seven bodies, by the layer that refused it; a stock engine answers with none',
  },
)

const refused = { status: 401, error: 'invalid_token', challenge: bearerChallenge }
const invalid = { ...refused, description: 'The access token is invalid' }

/** Userinfo answers as the engine does; the rest of the API as the layers before it. */
export const userinfoErrors = {
  token_missing: invalid,
  token_scheme_wrong: invalid,
  token_unknown: invalid,
  token_expired: { ...refused, description: 'The access token expired' },
  token_revoked: { ...refused, description: 'The access token was revoked' },
}

const stranger = { status: 401, error: 'unauthorized', body: { status: 'Error', message: 'Unauthorized' } }

export const revokeErrors = { token_missing: stranger, token_unknown: stranger, token_revoked: stranger }

const badClient =
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.'

const tooMany = documented("the vendor's API description, of another route", '{"error":"Too many requests"}', {
  error: 'Too many requests',
})

export const platformTokens = "the vendor's API description, platform tokens"

export const errorMessages = defineErrors({
  invalid_request: { challenge },
  parameter_missing: inferred(stock, { description: 'Missing required parameter: {parameter}.' }),
  response_type_missing: inferred(stock, { description: 'Missing required parameter: response_type.' }),
  invalid_client: { description: inferred(stock, badClient), challenge },
  invalid_grant: {
    description: inferred(
      stock,
      'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
    ),
    challenge,
  },
  unsupported_grant_type: {
    description: inferred(stock, 'The authorization grant type is not supported by the authorization server.'),
    challenge,
  },
  unauthorized_client: {
    status: inferred(stock, 401),
    description: inferred(stock, 'The client is not authorized to perform this request using this method.'),
    challenge,
  },
  invalid_scope: { description: inferred(stock, 'The requested scope is invalid, unknown, or malformed.'), challenge },
  authorize_client_unknown: inferred(stock, { status: 401, description: badClient, challenge: '' }),
  authorize_client_missing: inferred(stock, { description: 'Missing required parameter: client_id.', challenge: '' }),
  redirect_uri_missing: inferred(stock, { description: 'Missing required parameter: redirect_uri.', challenge: '' }),
  redirect_uri_unregistered: inferred(stock, {
    error: 'invalid_redirect_uri',
    description: "The requested redirect uri is malformed or doesn't match client redirect URI.",
    challenge: '',
  }),
  unsupported_response_type: inferred(stock, { description: 'The authorization server does not support this response type.' }),
  challenge_method_unsupported: inferred(stock, {
    error: 'invalid_code_challenge_method',
    description: 'The code challenge method must be plain or S256.',
  }),
  access_denied: inferred(stock, { description: 'The resource owner or authorization server denied the request.' }),
  invalid_token: {
    description: inferred(stock, 'The access token is invalid'),
    challenge: inferred(stock, bearerChallenge),
    body: unauthorized,
  },
  token_expired: {
    description: inferred(stock, 'The access token expired'),
    challenge: inferred(stock, bearerChallenge),
    body: unauthorized,
  },
  token_revoked: {
    description: inferred(stock, 'The access token was revoked'),
    challenge: inferred(stock, bearerChallenge),
    body: unauthorized,
  },
  token_in_query: inferred(stock, { ...invalid, body: unauthorized }),
  scope_insufficient: inferred(stock, { status: 403, error: 'invalid_scope', challenge: '' }),
  rate_limited: { body: tooMany },
  throttled: { body: tooMany },
  revoked_token_unknown: documented(platformTokens, '{"status":"Error","error":"invalid token"}', {
    status: 422,
    body: { status: 'Error', error: 'invalid token' },
  }),
  revoked_token_foreign: documented(platformTokens, '{"status":"Error","error":"Unauthorized"}', {
    status: 422,
    body: { status: 'Error', error: 'Unauthorized' },
  }),
  registration_invalid: inferred("the vendor's general error wrapper; no error of this route was found", {
    status: 422,
    body: { success: false, errors: [{ code: 'invalid', message: '{parameter} is invalid', field: '{parameter}' }] },
  }),
})
