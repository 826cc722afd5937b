/** The endpoints of Ziina. */

import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed } from '../../provider/source.js'
import { stock, userinfoErrors } from './errorMessages.js'

const host = 'auth.ziina.com'

/** What the live host published about itself in July 2026. */
const published = {
  authorization_endpoint: '{base}/oidc/auth',
  claims_parameter_supported: false,
  claims_supported: [
    'sub',
    'family_name',
    'given_name',
    'name',
    'preferred_username',
    'phone_number',
    'phone_number_verified',
    'write_payment_intents',
    'write_pos_sessions',
    'write_refunds',
    'write_api_keys',
    'write_webhooks',
    'write_transfers',
    'sid',
    'auth_time',
    'iss',
  ],
  code_challenge_methods_supported: ['S256'],
  end_session_endpoint: '{base}/oidc/session/end',
  grant_types_supported: ['implicit', 'authorization_code', 'refresh_token', 'client_credentials'],
  issuer: '{issuer}',
  jwks_uri: '{base}/oidc/jwks',
  authorization_response_iss_parameter_supported: true,
  response_modes_supported: ['form_post', 'fragment', 'query'],
  response_types_supported: ['code id_token', 'code', 'id_token', 'none'],
  scopes_supported: [
    'openid',
    'offline_access',
    'profile',
    'email',
    'phone',
    'address',
    'write_pos_sessions',
    'write_payment_intents',
    'write_refunds',
    'read_account',
    'write_api_keys',
    'write_transfers',
    'write_webhooks',
    'payment_intents',
    'pos_sessions',
    'refunds',
    'api_keys',
    'webhooks',
    'transfers',
  ],
  subject_types_supported: ['public'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_jwt', 'client_secret_post', 'private_key_jwt', 'none'],
  token_endpoint_auth_signing_alg_values_supported: ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'],
  token_endpoint: '{base}/oidc/token',
  id_token_signing_alg_values_supported: ['PS256', 'RS256'],
  request_object_signing_alg_values_supported: ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'],
  request_parameter_supported: false,
  request_uri_parameter_supported: true,
  require_request_uri_registration: true,
  userinfo_endpoint: '{base}/oidc/me',
  claim_types_supported: ['normal'],
}

/** What is served here, and no more (OpenID Connect Discovery 1.0 §3). */
const served = {
  authorization_endpoint: '{base}/oidc/auth',
  claims_parameter_supported: false,
  claims_supported: ['sub', 'iss'],
  code_challenge_methods_supported: ['S256'],
  end_session_endpoint: '{base}/oidc/session/end',
  grant_types_supported: ['authorization_code', 'refresh_token'],
  issuer: '{issuer}',
  jwks_uri: '{base}/oidc/jwks',
  authorization_response_iss_parameter_supported: true,
  response_modes_supported: ['query'],
  response_types_supported: ['code'],
  scopes_supported: published.scopes_supported,
  subject_types_supported: ['public'],
  token_endpoint_auth_methods_supported: ['client_secret_basic'],
  token_endpoint: '{base}/oidc/token',
  id_token_signing_alg_values_supported: ['RS256'],
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  userinfo_endpoint: '{base}/oidc/me',
  claim_types_supported: ['normal'],
}

const apiHost = 'api-v2.ziina.com'
const probes = 'probes of the live host, July 2026'
const metadata = 'the metadata that the live host published in July 2026'

/** A call that a write scope opens. */
const write = (path: string, scope: string) =>
  documented('OAuth 2.0, Available scopes; path: API reference', scope, {
    operation: 'resource',
    methods: ['POST'],
    path: `/api/${path}`,
    host: apiHost,
    scope,
    answer: inferred('the call succeeds; what it answers is no matter of OAuth', { status: 200, body: {} }),
  } as const)

export const endpoints = {
  authorize: documented('OAuth 2.0, the printed URL', 'https://auth.ziina.com/oidc/auth?client_id=test', {
    operation: 'authorize',
    methods: inferred(stock, ['GET', 'POST']),
    path: '/oidc/auth',
    host,
  }),
  token: documented('OAuth 2.0, Exchange code for access_token', 'https://auth.ziina.com/oidc/token', {
    operation: 'token',
    methods: ['POST'],
    path: '/oidc/token',
    host,
  }),
  userinfo: observed(metadata, 'https://auth.ziina.com/oidc/me', {
    operation: 'userinfo',
    methods: ['GET', 'POST'],
    path: '/oidc/me',
    host,
    scope: inferred(stock, 'openid'),
    answer: inferred(stock, { status: 200, body: { sub: '{user.id}' } }),
    wording: userinfoErrors,
  }),
  jwks: observed(metadata, 'https://auth.ziina.com/oidc/jwks', { operation: 'jwks', methods: ['GET'], path: '/oidc/jwks', host }),
  endSession: observed(metadata, 'https://auth.ziina.com/oidc/session/end', {
    operation: 'end-session',
    methods: ['GET', 'POST'],
    path: '/oidc/session/end',
    host,
  }),
  metadata: observed(probes, 'https://auth.ziina.com/oidc/.well-known/openid-configuration', {
    operation: 'metadata',
    methods: ['GET'],
    path: quirk('metadata-not-at-the-issuer', observed(probes, '/.well-known/oauth-authorization-server'), {
      provider: '/oidc/.well-known/openid-configuration',
      standard: '/.well-known/openid-configuration',
      description: 'The issuer is the bare host, but its metadata lies under /oidc: at the place that the issuer implies there is nothing',
    }),
    host,
    answer: {
      status: 200,
      body: quirk('metadata-as-published', observed(metadata, 'require_request_uri_registration'), {
        provider: published,
        standard: served,
        optIn: true,
        description:
          'The metadata is as the live host publishes it: it names grants, response types and client authentication that are not served here',
      }),
    },
  }),
  account: documented('API reference; scope: the printed URL of OAuth 2.0', 'scope=read_account+write_payment_intents', {
    operation: 'resource',
    methods: ['GET'],
    path: '/api/account',
    host: apiHost,
    scope: 'read_account',
    answer: documented('API reference, account', 'profile_picture_url', {
      status: 200,
      body: {
        account_id: '{user.id}',
        account_type: '{user.account_type}',
        status: '{user.status}',
        ziiname: '{user.ziiname}',
        display_name: '{user.name}',
        profile_picture_url: null,
      },
    }),
  }),
  paymentIntents: write('payment_intent', 'write_payment_intents'),
  refunds: write('refund', 'write_refunds'),
  webhooks: write('webhook', 'write_webhooks'),
  transfers: write('transfer', 'write_transfers'),
  businessConnect: documented('OAuth 2.0, Available scopes', 'Tokens obtained at Ziina website on business connect page', {
    operation: 'portal',
    methods: ['GET', 'POST'],
    path: '/business/connect',
    host: 'ziina.com',
    portal: 'token',
  }),
} as const
