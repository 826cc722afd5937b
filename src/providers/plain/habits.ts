/** What real servers do beside the specifications, each to be switched on: the words of a provider file, one by one. */

import { absent } from '../../provider/formats.js'
import { documented, inferred, quirk } from '../../provider/quirk.js'

const github = (where: string) => documented(`GitHub, Authorizing OAuth apps, ${where}`)
const shopify = (where: string) => documented(`Shopify, Authorization code grant, ${where}`)

export const partialConsent = quirk(
  'partial-consent',
  documented('RFC 6749, section 3.3: the scope that was requested may be ignored in part'),
  {
    provider: true,
    standard: false,
    optIn: true,
    description: 'A person may allow less than was asked for: the consent page has a box for each scope',
  },
)

export const signedCallbacks = quirk('signed-callbacks', shopify('the redirect carries hmac'), {
  provider: { parameter: 'hmac' },
  standard: null,
  optIn: true,
  description: 'A redirect with a code carries hmac: a hash of its other parameters, keyed with the client secret',
})

export const refreshExpiry = quirk('tells-refresh-expiry', shopify('the token response'), {
  provider: '{refresh_expires_in}',
  standard: absent,
  optIn: true,
  description: 'A token response says how long its refresh token lives',
})

export const grantTypeLeftOut = quirk('grant-type-left-out', github('step 2: the request has no grant_type'), {
  provider: false,
  standard: true,
  optIn: true,
  description: 'A token request without grant_type is what its other parameters say',
})

export const replyFormats = quirk('replies-as-form-or-xml', github('step 2: Accept chooses the format'), {
  provider: ['json', 'form', 'xml'],
  standard: ['json'],
  optIn: true,
  description: 'A token response is a form or XML where Accept asks for that',
})

export const commas = quirk('scopes-joined-by-commas', github('step 2: the response'), {
  provider: ',',
  standard: ' ',
  optIn: true,
  description: 'The scopes of a token response are joined by commas',
})

export const exactPorts = quirk('exact-loopback-ports', documented('RFC 6749, section 3.1.2.3: redirect URIs are compared as strings'), {
  provider: 'exact',
  standard: 'any',
  optIn: true,
  description:
    'The port of a redirect URI at a loopback address must be the registered one; otherwise any port will do (RFC 8252, section 7.3)',
})

export const subPaths = quirk('callback-sub-paths', github('Redirect URLs'), {
  provider: 'below',
  standard: 'exact',
  optIn: true,
  description: 'A redirect URI may be any path below a registered one',
})

export const tenTokens = quirk('ten-access-tokens', github('Creating multiple tokens for OAuth apps'), {
  provider: 10,
  standard: null,
  optIn: true,
  description: 'A user and a client have ten access tokens; one more ends the oldest',
})

export const saysOk = quirk('revocation-says-ok', documented('Slack, auth.revoke, example response'), {
  provider: { status: 200, body: { ok: true, revoked: true } },
  standard: { status: 200, body: undefined },
  optIn: true,
  description: 'A revocation is answered with a body that says so; otherwise with none that matters (RFC 7009, section 2.2)',
})

export const otherHeader = quirk('token-in-another-header', documented('Shopify, Access tokens: X-Shopify-Access-Token'), {
  provider: 'x-access-token',
  standard: 'authorization',
  optIn: true,
  description: 'An access token is read from X-Access-Token, and not from Authorization',
})

const left = inferred('the specifications leave it to the server')

/** How refresh tokens go on, and end. */
export const refreshing = {
  rotates: quirk('keeps-refresh-tokens', documented('RFC 6749, section 6: a server may issue a new refresh token'), {
    provider: 'never',
    standard: 'always',
    optIn: true,
    description: 'A refresh token stays as it is; otherwise each refresh brings a new one (RFC 9700, section 4.14.2)',
  }),
  lifetime: 2_592_000,
  replayEnds: 'grant',
  replayWindow: {
    seconds: quirk('refresh-replay-window', left, {
      provider: 30,
      standard: 0,
      optIn: true,
      description: 'A refresh token that was rotated less than 30 seconds ago is answered with the pair that it brought',
    }),
  },
  idle: quirk('refresh-tokens-idle-out', left, {
    provider: 86_400,
    standard: null,
    optIn: true,
    description: 'A refresh token that was not used for a day has ended',
  }),
  hardStop: quirk('refresh-tokens-hard-stop', left, {
    provider: 7_776_000,
    standard: null,
    optIn: true,
    description: 'All refresh tokens of an authorization end ninety days after it, however often they are rotated',
  }),
} as const
