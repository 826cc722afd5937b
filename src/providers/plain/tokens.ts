/** The tokens of the plain server: what they look like, how long they live, how they are renewed. */

import { jwt, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred } from '../../provider/source.js'

const leaves = 'the specifications leave it to the server'
const left = inferred(leaves)

export const access = {
  format: quirk('opaque-access-tokens', documented('RFC 6749, section 1.4', 'The string is usually opaque to the client.'), {
    provider: opaque('{url43}'),
    standard: jwt(
      '{url22}',
      { typ: 'at+jwt', alg: 'RS256', kid: '{kid}' },
      {
        iss: '{issuer}',
        sub: '{subject}',
        aud: '{audience}',
        client_id: '{client}',
        exp: '{expires}',
        iat: '{issued}',
        jti: '{id}',
        scope: '{scope}',
        auth_time: '{auth_time}',
        acr: '{acr}',
        cnf: '{cnf}',
        act: '{act}',
      },
    ),
    optIn: true,
    description: 'Access tokens are opaque; otherwise they are JWTs as RFC 9068 has them',
  }),
  endsOnRefresh: quirk('refresh-ends-access-token', left, {
    provider: true,
    standard: false,
    optIn: true,
    description: 'A refresh ends the access token that came before it',
  }),
} as const

export const refresh = {
  rotates: quirk('keeps-refresh-tokens', documented('RFC 6749, section 6', 'The authorization server MAY issue a new refresh token'), {
    provider: 'never',
    standard: 'always',
    optIn: true,
    description: 'A refresh token stays as it is; otherwise each refresh brings a new one (RFC 9700, section 4.14.2)',
  }),
  lifetime: inferred(leaves, 2_592_000),
  replayEnds: documented('RFC 9700, section 4.14.2', 'it will revoke the active refresh token', 'grant'),
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

export const idToken = {
  format: documented(
    'OpenID Connect Core 1.0, section 2',
    'Time when the End-User authentication occurred',
    jwt(
      '{url22}',
      { alg: 'RS256', kid: '{kid}', typ: 'JWT' },
      {
        iss: '{issuer}',
        sub: '{user.id}',
        aud: '{client}',
        exp: '{expires}',
        iat: '{issued}',
        auth_time: '{auth_time}',
        nonce: '{nonce}',
        acr: '{acr}',
        amr: '{amr}',
        sid: '{sid}',
      },
    ),
  ),
} as const
