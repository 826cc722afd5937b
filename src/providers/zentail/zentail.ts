/** Zentail. */

import { defineProvider } from '../../provider/define.js'
import { absent, opaque } from '../../provider/formats.js'
import { documented, inferred, quirk, sample } from '../../provider/quirk.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'

export const zentail = defineProvider({
  id: 'zentail',
  name: 'Zentail',
  docs: 'https://developer.zentail.com/getting-started/authentication',
  settings: {
    issuer: 'https://api.zentail.com',
    endpoints,
    scopes: [],
    connection: 'per-user',
    code: {
      format: opaque('{alnum10}'),
      parameters: {
        code: quirk('takes-code', documented('step list of the authorization flow'), {
          provider: true,
          standard: false,
          description: 'The code is taken under the name code, as the text has it',
        }),
        authorization_code: quirk('takes-authorization-code', sample('curl sample of the token request'), {
          provider: true,
          standard: false,
          description: 'The code is taken under the name authorization_code, as the curl sample has it',
        }),
      },
      redirectUri: 'registered',
      redirectUriRequired: true,
    },
    token: {
      brokenEscapes: quirk('survives-broken-escapes', sample('curl sample of the token request'), {
        provider: 'kept',
        standard: 'refused',
        description: 'A malformed percent-escape such as %2Y is kept as it stands',
      }),
      reply: {
        access_token: '{access_token}',
        token_type: quirk('token-type-in-lower-case', sample('token response'), {
          provider: 'bearer',
          standard: 'Bearer',
          description: 'token_type is bearer in lower case',
        }),
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        scope: absent,
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
      trimsNewline: quirk('newline-in-basic', sample('Basic value of the worked example'), {
        provider: true,
        standard: false,
        description: 'Basic credentials that end in a newline are taken, as the sample was made with echo',
      }),
      id: opaque('{hex20}'),
      secret: opaque('{hex64}'),
    },
    access: {
      format: opaque('{base64:32}'),
      lifetime: quirk('long-lived-tokens', documented('note on the long-lived access token, and the response'), {
        was: 'tokens-do-not-expire',
        provider: null,
        standard: 3600,
        description: 'The reply has no expires_in and the token is long-lived',
      }),
    },
    refresh: {
      given: quirk('no-refresh-token', sample('token response'), {
        provider: 'never',
        standard: 'always',
        description: 'There is no refresh token and no refresh grant',
      }),
    },
    resource: {
      scheme: quirk('bare-token', sample('API call, curl sample'), {
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
      slash: quirk('slash-before-the-query', documented('step list of the authorization flow'), {
        provider: 'always',
        standard: 'never',
        variants: { always: 'always', never: 'never', 'when-absent': 'when-absent' },
        description: 'An installation opens <RedirectURL>/?client_id=…&code=…: a slash is put between, even behind a path',
      }),
      parameters: { client_id: '{client}', code: '{code}' },
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
