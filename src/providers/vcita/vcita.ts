/** vcita inTandem. */

import { defineProvider } from '../../provider/define.js'
import { absent, jwt, opaque } from '../../provider/formats.js'
import { documented, inferred, observed, quirk, sample } from '../../provider/quirk.js'
import { endpoints } from './endpoints.js'
import { engineErrors, errorMessages } from './errorMessages.js'

const business_id = '{user.business_uid}'

export const vcita = defineProvider({
  id: 'vcita',
  name: 'vcita inTandem',
  docs: 'https://developers.intandem.tech/docs/oauth-20-authorization-flow',
  settings: {
    issuer: 'https://app.vcita.com',
    endpoints,
    scopes: ['openid'],
    authorize: {
      responseTypeRequired: quirk('response-type-not-needed', sample('authorization URL of step 2'), {
        provider: false,
        standard: true,
        description: 'The authorization URL has no response_type',
      }),
      unknownScope: 'dropped',
      foreignScope: 'dropped',
      withoutScope: 'none',
      consent: quirk('trusted-apps-skip-consent', documented('step 2'), {
        provider: 'unless-trusted',
        standard: 'always',
        description: 'The permission dialog is left out for apps that are configured as Trusted',
      }),
      cookie: '_vcita_session',
      errors: quirk('errors-are-shown', engineErrors, {
        provider: 'shown',
        standard: 'redirected',
        description: 'A bad authorization request is answered with a page, not with a redirect',
      }),
    },
    // Its engine asks for a verifier only where a challenge was sent.
    pkce: { methods: ['S256', 'plain'], strayVerifier: 'ignored' },
    code: {
      format: opaque('{hex64}'),
      lifetime: quirk('code-lifetime', documented('step 2, note'), {
        was: 'code-lives-30-seconds',
        provider: 30,
        standard: 600,
        description: 'A code lives 30 seconds',
      }),
      redirectUri: quirk(
        'redirect-uri-for-identification-only',
        inferred('step 3, payload: "For ID purposes only", read as not compared'),
        {
          provider: 'ignored',
          standard: 'as-authorized',
          optIn: true,
          description: 'redirect_uri at the token endpoint is neither needed nor compared; off: it must be the same as in step 2',
        },
      ),
      redirectUriRequired: true,
    },
    token: {
      reads: {
        form: quirk('also-takes-form', observed("the vendor's public Ruby sample"), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Token requests are taken as forms too',
        }),
        json: quirk('takes-json', sample('step 3, curl request'), {
          provider: true,
          standard: false,
          description: 'Token requests are JSON',
        }),
      },
      grants: {
        client_credentials: quirk('grants-client-credentials', observed("a verified workflow in the vendor's public repository"), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'The client credentials grant works too',
        }),
      },
      checksFirst: 'parameters',
      reply: {
        access_token: '{access_token}',
        token_type: quirk('token-type-in-lower-case', sample('response of step 3'), {
          provider: 'bearer',
          standard: 'Bearer',
          description: 'token_type is bearer in lower case; a newer document shows Bearer',
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        created_at: quirk('tells-created-at', sample('response of step 3'), {
          provider: '{now}',
          standard: absent,
          description: 'The reply has created_at, in epoch seconds',
        }),
        id_token: quirk('id-token-names-the-business', observed("the vendor's public Node sample, which takes business_id out of it"), {
          provider: '{id_token}',
          standard: absent,
          description: 'With the scope openid the reply has an id_token, and business_id is in it',
        }),
      },
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', engineErrors, {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in a Basic header are taken too',
        }),
        body: true,
      },
      both: 'ignored',
      id: opaque('{hex64}'),
      secret: opaque('{hex64}'),
    },
    access: {
      format: opaque('{hex64}'),
      lifetime: quirk('access-lifetime', sample('response of step 3; variant: API description'), {
        was: 'tokens-live-twenty-years',
        provider: 631_152_000,
        standard: 7200,
        variants: { gregorian: 631_139_040 },
        description: 'An access token lives 631152000 seconds; a newer document shows 631139040',
      }),
    },
    refresh: {
      given: quirk('no-refresh-token', sample('response of step 3'), {
        provider: 'never',
        standard: 'always',
        description: 'There is no refresh token and no refresh grant',
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
      perSecond: quirk('request-rate', observed('throttling tier in a public API description'), {
        was: 'eight-requests-a-second',
        provider: 8,
        standard: null,
        optIn: true,
        description: 'The gateway takes eight requests a second',
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
    cors: {
      clients: quirk('also-takes-browser-clients', inferred('the Fetch standard; the text is silent'), {
        provider: ['token', 'userinfo', 'revoke', 'resource'],
        standard: [],
        optIn: true,
        description: "A client's own pages may read what it is answered; without it no page of another origin may",
      }),
    },
    dialect: errorMessages,
  },
})
