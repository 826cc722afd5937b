/** Zoho Payments. */

import { defineProvider } from '../../provider/define.js'
import { absent, opaque } from '../../provider/formats.js'
import { documented, inferred, observed, quirk } from '../../provider/quirk.js'
import { apiDomains, endpoints, homes } from './endpoints.js'
import { errorMessages } from './errorMessages.js'
import { refresh } from './refreshTokens.js'
import { token } from './tokenFormat.js'

export const zohoPayments = defineProvider({
  id: 'zoho-payments',
  name: 'Zoho Payments',
  docs: 'https://www.zoho.com/in/payments/api/v1/oauth/',
  settings: {
    issuer: 'https://accounts.zoho.in',
    endpoints,
    scopes: ['payments.CREATE', 'payments.READ', 'payments.UPDATE', 'refunds.CREATE', 'refunds.READ'].map((scope) => `ZohoPay.${scope}`),
    authorize: quirk('has-organisation-flow', documented('the newer OAuth page of the API'), {
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
      lifetime: quirk('code-lifetime', documented('OAuth, step 1'), {
        was: 'code-lives-three-minutes',
        provider: 180,
        standard: 600,
        description: 'A code from Generate Code lives three minutes unless another duration is chosen',
      }),
      choices: [180, 300, 420, 600],
      perWindow: {
        count: quirk('throttles-code-exchanges', observed('limits page of a sister product'), {
          provider: 10,
          standard: null,
          optIn: true,
          description: 'A client exchanges ten codes in ten minutes, then none until the window has passed',
        }),
      },
    },
    token: {
      reads: {
        query: quirk('parameters-in-the-query', documented('OAuth, steps 2 and 4'), {
          provider: true,
          standard: false,
          description: 'Token requests carry everything in the query of a POST with an empty body',
        }),
        form: true,
        multipart: quirk('takes-multipart', observed("the vendor's TypeScript SDK"), {
          provider: true,
          standard: false,
          description: "A multipart body is taken as well, as the vendor's own SDK sends it",
        }),
      },
      reply: {
        access_token: '{access_token}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        api_domain: '{home}',
        token_type: 'Bearer',
        expires_in: quirk('expires-in-milliseconds', observed('captured replies of sister products, until 2019'), {
          provider: '{expires_in_ms}',
          standard: '{expires_in}',
          optIn: true,
          description: 'expires_in is in milliseconds',
        }),
        expires_in_sec: quirk('expires-in-sec', observed("captured replies until 2019; the vendor's own SDKs read it first"), {
          provider: '{expires_in}',
          standard: absent,
          optIn: true,
          description: 'The reply has expires_in_sec as well, in seconds',
        }),
      },
      homes: apiDomains,
      headers: {},
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', inferred('RFC 6749 §2.3.1; the documents show parameters only'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in a Basic header are taken too',
        }),
        body: true,
      },
      both: 'ignored',
      hosts: quirk('wrong-data-centre-is-invalid-client', documented('accounts documentation, data centres'), {
        provider: 'own',
        standard: 'any',
        description: "A client is unknown at every data centre's accounts host but its own",
      }),
      id: opaque('1000.{upper30}'),
      secret: opaque('{hex42}'),
    },
    access: {
      format: token,
      lifetime: quirk('access-lifetime', documented('OAuth, step 4'), {
        was: 'access-lives-one-hour',
        provider: 3600,
        standard: 600,
        description: 'Access tokens live an hour',
      }),
      livePerRefreshToken: quirk(
        'live-access-token-limit',
        observed('token validity page of a sister product; other products name 30 or 10'),
        {
          was: 'fifteen-access-tokens',
          provider: 15,
          standard: null,
          variants: { ten: 10, fifteen: 15, thirty: 30 },
          optIn: true,
          description: 'A refresh token keeps 15 access tokens alive, at sister products 10 or 30; one more ends the oldest',
        },
      ),
      perWindow: {
        count: quirk('access-token-throttle', observed('token validity page of a sister product'), {
          was: 'ten-access-tokens-in-ten-minutes',
          provider: 10,
          standard: null,
          description: 'A refresh token fetches 10 access tokens in 10 minutes, then none until the window has passed',
        }),
      },
    },
    refresh,
    resource: {
      scheme: quirk('zoho-oauthtoken-scheme', documented('OAuth, step 3'), {
        provider: 'Zoho-oauthtoken',
        standard: 'Bearer',
        description: 'API calls carry the scheme Zoho-oauthtoken, although token_type says Bearer',
      }),
      alsoBearer: quirk('also-takes-bearer', observed('documentation of sister products'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'API calls with Bearer are taken too',
      }),
    },
    revoke: {
      authenticates: quirk('revokes-without-credentials', documented('OAuth, step 5'), {
        provider: 'never',
        standard: 'always',
        description: 'Whoever has a refresh token may revoke it: no client credentials are asked',
      }),
      answer: { status: 200, body: { status: 'success' } },
      checksType: quirk('revocation-names-the-type', documented('the newer developer portal'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'A revocation says token_type, and it must be that of the token',
      }),
      unknownIsFine: false,
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
