/** The words of Zoho Payments: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { inferred, observed, quirk } from '../../provider/quirk.js'

const status200 = quirk('error-status', observed('public client reports with captured responses'), {
  was: 'errors-with-status-200',
  provider: 200,
  standard: 400,
  description: 'The token endpoint answers errors with HTTP 200 and only an error word in the body',
})

const said = (error: string) => ({ status: status200, error, description: '', challenge: '' })

const throttle = {
  error_description: 'You have made too many requests continuously. Please try again after some time.',
  error: 'Access Denied',
  status: 'failure',
}

const badTokenBody = quirk('bad-token-body', inferred('status table of the API and its error envelope; variants: sister products'), {
  provider: { code: 'error', message: 'Unauthorized (Invalid AuthToken)' },
  standard: { error: 'invalid_token' },
  variants: {
    crm: { code: 'INVALID_TOKEN', details: {}, message: 'invalid oauth token', status: 'error' },
    books: { code: 57, message: 'You are not authorized to perform this operation' },
  },
  description:
    'A call with a bad token is answered 401 in the API envelope; what it says is only known from the status table and from sister products',
})

const unreadable = { status: 400, error: 'invalid_request', body: { code: 'invalid_request', message: 'Malformed request' } }

const internal = {
  status: 500,
  error: 'server_error',
  body: { code: 'error', message: 'An internal error occurred. Please refresh the page and try again.' },
}

/** The accounts server's errors with status 200 are not the API's, which answers in its own envelope. */
export const apiErrors = {
  parameter_repeated: unreadable,
  encoding_malformed: unreadable,
  body_malformed: unreadable,
  header_malformed: unreadable,
  body_too_large: { status: 413, error: 'invalid_request', body: { code: 'invalid_request', message: 'Request too large' } },
  method_not_allowed: { status: 405, error: 'invalid_request', body: { code: 'error', message: 'Method not allowed' } },
  unavailable: { status: 503, error: 'error', body: { code: 'error', message: 'Service unavailable' } },
  server_error: internal,
}

export const errorMessages = defineErrors({
  invalid_request: { ...said('invalid_request') },
  unsupported_grant_type: { ...said('unsupported_grant_type') },
  unauthorized_client: { ...said('unauthorized_client') },
  invalid_scope: { ...said('invalid_scope') },
  invalid_client: { ...said('invalid_client') },
  client_secret_wrong: { ...said('invalid_client_secret') },
  invalid_grant: { ...said('invalid_code') },
  redirect_uri_differs: { ...said('invalid_redirect_uri') },
  refresh_tokens_exhausted: { status: 400, body: { error: 'Access Denied' } },
  throttled: {
    status: quirk('throttle-status', observed('two public repositories; 200: a vendor post'), {
      was: 'throttle-answers-400',
      provider: 400,
      standard: 429,
      variants: { '200': 200 },
      description: 'The throttle answers 400; another page says the status stays 200',
    }),
    body: throttle,
  },
  authorize_client_missing: { status: 400, error: 'Invalid Client', description: 'The client ID is missing' },
  authorize_client_unknown: { status: 400, error: 'Invalid Client', description: 'The client ID that was passed does not exist' },
  redirect_uri_missing: { status: 400, error: 'Invalid Redirect Uri', description: 'The redirect URI is missing' },
  redirect_uri_unregistered: {
    status: 400,
    error: 'Invalid Redirect Uri',
    description: 'The redirect URI that was passed is not registered',
  },
  method_not_allowed: { status: 405, error: 'invalid_request', description: '' },
  body_too_large: { status: 413, error: 'invalid_request', description: '' },
  content_type_unsupported: { status: 415, error: 'invalid_request', description: '' },
  invalid_token: { body: badTokenBody, challenge: '' },
  token_in_query: { status: 401, error: 'invalid_token', body: badTokenBody },
  token_repeated: { status: 401, error: 'invalid_token', body: badTokenBody },
  scope_insufficient: { status: 404, body: { code: 'error', message: 'Not Authorised' } },
  query_parameter_missing: { status: 400, body: { code: 'invalid_request', message: 'Missing parameter {parameter}' } },
  account_unknown: { status: 404, body: { code: 'error', message: 'Not Authorised' } },
  rate_limited: { body: { code: 'error', message: 'Too many requests' } },
  revoked_token_unknown: { status: 400, error: 'invalid_token', description: '' },
  revoked_token_foreign: { status: 400, error: 'invalid_token', description: '' },
  server_error: quirk('general-error', observed('list of error words in a public client'), {
    provider: { status: 200, body: { error: 'general_error' } },
    standard: internal,
    optIn: true,
    description: 'A failure of the accounts server is answered 200 with general_error',
  }),
})
