/** vcita inTandem. */

import { defineProvider } from '../../provider/define.js'
import { absent, jwt, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed, sample } from '../../provider/source.js'
import { endpoints } from './endpoints.js'
import { engineErrors, errorMessages, stock } from './errorMessages.js'
import { register, revoke } from './platform.js'

const business_id = '{user.business_uid}'
const lax = "the vendor's own review of its code"

export const vcita = defineProvider({
  id: 'vcita',
  name: 'vcita inTandem',
  docs: 'https://developers.intandem.tech/docs/oauth-20-authorization-flow',
  settings: {
    issuer: inferred('the host of its authorization endpoint; no text names an issuer', 'https://app.vcita.com'),
    endpoints,
    scopes: documented('API description of the vendor, apps', '["openid"]', ['openid']),
    authorize: {
      responseTypeRequired: quirk(
        'response-type-not-needed',
        sample('step 2, Authorization URL', '?client_id=$CLIENT_ID&redirect_uri=$REDIRECT_URI&state=$STATE'),
        {
          provider: false,
          standard: true,
          description: 'The authorization URL has no response_type',
        },
      ),
      unknownScope: observed(lax, 'not strictly enforced', 'dropped'),
      foreignScope: observed(lax, 'not strictly enforced', 'dropped'),
      withoutScope: inferred('the authorization URL has no scope, and the reply shows none', 'none'),
      consent: quirk('trusted-apps-skip-consent', documented('step 2', 'whether your app is configured as Trusted or not'), {
        provider: 'unless-trusted',
        standard: 'always',
        description: 'The permission dialog is left out for apps that are configured as Trusted',
      }),
      cookie: inferred('the name that its framework gives', '_vcita_session'),
      errors: quirk('errors-are-shown', engineErrors, {
        provider: 'shown',
        standard: 'redirected',
        description: 'A bad authorization request is answered with a page, not with a redirect',
      }),
    },
    pkce: {
      methods: inferred(stock, ['S256', 'plain']),
      strayVerifier: inferred('its engine asks for a verifier only where a challenge was sent', 'ignored'),
    },
    code: {
      format: inferred(stock, opaque('{hex64}')),
      lifetime: quirk('code-lifetime', documented('step 2, note', 'the code will remain valid for only 30 seconds!'), {
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
      redirectUriRequired: documented('step 3, payload', 'redirect_uri - the same redirect URL as in step 2.', true),
    },
    token: {
      reads: {
        form: quirk('also-takes-form', observed("the vendor's public Ruby sample, which posts a form", 'HTTParty'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Token requests are taken as forms too',
        }),
        json: quirk('takes-json', sample('step 3, curl request', '-H "Content-Type: application/json"'), {
          provider: true,
          standard: false,
          description: 'Token requests are JSON',
        }),
      },
      grants: {
        client_credentials: quirk(
          'grants-client-credentials',
          observed("a verified workflow in the vendor's public repository", 'client_credentials'),
          {
            provider: true,
            standard: false,
            optIn: true,
            description: 'The client credentials grant works too',
          },
        ),
      },
      checksFirst: inferred(stock, 'parameters'),
      reply: sample('step 3, response', '"expires_in": 631152000, "created_at": 1565876581', {
        access_token: '{access_token}',
        token_type: quirk('token-type-in-lower-case', sample('step 3, response', '"token_type": "bearer"'), {
          provider: 'bearer',
          standard: 'Bearer',
          description: 'token_type is bearer in lower case; a newer document shows Bearer',
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        created_at: quirk('tells-created-at', sample('step 3, response', '"created_at": 1565876581'), {
          provider: '{now}',
          standard: absent,
          description: 'The reply has created_at, in epoch seconds',
        }),
        id_token: quirk(
          'id-token-names-the-business',
          observed("the vendor's public Node sample, which takes business_id out of it", 'business_id'),
          {
            provider: '{id_token}',
            standard: absent,
            description: 'With the scope openid the reply has an id_token, and business_id is in it',
          },
        ),
      }),
      headers: inferred(stock, { 'cache-control': 'no-store', pragma: 'no-cache' }),
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', engineErrors, {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in a Basic header are taken too',
        }),
        body: sample('step 3, curl request', '"client_secret": "{your_client_secret}"', true),
      },
      both: inferred('Basic is not read, so nothing stands beside it', 'ignored'),
      id: observed('identifiers in public code', '64 lower-case hex', opaque('{hex64}')),
      secret: observed('secrets in public code', '64 lower-case hex', opaque('{hex64}')),
    },
    access: {
      format: sample('step 3, response', '74639aa91e5726dc4d90ca82621aeebe028923bde08e1715cf8809178c7f144b', opaque('{hex64}')),
      lifetime: quirk('access-lifetime', sample('step 3, response; variant: API description', '"expires_in": 631152000'), {
        was: 'tokens-live-twenty-years',
        provider: 631_152_000,
        standard: 7200,
        variants: { gregorian: 631_139_040 },
        description: 'An access token lives 631152000 seconds; a newer document shows 631139040',
      }),
    },
    refresh: {
      given: quirk('no-refresh-token', sample('step 3, response', '"expires_in": 631152000, "created_at": 1565876581'), {
        provider: 'never',
        standard: 'always',
        description: 'There is no refresh token and no refresh grant',
      }),
    },
    idToken: {
      format: inferred(
        "its engine's claims, with the member that the vendor's sample reads",
        jwt(
          '{url22}',
          { typ: 'JWT', alg: 'RS256', kid: '{kid}' },
          { iss: '{issuer}', sub: '{user.id}', aud: '{client}', exp: '{expires}', iat: '{issued}', nonce: '{nonce}', business_id },
        ),
      ),
      lifetime: inferred(stock, 120),
    },
    resource: {
      perSecond: quirk('request-rate', observed('throttling tier in a public API description', 'x-throttling-tier: 8ReqPerSec'), {
        was: 'eight-requests-a-second',
        provider: 8,
        standard: null,
        optIn: true,
        description: 'The gateway takes eight requests a second',
      }),
    },
    revoke,
    register,
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
