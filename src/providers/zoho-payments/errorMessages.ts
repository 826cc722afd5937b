/** The words of Zoho Payments: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed } from '../../provider/source.js'

const status200 = quirk('error-status', observed('public client reports with captured responses', '{"error":"invalid_client"}'), {
  was: 'errors-with-status-200',
  provider: 200,
  standard: 400,
  description: 'The token endpoint answers errors with HTTP 200 and only an error word in the body',
})

/** Only an error word, and no challenge, as in every captured answer. */
const bare = observed('captured answers in public issues', '{"error":"invalid_client"}', '')
const said = <E>(error: E) => ({ status: status200, error, description: bare, challenge: bare })

const throttle = observed('two public repositories', 'You have made too many requests continuously.', {
  error_description: 'You have made too many requests continuously. Please try again after some time.',
  error: 'Access Denied',
  status: 'failure',
})
const notAuthorised = documented('errors of the API', '{"code":"error","message":"Not Authorised"}', {
  code: 'error',
  message: 'Not Authorised',
})
const envelope = 'the error envelope of the API; no such answer was found'

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
  invalid_request: said(inferred('the word of RFC 6749; none was found', 'invalid_request')),
  unsupported_grant_type: said('unsupported_grant_type'),
  unauthorized_client: said('unauthorized_client'),
  invalid_scope: said('invalid_scope'),
  invalid_client: said('invalid_client'),
  client_secret_wrong: said(observed('a change in a public client', '{"error":"invalid_client_secret"}', 'invalid_client_secret')),
  invalid_grant: said(observed('public issues; also of refresh tokens', '{"error":"invalid_code"}', 'invalid_code')),
  redirect_uri_differs: said(documented('help article on errors of the accounts server', 'invalid_redirect_uri', 'invalid_redirect_uri')),
  refresh_tokens_exhausted: observed('API questions of a sister product', 'Access Denied', {
    status: 400,
    body: { error: 'Access Denied' },
  }),
  throttled: {
    status: quirk(
      'throttle-status',
      observed('two public repositories; 200: a vendor post', 'You have made too many requests continuously.'),
      {
        was: 'throttle-answers-400',
        provider: 400,
        standard: 429,
        variants: { '200': 200 },
        description: 'The throttle answers 400; another page says the status stays 200',
      },
    ),
    body: quirk('throttle-body-is-localised', observed('a public PHP client, which notes both bodies', '"status":"failure"'), {
      provider: { error_description: '您已连续提出过多请求，请稍后再试。', error: '拒绝访问', status: 'failure' },
      standard: throttle,
      optIn: true,
      description: 'The throttle answers in the language of the account, the error word too: here in Chinese',
    }),
  },
  authorize_client_missing: inferred('the page for an unknown client', {
    status: 400,
    error: 'Invalid Client',
    description: 'The client ID is missing',
  }),
  authorize_client_unknown: observed('public troubleshooting notes; the status is inferred', 'Invalid Client', {
    status: 400,
    error: 'Invalid Client',
    description: 'The client ID that was passed does not exist',
  }),
  redirect_uri_missing: inferred('the page for another redirect URI', {
    status: 400,
    error: 'Invalid Redirect Uri',
    description: 'The redirect URI is missing',
  }),
  redirect_uri_unregistered: observed('public troubleshooting notes; the status is inferred', 'Invalid Redirect Uri', {
    status: 400,
    error: 'Invalid Redirect Uri',
    description: 'The redirect URI that was passed is not registered',
  }),
  method_not_allowed: inferred('RFC 9110 §15.5.6', { status: 405, error: 'invalid_request', description: '' }),
  body_too_large: inferred('RFC 9110 §15.5.14', { status: 413, error: 'invalid_request', description: '' }),
  content_type_unsupported: inferred('RFC 9110 §15.5.16', { status: 415, error: 'invalid_request', description: '' }),
  invalid_token: { body: badTokenBody, challenge: inferred('no challenge was found', '') },
  token_in_query: {
    status: inferred('it is no token at all', 401),
    error: inferred('it is no token at all', 'invalid_token'),
    body: badTokenBody,
  },
  token_repeated: {
    status: inferred('it is no token at all', 401),
    error: inferred('it is no token at all', 'invalid_token'),
    body: badTokenBody,
  },
  scope_insufficient: { status: inferred('the only refusal of the API that fits', 404), body: notAuthorised },
  query_parameter_missing: inferred(envelope, { status: 400, body: { code: 'invalid_request', message: 'Missing parameter {parameter}' } }),
  account_unknown: { body: notAuthorised },
  rate_limited: { body: inferred(envelope, { code: 'error', message: 'Too many requests' }) },
  revoked_token_unknown: inferred('accounts documentation, which says 400 and shows no body', {
    status: 400,
    error: 'invalid_token',
    description: '',
  }),
  revoked_token_foreign: inferred('accounts documentation, which says 400 and shows no body', {
    status: 400,
    error: 'invalid_token',
    description: '',
  }),
  server_error: quirk(
    'general-error',
    inferred('no place was found that shows it: an error word that the accounts server is said to have'),
    {
      provider: { status: 200, body: { error: 'general_error' } },
      standard: internal,
      optIn: true,
      description: 'A failure of the accounts server is answered 200 with general_error',
    },
  ),
})
