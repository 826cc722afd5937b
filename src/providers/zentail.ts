/** Zentail. */

import { defineProvider } from '../provider/define.js'
import { speak } from '../provider/dialect.js'
import { absent, opaque } from '../provider/formats.js'
import { documented, inferred, quirk, sample } from '../provider/quirk.js'

const host = 'api.zentail.com'

export const zentail = defineProvider({
  id: 'zentail',
  name: 'Zentail',
  docs: 'https://developer.zentail.com/getting-started/authentication',
  settings: {
    issuer: 'https://api.zentail.com',
    endpoints: {
      token: { operation: 'token', methods: ['POST'], path: '/v1/token', host },
      salesOrders: {
        operation: 'resource',
        methods: ['GET'],
        path: '/v1/salesOrder',
        host,
        answer: { status: 200, body: { results: [] } },
      },
      warehouses: {
        operation: 'resource',
        methods: ['GET'],
        path: '/v1/warehouses',
        host,
        answer: { status: 200, body: { results: [{ warehouseId: '4', canUpdateInventory: true, name: '{user.name}' }] } },
      },
      install: { operation: 'portal', methods: ['GET', 'POST'], path: '/apps/install', host: 'www.zentail.com', portal: 'install' },
    },
    scopes: [],
    connection: 'per-user',
    code: {
      format: opaque('{alnum10}'),
      parameters: {
        code: quirk({
          name: 'takes-code',
          is: true,
          otherwise: false,
          says: 'The code is taken under the name code, as the text has it',
          source: documented('step list of the authorization flow'),
        }),
        authorization_code: quirk({
          name: 'takes-authorization-code',
          is: true,
          otherwise: false,
          says: 'The code is taken under the name authorization_code, as the curl sample has it',
          source: sample('curl sample of the token request'),
        }),
      },
      redirectUri: 'registered',
      redirectUriRequired: true,
    },
    token: {
      brokenEscapes: quirk({
        name: 'survives-broken-escapes',
        is: 'kept',
        otherwise: 'refused',
        says: 'A malformed percent-escape such as %2Y is kept as it stands',
        source: sample('curl sample of the token request'),
      }),
      reply: {
        access_token: '{access_token}',
        token_type: quirk({
          name: 'token-type-in-lower-case',
          is: 'bearer',
          otherwise: 'Bearer',
          says: 'token_type is bearer in lower case',
          source: sample('token response'),
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: absent,
      },
    },
    client: {
      takes: {
        body: quirk({
          name: 'also-takes-body-credentials',
          is: true,
          otherwise: false,
          dormant: true,
          says: 'Client credentials in the body are taken too',
          source: inferred('RFC 6749 §2.3.1; the text asks for Basic'),
        }),
      },
      trimsNewline: quirk({
        name: 'newline-in-basic',
        is: true,
        otherwise: false,
        says: 'Basic credentials that end in a newline are taken, as the sample was made with echo',
        source: sample('Basic value of the worked example'),
      }),
      id: opaque('{hex20}'),
      secret: opaque('{hex64}'),
    },
    access: {
      format: opaque('{base64:32}'),
      lifetime: quirk({
        name: 'tokens-do-not-expire',
        is: null,
        otherwise: 3600,
        says: 'The reply has no expires_in and the token is long-lived',
        source: documented('note on the long-lived access token, and the response'),
      }),
    },
    refresh: {
      given: quirk({
        name: 'no-refresh-token',
        is: 'never',
        otherwise: 'always',
        says: 'There is no refresh token and no refresh grant',
        source: sample('token response'),
      }),
    },
    resource: {
      scheme: quirk({
        name: 'bare-token',
        is: '',
        otherwise: 'Bearer',
        says: 'API calls carry the bare token in Authorization, without a scheme',
        source: documented('API call sample'),
      }),
      alsoBearer: quirk({
        name: 'also-takes-bearer',
        is: true,
        otherwise: false,
        dormant: true,
        says: 'API calls with Bearer are taken too',
        source: inferred('token_type says bearer'),
      }),
    },
    install: {
      slash: quirk({
        name: 'slash-before-the-query',
        is: 'always',
        otherwise: 'never',
        variants: { always: 'always', never: 'never', 'when-absent': 'when-absent' },
        says: 'An installation opens <RedirectURL>/?client_id=…&code=…: a slash is put between, even behind a path',
        source: documented('step list of the authorization flow'),
      }),
      parameters: { client_id: '{client}', code: '{code}' },
    },
    // Every answer to an error is inferred from RFC 6749: the provider has published none.
    dialect: speak({
      '*': { description: '' },
      invalid_client: { challenge: 'Basic' },
      invalid_token: { challenge: '' },
      token_in_query: { status: 401, error: 'invalid_token' },
      content_type_unsupported: { status: 400 },
    }),
  },
})
