/** Zentail. */

import { defineProvider } from '../../provider/define.js'
import { absent, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, sample } from '../../provider/source.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'

export const zentail = defineProvider({
  id: 'zentail',
  name: 'Zentail',
  docs: 'https://developer.zentail.com/getting-started/authentication',
  settings: {
    issuer: inferred('the host of its API; no text names an issuer', 'https://api.zentail.com'),
    endpoints,
    connection: documented('introduction', 'will uniquely identify your application and the customers account', 'per-user'),
    code: {
      format: sample('the worked example', 'l4b6iplj3r', opaque('{alnum10}')),
      parameters: {
        code: quirk(
          'takes-code',
          documented('the flow, token request', 'grant_type=authorization_code&code=<authorization code>&redirect_uri=<redirect uri>'),
          {
            provider: true,
            standard: false,
            description: 'The code is taken under the name code, as the text has it',
          },
        ),
        authorization_code: quirk('takes-authorization-code', sample('the worked example, curl line', '-d authorization_code=l4b6iplj3r'), {
          provider: true,
          standard: false,
          description: 'The code is taken under the name authorization_code, as the curl sample has it',
        }),
      },
      redirectUri: documented('the flow, token request', 'must match the one provided during registration', 'registered'),
      redirectUriRequired: documented('the flow, token request', '&redirect_uri=<redirect uri>', true),
    },
    token: {
      brokenEscapes: quirk(
        'survives-broken-escapes',
        sample('the worked example, curl line', 'redirect_uri=https%3A%2F%2YOUR_DOMAIN%2Eoauth_callback'),
        {
          provider: 'kept',
          standard: 'refused',
          description: 'A malformed percent-escape such as %2Y is kept as it stands',
        },
      ),
      reply: {
        access_token: '{access_token}',
        token_type: quirk('token-type-in-lower-case', sample('the response', '"token_type": "bearer"'), {
          provider: 'bearer',
          standard: 'Bearer',
          description: 'token_type is bearer in lower case',
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: sample('the response', '"token_type": "bearer" }', absent),
      },
    },
    client: {
      takes: {
        body: quirk('also-takes-body-credentials', inferred('RFC 6749 §2.3.1; the text asks for Basic'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in the body are taken too',
        }),
      },
      trimsNewline: quirk('newline-in-basic', sample('the worked example', '| base64 -w0'), {
        provider: true,
        standard: false,
        description: 'Basic credentials that end in a newline are taken, as the sample was made with echo',
      }),
      id: sample('the worked example', '6779ef20e75817b79602', opaque('{hex20}')),
      secret: sample('the worked example', '31408421fb39334a730fc92e41e96986b60f6522a13f631ec93afa6f6c4e0cb3', opaque('{hex64}')),
    },
    access: {
      format: sample('the response', '"v2podKNZ395VqsQ7dz0afA1T9HpfPQkvoJHHo3Vow4U="', opaque('{base64:32}')),
      lifetime: quirk('long-lived-tokens', documented('note on the code', 'only to securely retrieve the long-lived access token'), {
        was: 'tokens-do-not-expire',
        provider: null,
        standard: 3600,
        description: 'The reply has no expires_in and the token is long-lived',
      }),
    },
    refresh: {
      given: quirk('no-refresh-token', sample('the response', '"token_type": "bearer" }'), {
        provider: 'never',
        standard: 'always',
        description: 'There is no refresh token and no refresh grant',
      }),
    },
    resource: {
      scheme: quirk('bare-token', sample('API calls, curl line', '-H "AUTHORIZATION: v2podKNZ395VqsQ7dz0afA1T9HpfPQkvoJHHo3Vow4U="'), {
        provider: '',
        standard: 'Bearer',
        description: 'API calls carry the bare token in Authorization, without a scheme',
      }),
      alsoBearer: quirk('also-takes-bearer', inferred('token_type says bearer'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'API calls with Bearer are taken too',
      }),
    },
    install: {
      slash: quirk(
        'slash-before-the-query',
        documented('the flow, the redirect', 'GET <RedirectURL>/?client_id=<client_id>&code=<authorization code>'),
        {
          provider: 'always',
          standard: 'never',
          variants: { always: 'always', never: 'never', 'when-absent': 'when-absent' },
          description: 'An installation opens <RedirectURL>/?client_id=…&code=…: a slash is put between, even behind a path',
        },
      ),
      parameters: documented('the flow, the redirect', '?client_id=<client_id>&code=<authorization code>', {
        client_id: '{client}',
        code: '{code}',
      }),
    },
    cors: {
      clients: quirk('also-takes-browser-clients', inferred('the Fetch standard; the text is silent'), {
        provider: ['token', 'resource'],
        standard: [],
        optIn: true,
        description: "A client's own pages may read what it is answered; without it no page of another origin may",
      }),
    },
    dialect: errorMessages,
  },
})
