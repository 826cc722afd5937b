/** Zettle (iZettle, PayPal). */

import { defineProvider } from '../../provider/define.js'
import { absent, jwt, opaque } from '../../provider/formats.js'
import { documented, inferred, observed, quirk, sample } from '../../provider/quirk.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'

const read = ['READ:FINANCE', 'READ:PURCHASE', 'READ:PRODUCT', 'READ:USERINFO', 'READ:PAYMENT']
const write = ['WRITE:PURCHASE', 'WRITE:PRODUCT', 'WRITE:USERINFO', 'WRITE:PAYMENT', 'WRITE:REFUND2']
const user = { userType: 'USER', uuid: '{user.id}', orgUuid: '{user.organizationUuid}', userRole: 'OWNER' }

export const zettle = defineProvider({
  id: 'zettle',
  name: 'Zettle',
  docs: 'https://developer.zettle.com/docs/api/oauth/overview',
  settings: {
    issuer: 'iZettle',
    endpoints,
    scopes: [...read, ...write, 'all'],
    connection: 'per-user',
    account: quirk('connection-is-the-organizations', documented('OAuth API, "DELETE /application-connections/self"'), {
      provider: 'organizationUuid',
      standard: null,
      description: 'A disconnect ends the connection of the whole organization, whichever of its users approved',
    }),
    authorize: {
      redirectUriRequired: quirk('redirect-uri-may-be-left-out', sample('OAuth API, the approve request'), {
        provider: false,
        standard: true,
        description: 'An authorization request without redirect_uri goes to the registered one',
      }),
      approves: quirk('approves-in-the-same-url', documented('OAuth API, "Authorization request"'), {
        provider: { in: 'same-url', parameter: 'action', value: 'authorize' },
        standard: { in: 'form' },
        description: 'Approve calls the authorization URL again with action=authorize and the SSO cookie',
      }),
      cookie: 'iz_sso',
    },
    pkce: {
      withoutMethod: 'S256',
      replacesSecret: quirk('verifier-replaces-secret', documented('authorization code grant with PKCE'), {
        provider: true,
        standard: false,
        description: 'An app with PKCE sends code_verifier in place of the client secret',
      }),
    },
    code: {
      format: opaque('{hex32}'),
      once: quirk('code-works-once', documented('user guide, "Set up the authorisation code grant"; off: public report of 2018'), {
        provider: true,
        standard: false,
        description: 'A code can be redeemed once; off: until it expires, as was seen in 2018',
      }),
    },
    token: {
      grants: { 'urn:ietf:params:oauth:grant-type:jwt-bearer': true },
      reply: {
        access_token: '{access_token}',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        token_type: quirk('no-token-type', sample('OAuth API, token response'), {
          provider: absent,
          standard: 'Bearer',
          description: 'The token reply has no token_type',
        }),
        scope: quirk('no-scope-in-reply', sample('OAuth API, token response'), {
          provider: absent,
          standard: '{scope}',
          description: 'The token reply has no scope',
        }),
      },
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', inferred('RFC 6749 §2.3.1; the documents show the body only'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in a Basic header are taken too',
        }),
        body: true,
      },
      both: 'ignored',
      id: opaque('{uuid}'),
      secret: opaque('IZSEC{uuid}'),
    },
    access: {
      format: jwt(
        '{url22}',
        { kid: '{kid}', typ: 'JWT', alg: 'RS256' },
        {
          iss: 'iZettle',
          aud: 'API',
          exp: '{expires}',
          jti: '{id}',
          iat: '{issued}',
          nbf: '{notBefore}',
          sub: '{user.compactId}',
          scope: quirk('scope-claim-is-an-array', observed('tokens in public repositories'), {
            provider: '{scopes}',
            standard: '{scope}',
            optIn: true,
            description: 'The scope claim is an array, as in tokens of 2023; the sample shows a string',
          }),
          client_id: quirk('client-in-claims', observed('tokens of 2023 in public repositories'), {
            provider: '{client}',
            standard: absent,
            optIn: true,
            description: 'An access token names its client; the printed ones do not',
          }),
          user: quirk('user-in-claims', observed('tokens of 2023 in public repositories'), {
            provider: user,
            standard: absent,
            optIn: true,
            description: 'An access token carries a claim user with both UUIDs, type and role; the printed ones do not',
          }),
        },
      ),
      lifetime: quirk('access-lifetime', documented('OAuth API, "Refresh an access token"'), {
        was: 'access-lives-two-hours',
        provider: 7200,
        standard: 3600,
        variants: { 'as-printed': 1800 },
        description: 'An access token lives 7200 seconds; the printed ones say 1800 of themselves, which was the lifetime until 2017',
      }),
      notBefore: 120,
    },
    refresh: {
      format: opaque('IZSEC{uuid}'),
      optionalPrefix: quirk('refresh-token-without-prefix', sample('OAuth API, refresh request beside its response'), {
        provider: 'IZSEC',
        standard: '',
        description: 'A refresh token is taken with and without its prefix IZSEC',
      }),
      lifetime: 15_552_000,
      rotates: quirk('may-rotate-at-any-time', documented('OAuth API, note on rotation; user guide on the code grant'), {
        provider: 'always',
        standard: 'never',
        variants: { always: 'always', same: 'never', sometimes: 'sometimes' },
        description:
          'A refresh may bring a new refresh token and end the old one; the user guide says it always does, the sample shows the same one',
      }),
      returned: 'always',
      replaces: quirk('new-refresh-token-ends-all-before', documented('OAuth API, note on rotation'), {
        provider: 'every',
        standard: 'presented',
        variants: { every: 'every', presented: 'presented' },
        description:
          'A new refresh token invalidates any that was issued before, of every authorization; the other reading is that it ends the one it was got with',
      }),
    },
    resource: { wholeScope: 'all' },
    assertion: {
      format: jwt(
        '{uuid}',
        { kid: '0', typ: 'JWT', alg: 'RS256' },
        {
          iss: 'iZettle',
          aud: 'API',
          exp: '{expires}',
          sub: '{user.id}',
          iat: '{issued}',
          renewed: false,
          client_id: '{id}',
          type: 'user-assertion',
          user,
          scope: '{scopes}',
        },
      ),
      lifetime: 946_707_776,
      byRegisteredClient: quirk('key-works-for-registered-clients', documented('OAuth API, assertion grant, tracking'), {
        provider: true,
        standard: false,
        description: "A registered app may use a merchant's API key under its own client_id, to be credited",
      }),
      creditHeader: 'X-iZettle-Application-Id',
    },
    signing: { kid: opaque('{digits13}') },
    cors: {
      clients: quirk('also-takes-browser-clients', observed('public report: calls of the token endpoint from a page fail'), {
        provider: ['token', 'userinfo', 'disconnect', 'resource'],
        standard: [],
        optIn: true,
        description: "A client's own pages may read what it is answered; without it no page of another origin may",
      }),
    },
    dialect: errorMessages,
  },
})
