/** The tokens of Ziina: what they look like, how long they live, how they are renewed. */

import { jwt, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed } from '../../provider/source.js'
import { stock } from './errorMessages.js'

const engine = inferred(stock)

export const access = {
  format: quirk(
    'access-tokens-are-jwts',
    observed('a public API description; the shape is the engine it appears to run', 'bearerFormat: JWT'),
    {
      provider: jwt(
        '{url43}',
        { alg: 'RS256', typ: 'at+jwt', kid: '{kid}' },
        {
          jti: '{id}',
          sub: '{user.id}',
          iat: '{issued}',
          exp: '{expires}',
          scope: '{scope}',
          client_id: '{client}',
          iss: '{issuer}',
          aud: '{issuer}',
        },
      ),
      standard: opaque('{url43}'),
      description: 'An access token is a JWT (RFC 9068)',
    },
  ),
  lifetime: quirk('access-lifetime', engine, {
    was: 'access-lives-one-hour',
    provider: 3600,
    standard: 600,
    description: 'An access token lives an hour',
  }),
} as const

export const refresh = {
  given: quirk(
    'refresh-token-only-offline',
    documented('OAuth 2.0, refresh', 'In order to get refresh_token you need to add scope=offline_access'),
    {
      provider: 'with-offline-scope',
      standard: 'always',
      description: 'A refresh token comes only with offline_access',
    },
  ),
  lifetime: inferred(stock, 1_209_600),
  rotates: quirk('rotates-late', engine, {
    provider: 'late',
    standard: 'never',
    variants: { late: 'late', always: 'always', never: 'never' },
    description: 'The refresh token changes only once 70 % of its life has passed',
  }),
  lateShare: inferred(stock, 0.7),
  returned: inferred(stock, 'always'),
  replayEnds: quirk('replayed-refresh-token-ends-the-grant', engine, {
    provider: 'grant',
    standard: 'nothing',
    description: 'The return of a rotated-out refresh token ends everything of its grant',
  }),
} as const

export const idToken = {
  format: inferred(
    stock,
    jwt(
      '{url22}',
      { alg: 'RS256', typ: 'JWT', kid: '{kid}' },
      { sub: '{user.id}', nonce: '{nonce}', aud: '{client}', exp: '{expires}', iat: '{issued}', iss: '{issuer}' },
    ),
  ),
} as const
