/** The words of vcita inTandem: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { inferred, observed, quirk } from '../../provider/quirk.js'

export const engineErrors = inferred('stock behaviour of the engine that its public repository names')

const challenge = quirk('bearer-challenge-on-every-error', engineErrors, {
  provider: 'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"',
  standard: '',
  description: 'Errors of the token endpoint carry a Bearer challenge with realm Doorkeeper, even for a bad client',
})

const bearerChallenge = 'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"'

const unauthorized = quirk('unauthorized-body', observed("the vendor's public developer repository"), {
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
})

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

export const errorMessages = defineErrors({
  invalid_request: { challenge },
  parameter_missing: { description: 'Missing required parameter: {parameter}.' },
  response_type_missing: { description: 'Missing required parameter: response_type.' },
  invalid_client: {
    description:
      'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
    challenge,
  },
  invalid_grant: {
    description:
      'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
    challenge,
  },
  unsupported_grant_type: { description: 'The authorization grant type is not supported by the authorization server.', challenge },
  unauthorized_client: {
    status: 401,
    description: 'The client is not authorized to perform this request using this method.',
    challenge,
  },
  invalid_scope: { description: 'The requested scope is invalid, unknown, or malformed.', challenge },
  authorize_client_unknown: {
    status: 401,
    description:
      'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
    challenge: '',
  },
  authorize_client_missing: { description: 'Missing required parameter: client_id.', challenge: '' },
  redirect_uri_missing: { description: 'Missing required parameter: redirect_uri.', challenge: '' },
  redirect_uri_unregistered: {
    error: 'invalid_redirect_uri',
    description: "The requested redirect uri is malformed or doesn't match client redirect URI.",
    challenge: '',
  },
  unsupported_response_type: { description: 'The authorization server does not support this response type.' },
  challenge_method_unsupported: {
    error: 'invalid_code_challenge_method',
    description: 'The code challenge method must be plain or S256.',
  },
  access_denied: { description: 'The resource owner or authorization server denied the request.' },
  invalid_token: { description: 'The access token is invalid', challenge: bearerChallenge, body: unauthorized },
  token_expired: { description: 'The access token expired', challenge: bearerChallenge, body: unauthorized },
  token_revoked: { description: 'The access token was revoked', challenge: bearerChallenge, body: unauthorized },
  token_in_query: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is invalid',
    challenge: bearerChallenge,
    body: unauthorized,
  },
  scope_insufficient: { status: 403, error: 'invalid_scope', challenge: '' },
  rate_limited: { body: { error: 'Too many requests' } },
  throttled: { body: { error: 'Too many requests' } },
  revoked_token_unknown: { status: 422, body: { status: 'Error', error: 'invalid token' } },
  revoked_token_foreign: { status: 422, body: { status: 'Error', error: 'Unauthorized' } },
  registration_invalid: {
    status: 422,
    body: { success: false, errors: [{ code: 'invalid', message: '{parameter} is invalid', field: '{parameter}' }] },
  },
})
