/** Ziina. */

import { defineProvider } from '../../provider/define.js'
import { opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed } from '../../provider/source.js'
import { endpoints } from './endpoints.js'
import { errorMessages, stock } from './errorMessages.js'
import { access, idToken, refresh } from './tokens.js'

const engine = inferred(stock)
const redirected = 'OAuth 2.0, User is redirected to your redirect_uri'
const documentedScopes = ['write_payment_intents', 'write_refunds', 'write_webhooks', 'write_transfers', 'offline_access']
const identity = ['openid', 'profile', 'email', 'phone', 'address']
const published = ['read_account', 'write_pos_sessions', 'write_api_keys']
const unprefixed = ['payment_intents', 'pos_sessions', 'refunds', 'api_keys', 'webhooks', 'transfers']

export const ziina = defineProvider({
  id: 'ziina',
  name: 'Ziina',
  docs: 'https://docs.ziina.com/developers/oauth-2.0',
  settings: {
    issuer: documented(redirected, 'iss=https://auth.ziina.com', 'https://auth.ziina.com'),
    endpoints,
    scopes: observed('OAuth 2.0, Available scopes; the metadata that the live host published in July 2026', 'write_transfers', [
      ...documentedScopes,
      ...identity,
      ...published,
      ...unprefixed,
    ]),
    authorize: {
      unknownScope: quirk('unknown-scopes-are-dropped', engine, {
        provider: 'dropped',
        standard: 'refused',
        description: 'A scope nobody knows is left out without a word',
      }),
      prompts: inferred(stock, ['none', 'login', 'consent']),
      emptyState: quirk('empty-state-comes-back', documented(redirected, 'if this field was passed initially'), {
        provider: 'returned',
        standard: 'dropped',
        description: 'state comes back if it was passed, also when it was passed without a value',
      }),
      offline: {
        scope: documented('OAuth 2.0, Available scopes', 'offline_access. Add this scope if you want to get', 'offline_access'),
        prompt: documented('OAuth 2.0, Navigate user to authentication service', 'then this value must be set to consent', 'consent'),
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
      adds: quirk('iss-in-the-redirect', documented(redirected, 'iss=https://auth.ziina.com'), {
        provider: { iss: '{issuer}' },
        standard: {},
        description: 'The redirect names its issuer (RFC 9207)',
      }),
      addsToErrors: inferred(stock, { iss: '{issuer}' }),
      cookie: inferred(stock, '_session'),
    },
    pkce: { withoutMethod: inferred('the published metadata names S256 only', 'refused') },
    code: {
      replayEnds: quirk('replayed-code-ends-the-grant', engine, {
        provider: 'grant',
        standard: 'nothing',
        description: 'A code that is sent twice ends everything that came from it',
      }),
      redirectUriRequired: inferred(stock, true),
    },
    token: {
      reply: inferred(stock, {
        access_token: '{access_token}',
        expires_in: '{expires_in}',
        id_token: '{id_token}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        token_type: 'Bearer',
      }),
    },
    client: {
      takes: {
        body: quirk(
          'also-takes-body-credentials',
          observed('the metadata that the live host published in July 2026', 'client_secret_post'),
          {
            provider: true,
            standard: false,
            optIn: true,
            description: 'Client credentials in the body are taken too',
          },
        ),
      },
      basicUser: quirk(
        'username-is-not-the-client-id',
        documented('OAuth 2.0, Exchange code for access_token', 'Use username and password provided by support'),
        {
          provider: 'username',
          standard: 'client-id',
          description: 'Basic carries an issued user name and password, which are not the client_id',
        },
      ),
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
      username: inferred('what the issued user name looks like is not published', opaque('{alnum20}')),
      password: inferred('what the issued password looks like is not published', opaque('{url43}')),
    },
    access,
    refresh,
    idToken,
    resource: { inQuery: inferred(stock, 'refused'), inBody: inferred(stock, 'taken') },
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
