/** Ziina. */

import { defineProvider } from '../../provider/define.js'
import { jwt, opaque } from '../../provider/formats.js'
import { documented, inferred, observed, quirk } from '../../provider/quirk.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'

const engine = inferred('the OpenID Connect engine it appears to run; its own text is silent')
const documentedScopes = ['write_payment_intents', 'write_refunds', 'write_webhooks', 'write_transfers', 'offline_access']
const identity = ['openid', 'profile', 'email', 'phone', 'address']
const published = ['read_account', 'write_pos_sessions', 'write_api_keys']
const unprefixed = ['payment_intents', 'pos_sessions', 'refunds', 'api_keys', 'webhooks', 'transfers']

export const ziina = defineProvider({
  id: 'ziina',
  name: 'Ziina',
  docs: 'https://docs.ziina.com/developers/oauth-2.0',
  settings: {
    issuer: 'https://auth.ziina.com',
    endpoints,
    scopes: [...documentedScopes, ...identity, ...published, ...unprefixed],
    authorize: {
      unknownScope: quirk('unknown-scopes-are-dropped', engine, {
        provider: 'dropped',
        standard: 'refused',
        description: 'A scope nobody knows is left out without a word',
      }),
      prompts: ['none', 'login', 'consent'],
      emptyState: quirk('empty-state-comes-back', documented('OAuth 2.0, "User is redirected to your redirect_uri"'), {
        provider: 'returned',
        standard: 'dropped',
        description: 'state comes back if it was passed, also when it was passed without a value',
      }),
      offline: {
        scope: 'offline_access',
        prompt: 'consent',
        otherwise: quirk(
          'offline-access-needs-consent',
          inferred('the text asks for prompt=consent; that it is dropped silently is the engine it appears to run'),
          {
            provider: 'dropped',
            standard: 'refused',
            description:
              'offline_access without prompt=consent is left out silently: the flow succeeds and no refresh token comes; off: the request is refused',
          },
        ),
      },
      status: quirk('redirect-status', engine, {
        was: 'redirects-with-303',
        provider: 303,
        standard: 302,
        description: 'The authorization response is a 303 See Other',
      }),
      adds: quirk('iss-in-the-redirect', documented('OAuth 2.0, "User is redirected"'), {
        provider: { iss: '{issuer}' },
        standard: {},
        description: 'The redirect names its issuer (RFC 9207)',
      }),
      addsToErrors: { iss: '{issuer}' },
      cookie: '_session',
    },
    pkce: { withoutMethod: 'refused' },
    code: {
      replayEnds: quirk('replayed-code-ends-the-grant', engine, {
        provider: 'grant',
        standard: 'nothing',
        description: 'A code that is sent twice ends everything that came from it',
      }),
      redirectUriRequired: true,
    },
    token: {
      reply: {
        access_token: '{access_token}',
        expires_in: '{expires_in}',
        id_token: '{id_token}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        token_type: 'Bearer',
      },
    },
    client: {
      takes: {
        body: quirk('also-takes-body-credentials', observed('client_secret_post in the published metadata'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in the body are taken too',
        }),
      },
      basicUser: quirk('username-is-not-the-client-id', documented('OAuth 2.0, "Exchange code for access_token"'), {
        provider: 'username',
        standard: 'client-id',
        description: 'Basic carries an issued user name and password, which are not the client_id',
      }),
      alsoClientId: quirk('also-takes-client-id-as-username', engine, {
        provider: true,
        standard: false,
        optIn: true,
        description: 'The client_id is taken as the Basic user name too',
      }),
      idBesideBasic: quirk('client-id-beside-basic', engine, {
        provider: 'must-equal',
        standard: 'ignored',
        variants: { 'must-equal': 'must-equal', 'must-be-absent': 'must-be-absent', ignored: 'ignored' },
        description: "A client_id in the body beside Basic must be the client's own; the other reading is that it must not be there",
      }),
      id: opaque('{uuid}'),
      secret: opaque('{url43}'),
      username: opaque('{alnum20}'),
      password: opaque('{url43}'),
    },
    access: {
      format: quirk('access-tokens-are-jwts', observed('a public API description; the shape is the engine it appears to run'), {
        provider: jwt(
          '{url43}',
          { alg: 'RS256', typ: 'at+jwt', kid: '{kid}' },
          {
            jti: '{id}',
            sub: '{user.id}',
            iat: '{issued}',
            exp: '{expires}',
            scope: '{scope}',
            client_id: '{client}',
            iss: '{issuer}',
            aud: '{issuer}',
          },
        ),
        standard: opaque('{url43}'),
        description: 'An access token is a JWT (RFC 9068)',
      }),
      lifetime: quirk('access-lifetime', engine, {
        was: 'access-lives-one-hour',
        provider: 3600,
        standard: 600,
        description: 'An access token lives an hour',
      }),
    },
    refresh: {
      given: quirk('refresh-token-only-offline', documented('OAuth 2.0, "Available scopes"'), {
        provider: 'with-offline-scope',
        standard: 'always',
        description: 'A refresh token comes only with offline_access',
      }),
      lifetime: 1_209_600,
      rotates: quirk('rotates-late', engine, {
        provider: 'late',
        standard: 'never',
        variants: { late: 'late', always: 'always', never: 'never' },
        description: 'The refresh token changes only once 70 % of its life has passed',
      }),
      lateShare: 0.7,
      returned: 'always',
      replayEnds: quirk('replayed-refresh-token-ends-the-grant', engine, {
        provider: 'grant',
        standard: 'nothing',
        description: 'The return of a rotated-out refresh token ends everything of its grant',
      }),
    },
    idToken: {
      format: jwt(
        '{url22}',
        { alg: 'RS256', typ: 'JWT', kid: '{kid}' },
        { sub: '{user.id}', nonce: '{nonce}', aud: '{client}', exp: '{expires}', iat: '{issued}', iss: '{issuer}' },
      ),
    },
    resource: { inQuery: 'refused', inBody: 'taken' },
    cors: {
      open: quirk('metadata-is-open-to-browsers', engine, {
        provider: ['metadata', 'jwks'],
        standard: [],
        description: 'Pages of any origin may read the metadata and the keys',
      }),
      clients: quirk('also-takes-browser-clients', engine, {
        provider: ['token', 'userinfo', 'resource'],
        standard: [],
        optIn: true,
        description: "A client's own pages may read what tokens, user information and API answer; its engine allows none unless told",
      }),
    },
    dialect: errorMessages,
  },
})
