/** Zoho Payments. */

import { defineProvider } from '../../provider/define.js'
import { absent, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed, sample } from '../../provider/source.js'
import { access } from './accessTokens.js'
import { apiDomains, endpoints, homes } from './endpoints.js'
import { errorMessages } from './errorMessages.js'
import { refresh } from './refreshTokens.js'
import { token } from './tokenFormat.js'

export const zohoPayments = defineProvider({
  id: 'zoho-payments',
  name: 'Zoho Payments',
  docs: 'https://www.zoho.com/in/payments/api/v1/oauth/',
  settings: {
    issuer: inferred('the accounts host of the text; none names an issuer', 'https://accounts.zoho.in'),
    endpoints,
    scopes: documented(
      'OAuth, step 1, table of scopes',
      'ZohoPay.refunds.CREATE,ZohoPay.refunds.READ',
      ['payments.CREATE', 'payments.READ', 'payments.UPDATE', 'refunds.CREATE', 'refunds.READ'].map((scope) => `ZohoPay.${scope}`),
    ),
    authorize: quirk('has-organisation-flow', documented('the newer OAuth page of the API', 'https://accounts.zoho.in/oauth/v2/org/auth'), {
      provider: {
        responseTypeRequired: true,
        redirectUriRequired: true,
        scopeSeparators: ',',
        unknownScope: 'refused',
        foreignScope: 'refused',
        withoutScope: 'refused',
        prompts: null,
        offline: null,
        requires: { soid: 'zohopay' },
        status: 302,
        adds: { location: '{home.name}', 'accounts-server': '{home.url}' },
        homes,
        addsToErrors: {},
        describesErrors: false,
        codeLifetime: 60,
        approves: { in: 'form' },
        consent: 'always',
        cookie: 'iamsession',
        errors: 'redirected',
      },
      standard: null,
      optIn: true,
      description:
        'The newer organisation flow: /oauth/v2/org/auth with soid, a code for one minute, location and accounts-server in the redirect',
    }),
    code: {
      format: token,
      lifetime: quirk('code-lifetime', documented('OAuth, step 1', 'By default, it is 3 minutes.'), {
        was: 'code-lives-three-minutes',
        provider: 180,
        standard: 600,
        description: 'A code from Generate Code lives three minutes unless another duration is chosen',
      }),
      choices: inferred('three minutes by default, and up to ten in the console', [180, 300, 420, 600]),
      perWindow: {
        count: quirk('throttles-code-exchanges', observed('limits page of a sister product', 'access_denied'), {
          provider: 10,
          standard: null,
          optIn: true,
          description: 'A client exchanges ten codes in ten minutes, then none until the window has passed',
        }),
      },
    },
    token: {
      reads: {
        query: quirk(
          'parameters-in-the-query',
          documented('OAuth, steps 2 and 4', 'https://accounts.zoho.in/oauth/v2/token?code=1000.dd7exxxxxxxxxxxxxxxxxxxxxxxx9bb8'),
          {
            provider: true,
            standard: false,
            description: 'Token requests carry everything in the query of a POST with an empty body',
          },
        ),
        form: true,
        multipart: quirk(
          'takes-multipart',
          observed("newer documents of the accounts server and the vendor's TypeScript SDK", 'multipart form-data'),
          {
            provider: true,
            standard: false,
            description: "A multipart body is taken as well, as the vendor's own SDK sends it",
          },
        ),
      },
      reply: observed('captured replies and documents of sister products; the text names three members', 'api_domain', {
        access_token: '{access_token}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        api_domain: '{home}',
        token_type: 'Bearer',
        expires_in: quirk('expires-in-milliseconds', observed('captured replies of sister products, until 2019', '3600000'), {
          provider: '{expires_in_ms}',
          standard: '{expires_in}',
          optIn: true,
          description: 'expires_in is in milliseconds',
        }),
        expires_in_sec: quirk(
          'expires-in-sec',
          observed("captured replies until 2019; the vendor's own SDKs read it first", 'expires_in_sec'),
          {
            provider: '{expires_in}',
            standard: absent,
            optIn: true,
            description: 'The reply has expires_in_sec as well, in seconds',
          },
        ),
      }),
      homes: inferred('api_domain of two locations, and the accounts hosts of the others', apiDomains),
      headers: observed('a captured error without Cache-Control', 'Content-Type: application/json;charset=UTF-8', {}),
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', inferred('RFC 6749 §2.3.1; the documents show parameters only'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in a Basic header are taken too',
        }),
        body: documented('OAuth, step 2, table of parameters', 'A unique confidential string displayed under Self Client', true),
      },
      both: inferred('Basic is not read, so nothing stands beside it', 'ignored'),
      hosts: quirk('wrong-data-centre-is-invalid-client', documented('accounts documentation, data centres', 'accounts.zoho.com.au'), {
        provider: 'own',
        standard: 'any',
        description: "A client is unknown at every data centre's accounts host but its own",
      }),
      id: sample('OAuth, step 2, the masked URL', 'client_id=1000.0SRSxxxxxxxxxxxxxxxxxxxx239V', opaque('1000.{upper30}')),
      secret: sample('OAuth, step 2, the masked URL', 'client_secret=fb01xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx8abf', opaque('{hex42}')),
    },
    access,
    refresh,
    resource: {
      scheme: quirk('zoho-oauthtoken-scheme', documented('OAuth, step 3', 'Zoho-oauthtoken {access_token}'), {
        provider: 'Zoho-oauthtoken',
        standard: 'Bearer',
        description: 'API calls carry the scheme Zoho-oauthtoken, although token_type says Bearer',
      }),
      alsoBearer: quirk('also-takes-bearer', observed('documentation of sister products', 'Bearer'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'API calls with Bearer are taken too',
      }),
    },
    revoke: {
      authenticates: quirk(
        'revokes-without-credentials',
        documented('OAuth, step 5', 'token | The refresh token that you want to revoke.'),
        {
          provider: 'never',
          standard: 'always',
          description: 'Whoever has a refresh token may revoke it: no client credentials are asked',
        },
      ),
      answer: documented('accounts documentation on revocation', '{"status":"success"}', { status: 200, body: { status: 'success' } }),
      checksType: quirk('revocation-names-the-type', documented('the newer developer portal', 'token_type=refresh_token|access_token'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'A revocation says token_type, and it must be that of the token',
      }),
      unknownIsFine: documented('accounts documentation on revocation', 'invalid_token', false),
    },
    cors: {
      clients: quirk('also-takes-browser-clients', inferred('the Fetch standard; the text is silent'), {
        provider: ['token', 'revoke', 'resource'],
        standard: [],
        optIn: true,
        description: "A client's own pages may read what it is answered; without it no page of another origin may",
      }),
    },
    dialect: errorMessages,
  },
})
