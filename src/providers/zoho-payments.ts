/** Zoho Payments. */

import { defineProvider } from '../provider/define.js'
import { opaque } from '../provider/formats.js'
import { documented, inferred, observed, quirk } from '../provider/quirk.js'
import { apiWords, words } from './words/zoho-payments.js'

const host = 'accounts.zoho.in'
const ends = { in: 'in', us: 'com', eu: 'eu', au: 'com.au', jp: 'jp', sa: 'sa', cn: 'com.cn', uk: 'uk' }
const homes = { ...Object.fromEntries(Object.entries(ends).map(([at, end]) => [at, `accounts.zoho.${end}`])), ca: 'accounts.zohocloud.ca' }
const centres = Object.values(homes).filter((one) => one !== host)
const token = opaque('1000.{hex32}.{hex32}')

export const zohoPayments = defineProvider({
  id: 'zoho-payments',
  name: 'Zoho Payments',
  docs: 'https://www.zoho.com/in/payments/api/v1/oauth/',
  settings: {
    issuer: 'https://accounts.zoho.in',
    endpoints: {
      authorize: { operation: 'authorize', methods: ['GET'], path: '/oauth/v2/org/auth', host, alsoHosts: centres },
      token: { operation: 'token', methods: ['POST'], path: '/oauth/v2/token', host, alsoHosts: centres },
      revoke: {
        operation: 'revoke',
        methods: ['POST'],
        path: quirk('revokes-at-token-revoke', documented('OAuth, step 5; off: the newer developer portal'), {
          is: '/oauth/v2/token/revoke',
          otherwise: '/oauth/v2/revoke/token',
          says: 'The revocation path is /oauth/v2/token/revoke; the newer portal names /oauth/v2/revoke/token',
        }),
        host,
        alsoHosts: centres,
      },
      payments: {
        operation: 'resource',
        methods: ['GET'],
        path: '/api/v1/payments',
        host: 'payments.zoho.in',
        alsoHosts: ['payments.zoho.com', 'paymentssandbox.zoho.in'],
        scope: 'ZohoPay.payments.READ',
        requires: ['account_id'],
        names: { account_id: '{user.account_id}' },
        answer: { status: 200, body: { code: 0, message: 'success', payments: [] } },
        wording: apiWords,
      },
      generateCode: { operation: 'portal', methods: ['GET', 'POST'], path: '/developerconsole', host, portal: 'code' },
    },
    scopes: ['payments.CREATE', 'payments.READ', 'payments.UPDATE', 'refunds.CREATE', 'refunds.READ'].map((scope) => `ZohoPay.${scope}`),
    authorize: quirk('has-organisation-flow', documented('the newer OAuth page of the API'), {
      is: {
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
      otherwise: null,
      dormant: true,
      says: 'The newer organisation flow: /oauth/v2/org/auth with soid, a code for one minute, location and accounts-server in the redirect',
    }),
    code: {
      format: token,
      lifetime: quirk('code-lives-three-minutes', documented('OAuth, step 1'), {
        is: 180,
        otherwise: 600,
        says: 'A code from Generate Code lives three minutes unless another duration is chosen',
      }),
      choices: [180, 300, 420, 600],
    },
    token: {
      reads: {
        query: quirk('parameters-in-the-query', documented('OAuth, steps 2 and 4'), {
          is: true,
          otherwise: false,
          says: 'Token requests carry everything in the query of a POST with an empty body',
        }),
        form: true,
        multipart: quirk('takes-multipart', observed("the vendor's TypeScript SDK"), {
          is: true,
          otherwise: false,
          says: "A multipart body is taken as well, as the vendor's own SDK sends it",
        }),
      },
      reply: {
        access_token: '{access_token}',
        refresh_token: '{refresh_token}',
        scope: '{scope}',
        api_domain: 'https://www.zohoapis.in',
        token_type: 'Bearer',
        expires_in: '{expires_in}',
      },
      headers: {},
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', inferred('RFC 6749 §2.3.1; the documents show parameters only'), {
          is: true,
          otherwise: false,
          dormant: true,
          says: 'Client credentials in a Basic header are taken too',
        }),
        body: true,
      },
      both: 'ignored',
      hosts: quirk('wrong-data-centre-is-invalid-client', documented('accounts documentation, data centres'), {
        is: 'own',
        otherwise: 'any',
        says: "A client is unknown at every data centre's accounts host but its own",
      }),
      id: opaque('1000.{upper30}'),
      secret: opaque('{hex42}'),
    },
    access: {
      format: token,
      lifetime: quirk('access-lives-one-hour', documented('OAuth, step 4'), {
        is: 3600,
        otherwise: 600,
        says: 'Access tokens live an hour',
      }),
      livePerRefreshToken: quirk(
        'fifteen-access-tokens',
        observed('token validity page of a sister product; other products name 30 or 10'),
        { is: 15, otherwise: null, says: 'A refresh token keeps 15 access tokens alive; one more ends the oldest' },
      ),
      perWindow: {
        count: quirk('ten-access-tokens-in-ten-minutes', observed('token validity page of a sister product'), {
          is: 10,
          otherwise: null,
          says: 'A refresh token fetches 10 access tokens in 10 minutes, then none until the window has passed',
        }),
      },
    },
    refresh: {
      format: token,
      asks: quirk('refresh-token-only-for-offline-access', documented('accounts documentation, server-based applications'), {
        is: { access_type: 'offline' },
        otherwise: {},
        says: 'In the organisation flow a refresh token comes only with access_type=offline; without it access is online',
      }),
      again: quirk('refresh-token-comes-once', documented('accounts documentation, server-based applications'), {
        is: { prompt: 'consent' },
        otherwise: null,
        says: 'In the organisation flow a user who gave a refresh token and has not ended it gives another only with prompt=consent',
      }),
      returned: quirk('no-refresh-token-on-refresh', documented('OAuth, steps 2 and 4'), {
        is: 'never',
        otherwise: 'always',
        says: 'The reply to a refresh carries no refresh token: the old one goes on for ever',
      }),
      heldPerUser: quirk('twenty-refresh-tokens', documented('OAuth, step 2, note'), {
        is: 20,
        otherwise: null,
        says: 'A user holds 20 refresh tokens; the 21st deletes the oldest, even one in use',
      }),
      whenFull: quirk('oldest-refresh-token-goes-silently', documented('OAuth, step 2, note'), {
        is: 'oldest-ends',
        otherwise: 'refused',
        says: 'Over the limit the oldest refresh token ends without a word; one page of a sister product names an error instead',
      }),
    },
    resource: {
      scheme: quirk('zoho-oauthtoken-scheme', documented('OAuth, step 3'), {
        is: 'Zoho-oauthtoken',
        otherwise: 'Bearer',
        says: 'API calls carry the scheme Zoho-oauthtoken, although token_type says Bearer',
      }),
      alsoBearer: quirk('also-takes-bearer', observed('documentation of sister products'), {
        is: true,
        otherwise: false,
        dormant: true,
        says: 'API calls with Bearer are taken too',
      }),
    },
    revoke: {
      authenticates: quirk('revokes-without-credentials', documented('OAuth, step 5'), {
        is: 'never',
        otherwise: 'always',
        says: 'Whoever has a refresh token may revoke it: no client credentials are asked',
      }),
      answer: { status: 200, body: { status: 'success' } },
      unknownIsFine: false,
    },
    dialect: words,
  },
})
