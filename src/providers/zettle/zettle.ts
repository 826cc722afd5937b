/** Zettle (iZettle, PayPal). */

import { defineProvider } from '../../provider/define.js'
import { absent, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed, sample } from '../../provider/source.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'
import { access, assertion, refresh } from './tokens.js'

const read = ['READ:FINANCE', 'READ:PURCHASE', 'READ:PRODUCT', 'READ:USERINFO', 'READ:PAYMENT']
const write = ['WRITE:PURCHASE', 'WRITE:PRODUCT', 'WRITE:USERINFO', 'WRITE:PAYMENT', 'WRITE:REFUND2']

export const zettle = defineProvider({
  id: 'zettle',
  name: 'Zettle',
  docs: 'https://developer.zettle.com/docs/api/oauth/overview',
  settings: {
    issuer: sample('OAuth API, the printed access tokens, decoded', '"iss":"iZettle"', 'iZettle'),
    endpoints,
    scopes: observed('OAuth API, user guides and printed tokens; PAYMENT and REFUND2 in public clients only', 'READ:FINANCE', [
      ...read,
      ...write,
      'all',
    ]),
    connection: documented(
      'OAuth API, DELETE /application-connections/self',
      'providing the issued access token for that organization',
      'per-user',
    ),
    account: quirk(
      'connection-is-the-organizations',
      documented('OAuth API, DELETE /application-connections/self', 'disconnect its connection to an Zettle organization'),
      {
        provider: 'organizationUuid',
        standard: null,
        description: 'A disconnect ends the connection of the whole organization, whichever of its users approved',
      },
    ),
    authorize: {
      redirectUriRequired: quirk(
        'redirect-uri-may-be-left-out',
        sample('OAuth API, the approve request', '&action=authorize&state=XFadwMEXCJGJUfD'),
        {
          provider: false,
          standard: true,
          description: 'An authorization request without redirect_uri goes to the registered one',
        },
      ),
      approves: quirk(
        'approves-in-the-same-url',
        documented('OAuth API, Authorization Request', 'invoking the authorization URL with an extra query parameter action=authorize'),
        {
          provider: { in: 'same-url', parameter: 'action', value: 'authorize' },
          standard: { in: 'form' },
          description: 'Approve calls the authorization URL again with action=authorize and the SSO cookie',
        },
      ),
      cookie: sample('OAuth API, the approve request', 'Cookie: iz_sso=9c3375c9-fd1b-4fde-9743-6f3d2e475388', 'iz_sso'),
    },
    pkce: {
      withoutMethod: inferred('the guide on PKCE knows S256 only, and says nothing of a challenge without a method', 'S256'),
      replacesSecret: quirk('verifier-replaces-secret', documented('user guide on the code grant with PKCE', 'code_verifier'), {
        provider: true,
        standard: false,
        description: 'An app with PKCE sends code_verifier in place of the client secret',
      }),
    },
    code: {
      format: sample('OAuth API, the redirect', 'code=4fa87ba8cc7f30e91ad2ab1ad21c1b3e', opaque('{hex32}')),
      once: quirk('code-works-once', documented('user guide on the code grant; off: public report of 2018', 'only one time'), {
        provider: true,
        standard: false,
        description: 'A code can be redeemed once; off: until it expires, as was seen in 2018',
      }),
    },
    token: {
      grants: {
        'urn:ietf:params:oauth:grant-type:jwt-bearer': documented(
          'OAuth API, assertion grant',
          'grant_type should be set to urn:ietf:params:oauth:grant-type:jwt-bearer',
          true,
        ),
      },
      reply: sample('OAuth API, token response', '"expires_in": 7200, "refresh_token": "IZSEC07b0edfc-f557-4e52-a995-384288e2351e"', {
        access_token: '{access_token}',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        token_type: quirk('no-token-type', sample('OAuth API, token response', '"expires_in": 7200, "refresh_token":'), {
          provider: absent,
          standard: 'Bearer',
          description: 'The token reply has no token_type',
        }),
        scope: quirk('no-scope-in-reply', sample('OAuth API, token response', '"expires_in": 7200, "refresh_token":'), {
          provider: absent,
          standard: '{scope}',
          description: 'The token reply has no scope',
        }),
      }),
    },
    client: {
      takes: {
        basic: quirk('also-takes-basic', inferred('RFC 6749 §2.3.1; the documents show the body only'), {
          provider: true,
          standard: false,
          optIn: true,
          description: 'Client credentials in a Basic header are taken too',
        }),
        body: sample(
          'OAuth API, Access Token Request',
          '&client_secret=7356b8a1-75ac-4336-970b-bef63cd219c1&client_id=c55de605-48b6-42ef-b69e-cd9d14ded15a',
          true,
        ),
      },
      both: inferred('Basic is not read, so nothing stands beside it', 'ignored'),
      secret: documented('user guide on the code grant; the OAuth API prints a plain UUID', 'IZSEC', opaque('IZSEC{uuid}')),
    },
    access,
    refresh,
    resource: { wholeScope: sample('OAuth API, the printed access tokens, decoded', '"scope":"all"', 'all') },
    assertion,
    signing: { kid: sample('OAuth API, the printed access tokens, decoded', '"kid":"1444727164698"', opaque('{digits13}')) },
    cors: {
      clients: quirk('also-takes-browser-clients', observed('public report: calls of the token endpoint from a page fail', 'CORS'), {
        provider: ['token', 'userinfo', 'disconnect', 'resource'],
        standard: [],
        optIn: true,
        description: "A client's own pages may read what it is answered; without it no page of another origin may",
      }),
    },
    dialect: errorMessages,
  },
})
