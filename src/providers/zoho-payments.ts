/** Zoho Payments. */

import { defineProvider } from '../provider/define.js'
import { speak } from '../provider/dialect.js'
import { opaque } from '../provider/formats.js'
import { documented, inferred, observed, quirk } from '../provider/quirk.js'

const host = 'accounts.zoho.in'
const centres = [
  'accounts.zoho.com',
  'accounts.zoho.eu',
  'accounts.zoho.com.au',
  'accounts.zoho.jp',
  'accounts.zohocloud.ca',
  'accounts.zoho.sa',
  'accounts.zoho.com.cn',
  'accounts.zoho.uk',
]
const token = opaque('1000.{hex32}.{hex32}')
const scopes = [
  'ZohoPay.payments.CREATE',
  'ZohoPay.payments.READ',
  'ZohoPay.payments.UPDATE',
  'ZohoPay.refunds.CREATE',
  'ZohoPay.refunds.READ',
]

const status200 = quirk({
  name: 'errors-with-status-200',
  is: 200,
  otherwise: 400,
  says: 'The token endpoint answers errors with HTTP 200 and only an error word in the body',
  source: observed('public client reports with captured responses'),
})
const said = (error: string) => ({ status: status200, error, description: '', challenge: '' })

const throttle = {
  error_description: 'You have made too many requests continuously. Please try again after some time.',
  error: 'Access Denied',
  status: 'failure',
}

const badTokenBody = quirk({
  name: 'bad-token-body',
  is: { code: 'error', message: 'Unauthorized (Invalid AuthToken)' },
  otherwise: { error: 'invalid_token' },
  variants: {
    crm: { code: 'INVALID_TOKEN', details: {}, message: 'invalid oauth token', status: 'error' },
    books: { code: 57, message: 'You are not authorized to perform this operation' },
  },
  says: 'A call with a bad token is answered 401 in the API envelope; what it says is only known from the status table and from sister products',
  source: inferred('status table of the API and its error envelope; variants: sister products'),
})

export const zohoPayments = defineProvider({
  id: 'zoho-payments',
  name: 'Zoho Payments',
  docs: 'https://www.zoho.com/in/payments/api/v1/oauth/',
  settings: {
    issuer: 'https://accounts.zoho.in',
    endpoints: {
      authorize: { operation: 'authorize', methods: ['GET'], path: '/oauth/v2/org/auth', host, alsoHosts: centres },
      token: { operation: 'token', methods: ['POST'], path: '/oauth/v2/token', host, alsoHosts: centres },
      revoke: {
        operation: 'revoke',
        methods: ['POST'],
        path: quirk({
          name: 'revokes-at-token-revoke',
          is: '/oauth/v2/token/revoke',
          otherwise: '/oauth/v2/revoke/token',
          says: 'The revocation path is /oauth/v2/token/revoke; the newer portal names /oauth/v2/revoke/token',
          source: documented('OAuth, step 5; off: the newer developer portal'),
        }),
        host,
        alsoHosts: centres,
      },
      payments: {
        operation: 'resource',
        methods: ['GET'],
        path: '/api/v1/payments',
        host: 'payments.zoho.in',
        alsoHosts: ['payments.zoho.com', 'paymentssandbox.zoho.in'],
        scope: 'ZohoPay.payments.READ',
        requires: ['account_id'],
        names: { account_id: '{user.account_id}' },
        answer: { status: 200, body: { code: 0, message: 'success', payments: [] } },
      },
      generateCode: { operation: 'portal', methods: ['GET', 'POST'], path: '/developerconsole', host, portal: 'code' },
    },
    scopes,
    authorize: quirk({
      name: 'has-organisation-flow',
      is: {
        responseTypeRequired: true,
        redirectUriRequired: true,
        scopeSeparators: ',',
        unknownScope: 'refused',
        foreignScope: 'refused',
        withoutScope: 'refused',
        prompts: null,
        offline: null,
        requires: { soid: 'zohopay' },
        status: 302,
        adds: { location: 'in', 'accounts-server': 'https://accounts.zoho.in' },
        addsToErrors: {},
        describesErrors: false,
        codeLifetime: 60,
        approves: { in: 'form' },
        consent: 'always',
        cookie: 'iamsession',
        errors: 'redirected',
      },
      otherwise: null,
      dormant: true,
      says: 'The newer organisation flow: /oauth/v2/org/auth with soid, a code for one minute, location and accounts-server in the redirect',
      source: documented('the newer OAuth page of the API'),
    }),
    code: {
      format: token,
      lifetime: quirk({
        name: 'code-lives-three-minutes',
        is: 180,
        otherwise: 600,
        says: 'A code from Generate Code lives three minutes unless another duration is chosen',
        source: documented('OAuth, step 1'),
      }),
      choices: [180, 300, 420, 600],
    },
    token: {
      reads: {
        query: quirk({
          name: 'parameters-in-the-query',
          is: true,
          otherwise: false,
          says: 'Token requests carry everything in the query of a POST with an empty body',
          source: documented('OAuth, steps 2 and 4'),
        }),
        form: true,
        multipart: quirk({
          name: 'takes-multipart',
          is: true,
          otherwise: false,
          says: "A multipart body is taken as well, as the vendor's own SDK sends it",
          source: observed("the vendor's TypeScript SDK"),
        }),
      },
      reply: {
        access_token: '{access_token}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        api_domain: 'https://www.zohoapis.in',
        token_type: 'Bearer',
        expires_in: '{expires_in}',
      },
      headers: {},
    },
    client: {
      takes: {
        basic: quirk({
          name: 'also-takes-basic',
          is: true,
          otherwise: false,
          dormant: true,
          says: 'Client credentials in a Basic header are taken too',
          source: inferred('RFC 6749 §2.3.1; the documents show parameters only'),
        }),
        body: true,
      },
      both: 'ignored',
      hosts: quirk({
        name: 'wrong-data-centre-is-invalid-client',
        is: 'own',
        otherwise: 'any',
        says: "A client is unknown at every data centre's accounts host but its own",
        source: documented('accounts documentation, data centres'),
      }),
      id: opaque('1000.{upper30}'),
      secret: opaque('{hex42}'),
    },
    access: {
      format: token,
      lifetime: quirk({
        name: 'access-lives-one-hour',
        is: 3600,
        otherwise: 600,
        says: 'An access token lives an hour',
        source: documented('OAuth, step 4'),
      }),
      livePerRefreshToken: quirk({
        name: 'fifteen-access-tokens',
        is: 15,
        otherwise: null,
        says: 'A refresh token keeps 15 access tokens alive; one more ends the oldest',
        source: observed('token validity page of a sister product; other products name 30 or 10'),
      }),
      perWindow: {
        count: quirk({
          name: 'ten-access-tokens-in-ten-minutes',
          is: 10,
          otherwise: null,
          says: 'A refresh token fetches 10 access tokens in 10 minutes, then none until the window has passed',
          source: observed('token validity page of a sister product'),
        }),
      },
    },
    refresh: {
      format: token,
      returned: quirk({
        name: 'no-refresh-token-on-refresh',
        is: 'never',
        otherwise: 'always',
        says: 'The reply to a refresh carries no refresh token: the old one goes on for ever',
        source: documented('OAuth, steps 2 and 4'),
      }),
      heldPerUser: quirk({
        name: 'twenty-refresh-tokens',
        is: 20,
        otherwise: null,
        says: 'A user holds 20 refresh tokens; the 21st deletes the oldest, even one in use',
        source: documented('OAuth, step 2, note'),
      }),
      whenFull: quirk({
        name: 'oldest-refresh-token-goes-silently',
        is: 'oldest-ends',
        otherwise: 'refused',
        says: 'Over the limit the oldest refresh token ends without a word; one page of a sister product names an error instead',
        source: documented('OAuth, step 2, note'),
      }),
    },
    resource: {
      scheme: quirk({
        name: 'zoho-oauthtoken-scheme',
        is: 'Zoho-oauthtoken',
        otherwise: 'Bearer',
        says: 'API calls carry the scheme Zoho-oauthtoken, although token_type says Bearer',
        source: documented('OAuth, step 3'),
      }),
      alsoBearer: quirk({
        name: 'also-takes-bearer',
        is: true,
        otherwise: false,
        dormant: true,
        says: 'API calls with Bearer are taken too',
        source: observed('documentation of sister products'),
      }),
    },
    revoke: {
      authenticates: quirk({
        name: 'revokes-without-credentials',
        is: 'never',
        otherwise: 'always',
        says: 'Whoever has a refresh token may revoke it: no client credentials are asked',
        source: documented('OAuth, step 5'),
      }),
      answer: { status: 200, body: { status: 'success' } },
      unknownIsFine: false,
    },
    dialect: speak({
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
        status: quirk({
          name: 'throttle-answers-400',
          is: 400,
          otherwise: 429,
          variants: { '200': 200 },
          says: 'The throttle answers 400; another page says the status stays 200',
          source: observed('two public repositories; 200: a vendor post'),
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
      server_error: { body: { code: 'error', message: 'An internal error occurred. Please refresh the page and try again.' } },
    }),
  },
})
