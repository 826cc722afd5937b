/** vcita inTandem. */

import { defineProvider } from '../provider/define.js'
import { absent, jwt, opaque } from '../provider/formats.js'
import { documented, observed, quirk, sample } from '../provider/quirk.js'
import { engine, revokeWords, userinfoWords, words } from './words/vcita.js'

const host = 'api.vcita.biz'
const business_id = '{user.business_uid}'

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
            business_id,
            business_name: '{user.business_name}',
            business_uid: '{user.business_uid}',
            directory_uid: '{user.directory_uid}',
            email: '{user.email}',
            role: 'owner',
            sub: '{user.id}',
            type: 'staff',
          },
        },
        wording: userinfoWords,
      },
      clients: {
        operation: 'resource',
        methods: ['GET'],
        path: '/platform/v1/clients',
        host,
        alsoHosts: ['api2.vcita.com'],
        answer: { status: 200, body: { status: 'OK', data: { clients: [] } } },
      },
      // Its engine's own route: no text of the provider names one.
      jwks: { operation: 'jwks', methods: ['GET'], path: '/oauth/discovery/keys', host },
      revoke: { operation: 'revoke', methods: ['POST'], path: '/platform/v1/tokens/revoke', host, wording: revokeWords },
      register: { operation: 'register', methods: ['POST'], path: '/platform/v1/apps', host },
    },
    scopes: ['openid'],
    authorize: {
      responseTypeRequired: quirk('response-type-not-needed', documented('authorization URL of the guide'), {
        is: false,
        otherwise: true,
        says: 'The authorization URL has no response_type',
      }),
      unknownScope: 'dropped',
      foreignScope: 'dropped',
      withoutScope: 'none',
      consent: quirk('trusted-apps-skip-consent', documented('step 2'), {
        is: 'unless-trusted',
        otherwise: 'always',
        says: 'The permission dialog is left out for apps that are configured as Trusted',
      }),
      cookie: '_vcita_session',
      errors: quirk('errors-are-shown', engine, {
        is: 'shown',
        otherwise: 'redirected',
        says: 'A bad authorization request is answered with a page, not with a redirect',
      }),
    },
    // Its engine asks for a verifier only where a challenge was sent.
    pkce: { methods: ['S256', 'plain'], strayVerifier: 'ignored' },
    code: {
      format: opaque('{hex64}'),
      lifetime: quirk('code-lives-30-seconds', documented('step 2, note'), { is: 30, otherwise: 600, says: 'A code lives 30 seconds' }),
      redirectUri: quirk('redirect-uri-for-identification-only', documented('step 3, payload'), {
        is: 'ignored',
        otherwise: 'as-authorized',
        says: 'redirect_uri at the token endpoint is not compared; off: it must match, as another document has it',
      }),
    },
    token: {
      reads: {
        json: quirk('takes-json', documented('step 3'), { is: true, otherwise: false, says: 'Token requests are JSON' }),
      },
      grants: {
        client_credentials: quirk('grants-client-credentials', observed("a verified workflow in the vendor's public repository"), {
          is: true,
          otherwise: false,
          dormant: true,
          says: 'The client credentials grant works too',
        }),
      },
      checksFirst: 'parameters',
      reply: {
        access_token: '{access_token}',
        token_type: quirk('token-type-in-lower-case', sample('response of step 3'), {
          is: 'bearer',
          otherwise: 'Bearer',
          says: 'token_type is bearer in lower case; a newer document shows Bearer',
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        created_at: quirk('tells-created-at', sample('response of step 3'), {
          is: '{now}',
          otherwise: absent,
          says: 'The reply has created_at, in epoch seconds',
        }),
        id_token: quirk('id-token-names-the-business', observed("the vendor's public Node sample, which takes business_id out of it"), {
          is: '{id_token}',
          otherwise: absent,
          says: 'With the scope openid the reply has an id_token, and business_id is in it',
        }),
      },
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', engine, {
          is: true,
          otherwise: false,
          dormant: true,
          says: 'Client credentials in a Basic header are taken too',
        }),
        body: true,
      },
      both: 'ignored',
      id: opaque('{hex64}'),
      secret: opaque('{hex64}'),
    },
    access: {
      format: opaque('{hex64}'),
      lifetime: quirk('tokens-live-twenty-years', sample('response of step 3; variant: API description'), {
        is: 631_152_000,
        otherwise: 7200,
        variants: { gregorian: 631_139_040 },
        says: 'An access token lives 631152000 seconds; a newer document shows 631139040',
      }),
    },
    refresh: {
      given: quirk('no-refresh-token', sample('response of step 3'), {
        is: 'never',
        otherwise: 'always',
        says: 'There is no refresh token and no refresh grant',
      }),
    },
    // Its engine's claims and its two minutes, with the member that the vendor's sample reads.
    idToken: {
      format: jwt(
        '{url22}',
        { typ: 'JWT', alg: 'RS256', kid: '{kid}' },
        { iss: '{issuer}', sub: '{user.id}', aud: '{client}', exp: '{expires}', iat: '{issued}', nonce: '{nonce}', business_id },
      ),
      lifetime: 120,
    },
    resource: {
      perSecond: quirk('eight-requests-a-second', observed('throttling tier in a public API description'), {
        is: 8,
        otherwise: null,
        dormant: true,
        says: 'The gateway takes eight requests a second',
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
    dialect: words,
  },
})
