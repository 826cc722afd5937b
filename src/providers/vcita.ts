/** vcita inTandem. */

import { defineProvider } from '../provider/define.js'
import { speak } from '../provider/dialect.js'
import { absent, opaque } from '../provider/formats.js'
import { documented, inferred, observed, quirk, sample } from '../provider/quirk.js'

const engine = inferred('stock behaviour of the engine that its public repository names')
const host = 'api.vcita.biz'
const challenge = quirk({
  name: 'bearer-challenge-on-every-error',
  is: 'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"',
  otherwise: '',
  says: 'Errors of the token endpoint carry a Bearer challenge with realm Doorkeeper, even for a bad client',
  source: engine,
})
const bearerChallenge = 'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"'

const unauthorized = quirk({
  name: 'unauthorized-body',
  is: { success: false, errors: [{ code: 'unauthorized', message: '401 Unauthorized' }] },
  otherwise: null,
  variants: {
    context: { success: false, errors: [{ code: 'unauthorized', message: 'Unauthorized' }] },
    jwt: { message: '401 Unauthorized', status: 'Failure' },
    directory: { error: 'Unauthorized' },
    'non-api': { status: 'failure', message: '401 Unauthorized' },
    handler: { message: 'Unauthorized', status: 'Failure' },
    platform: { status: 'Error', message: 'Unauthorized' },
  },
  says: 'A refused API call is answered 401 with one of seven bodies, by the layer that refused it; a stock engine answers with none',
  source: observed("the vendor's public developer repository"),
})

export const vcita = defineProvider({
  id: 'vcita',
  name: 'vcita inTandem',
  docs: 'https://developers.intandem.tech/docs/oauth-20-authorization-flow',
  settings: {
    issuer: 'https://app.vcita.com',
    endpoints: {
      authorize: { operation: 'authorize', methods: ['GET', 'POST'], path: '/app/oauth/authorize', host: 'app.vcita.com' },
      token: { operation: 'token', methods: ['POST'], path: '/oauth/token', host, alsoHosts: ['api2.vcita.com'] },
      userinfo: {
        operation: 'userinfo',
        methods: ['GET'],
        path: '/oauth/userinfo',
        host,
        alsoHosts: ['api2.vcita.com'],
        answer: {
          status: 200,
          body: {
            brand_host: '{user.brand_host}',
            business_id: '{user.business_uid}',
            business_name: '{user.business_name}',
            business_uid: '{user.business_uid}',
            directory_uid: '{user.directory_uid}',
            email: '{user.email}',
            role: 'owner',
            sub: '{user.id}',
            type: 'staff',
          },
        },
        wording: {
          token_missing: { status: 401, error: 'invalid_token', description: 'The access token is invalid', challenge: bearerChallenge },
          token_scheme_wrong: {
            status: 401,
            error: 'invalid_token',
            description: 'The access token is invalid',
            challenge: bearerChallenge,
          },
          token_unknown: { status: 401, error: 'invalid_token', description: 'The access token is invalid', challenge: bearerChallenge },
          token_expired: { status: 401, error: 'invalid_token', description: 'The access token expired', challenge: bearerChallenge },
          token_revoked: { status: 401, error: 'invalid_token', description: 'The access token was revoked', challenge: bearerChallenge },
        },
      },
      clients: {
        operation: 'resource',
        methods: ['GET'],
        path: '/platform/v1/clients',
        host,
        alsoHosts: ['api2.vcita.com'],
        answer: { status: 200, body: { status: 'OK', data: { clients: [] } } },
      },
      revoke: {
        operation: 'revoke',
        methods: ['POST'],
        path: '/platform/v1/tokens/revoke',
        host,
        wording: {
          token_missing: { status: 401, error: 'unauthorized', body: { status: 'Error', message: 'Unauthorized' } },
          token_unknown: { status: 401, error: 'unauthorized', body: { status: 'Error', message: 'Unauthorized' } },
          token_revoked: { status: 401, error: 'unauthorized', body: { status: 'Error', message: 'Unauthorized' } },
        },
      },
      register: { operation: 'register', methods: ['POST'], path: '/platform/v1/apps', host },
    },
    scopes: ['openid'],
    authorize: {
      responseTypeRequired: quirk({
        name: 'response-type-not-needed',
        is: false,
        otherwise: true,
        says: 'The authorization URL has no response_type',
        source: documented('authorization URL of the guide'),
      }),
      unknownScope: 'dropped',
      foreignScope: 'dropped',
      withoutScope: 'none',
      consent: quirk({
        name: 'trusted-apps-skip-consent',
        is: 'unless-trusted',
        otherwise: 'always',
        says: 'The permission dialog is left out for apps that are configured as Trusted',
        source: documented('step 2'),
      }),
      cookie: '_vcita_session',
      errors: quirk({
        name: 'errors-are-shown',
        is: 'shown',
        otherwise: 'redirected',
        says: 'A bad authorization request is answered with a page, not with a redirect',
        source: engine,
      }),
    },
    // Its engine asks for a verifier only where a challenge was sent.
    pkce: { methods: ['S256', 'plain'], strayVerifier: 'ignored' },
    code: {
      format: opaque('{hex64}'),
      lifetime: quirk({
        name: 'code-lives-30-seconds',
        is: 30,
        otherwise: 600,
        says: 'A code lives 30 seconds',
        source: documented('step 2, note'),
      }),
      redirectUri: quirk({
        name: 'redirect-uri-for-identification-only',
        is: 'ignored',
        otherwise: 'as-authorized',
        says: 'redirect_uri at the token endpoint is not compared; off: it must match, as another document has it',
        source: documented('step 3, payload'),
      }),
    },
    token: {
      reads: {
        json: quirk({ name: 'takes-json', is: true, otherwise: false, says: 'Token requests are JSON', source: documented('step 3') }),
      },
      grants: {
        client_credentials: quirk({
          name: 'grants-client-credentials',
          is: true,
          otherwise: false,
          dormant: true,
          says: 'The client credentials grant works too',
          source: observed("a verified workflow in the vendor's public repository"),
        }),
      },
      checksFirst: 'parameters',
      reply: {
        access_token: '{access_token}',
        token_type: quirk({
          name: 'token-type-in-lower-case',
          is: 'bearer',
          otherwise: 'Bearer',
          says: 'token_type is bearer in lower case; a newer document shows Bearer',
          source: sample('response of step 3'),
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        created_at: quirk({
          name: 'tells-created-at',
          is: '{now}',
          otherwise: absent,
          says: 'The reply has created_at, in epoch seconds',
          source: sample('response of step 3'),
        }),
      },
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    },
    client: {
      takes: {
        basic: quirk({
          name: 'also-takes-basic',
          is: true,
          otherwise: false,
          dormant: true,
          says: 'Client credentials in a Basic header are taken too',
          source: engine,
        }),
        body: true,
      },
      both: 'ignored',
      id: opaque('{hex64}'),
      secret: opaque('{hex64}'),
    },
    access: {
      format: opaque('{hex64}'),
      lifetime: quirk({
        name: 'tokens-live-twenty-years',
        is: 631_152_000,
        otherwise: 7200,
        variants: { gregorian: 631_139_040 },
        says: 'An access token lives 631152000 seconds; a newer document shows 631139040',
        source: sample('response of step 3; variant: API description'),
      }),
    },
    refresh: {
      given: quirk({
        name: 'no-refresh-token',
        is: 'never',
        otherwise: 'always',
        says: 'There is no refresh token and no refresh grant',
        source: sample('response of step 3'),
      }),
    },
    resource: {
      perSecond: quirk({
        name: 'eight-requests-a-second',
        is: 8,
        otherwise: null,
        dormant: true,
        says: 'The gateway takes eight requests a second',
        source: observed('throttling tier in a public API description'),
      }),
    },
    revoke: {
      authenticates: 'with-token',
      answer: { status: 201, body: { status: 'OK', data: { revoked_tokens: '{revoked}' } } },
      unknownIsFine: false,
    },
    register: {
      answer: {
        status: 201,
        body: {
          status: 'OK',
          data: {
            client_id: '{client_id}',
            client_secret: '{client_secret}',
            name: '{name}',
            oauth_redirect_uris: '{redirectUris}',
            scopes: '{scopes}',
            trusted: '{trusted}',
          },
        },
      },
      redirectUris: 'oauth_redirect_uris',
      clientName: 'name',
      scope: 'scopes',
      schemes: 'https-or-loopback',
    },
    dialect: speak({
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
    }),
  },
})
