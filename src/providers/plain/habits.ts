/** What real servers do beside the specifications, each to be switched on: the words of a provider file, one by one. */

import { absent } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred } from '../../provider/source.js'

/** The specifications leave it to the server, or ask for something else; somebody's server is known to do it. */
const likeAt = (whose: string) => inferred(`beside the specifications, as at ${whose}`)

export const partialConsent = quirk(
  'partial-consent',
  documented('RFC 6749, section 3.3', 'MAY fully or partially ignore the scope requested'),
  {
    provider: true,
    standard: false,
    optIn: true,
    description: 'A person may allow less than was asked for: the consent page has a box for each scope',
  },
)

export const signedCallbacks = quirk('signed-callbacks', likeAt('Shopify'), {
  provider: { parameter: 'hmac' },
  standard: null,
  optIn: true,
  description: 'A redirect with a code carries hmac: a hash of its other parameters, keyed with the client secret',
})

export const refreshExpiry = quirk('tells-refresh-expiry', likeAt('Shopify'), {
  provider: '{refresh_expires_in}',
  standard: absent,
  optIn: true,
  description: 'A token response says how long its refresh token lives',
})

export const grantTypeLeftOut = quirk('grant-type-left-out', likeAt('GitHub, for OAuth apps'), {
  provider: false,
  standard: true,
  optIn: true,
  description: 'A token request without grant_type is what its other parameters say',
})

export const replyFormats = quirk('replies-as-form-or-xml', likeAt('GitHub, for OAuth apps'), {
  provider: ['json', 'form', 'xml'],
  standard: ['json'],
  optIn: true,
  description: 'A token response is a form or XML where Accept asks for that',
})

export const commas = quirk('scopes-joined-by-commas', likeAt('GitHub, for OAuth apps'), {
  provider: ',',
  standard: ' ',
  optIn: true,
  description: 'The scopes of a token response are joined by commas',
})

export const exactPorts = quirk(
  'exact-loopback-ports',
  documented('RFC 6749, section 3.1.2.3', 'compare the two URIs using simple string comparison'),
  {
    provider: 'exact',
    standard: 'any',
    optIn: true,
    description:
      'The port of a redirect URI at a loopback address must be the registered one; otherwise any port will do (RFC 8252, section 7.3)',
  },
)

export const subPaths = quirk('callback-sub-paths', likeAt('GitHub, for OAuth apps'), {
  provider: 'below',
  standard: 'exact',
  optIn: true,
  description: 'A redirect URI may be any path below a registered one',
})

export const tenTokens = quirk('ten-access-tokens', likeAt('GitHub, for OAuth apps'), {
  provider: 10,
  standard: null,
  optIn: true,
  description: 'A user and a client have ten access tokens; one more ends the oldest',
})

export const saysOk = quirk('revocation-says-ok', likeAt('Slack'), {
  provider: { status: 200, body: { ok: true, revoked: true } },
  standard: { status: 200, body: undefined },
  optIn: true,
  description: 'A revocation is answered with a body that says so; otherwise with none that matters (RFC 7009, section 2.2)',
})

export const otherHeader = quirk('token-in-another-header', likeAt('Shopify'), {
  provider: 'x-access-token',
  standard: 'authorization',
  optIn: true,
  description: 'An access token is read from X-Access-Token, and not from Authorization',
})
