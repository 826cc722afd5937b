/** The tokens of Zettle: what they look like, how long they live, how they are renewed. */

import { absent, jwt, opaque } from '../../provider/formats.js'
import { quirk } from '../../provider/quirk.js'
import { documented, observed, sample } from '../../provider/source.js'

const user = { userType: 'USER', uuid: '{user.id}', orgUuid: '{user.organizationUuid}', userRole: 'OWNER' }
const tokensOf2023 = observed('tokens of 2023 in public repositories', 'renewed:false, client_id')

export const access = {
  format: sample(
    'OAuth API, the printed access tokens, decoded',
    '"iss":"iZettle","aud":"API"',
    jwt(
      '{url22}',
      { kid: '{kid}', typ: 'JWT', alg: 'RS256' },
      {
        iss: 'iZettle',
        aud: 'API',
        exp: '{expires}',
        jti: '{id}',
        iat: '{issued}',
        nbf: '{notBefore}',
        sub: '{user.compactId}',
        scope: quirk('scope-claim-is-an-array', tokensOf2023, {
          provider: '{scopes}',
          standard: '{scope}',
          optIn: true,
          description: 'The scope claim is an array, as in tokens of 2023; the sample shows a string',
        }),
        client_id: quirk('client-in-claims', tokensOf2023, {
          provider: '{client}',
          standard: absent,
          optIn: true,
          description: 'An access token names its client; the printed ones do not',
        }),
        user: quirk('user-in-claims', tokensOf2023, {
          provider: user,
          standard: absent,
          optIn: true,
          description: 'An access token carries a claim user with both UUIDs, type and role; the printed ones do not',
        }),
      },
    ),
  ),
  lifetime: quirk('access-lifetime', documented('OAuth API, Refreshing an Access Token', 'a lifetime of 7200 seconds (120 minutes)'), {
    was: 'access-lives-two-hours',
    provider: 7200,
    standard: 3600,
    variants: { 'as-printed': 1800 },
    description: 'An access token lives 7200 seconds; the printed ones say 1800 of themselves, which was the lifetime until 2017',
  }),
  notBefore: sample('OAuth API, the printed access tokens, decoded', '"iat":1444823525,"nbf":1444823405', 120),
} as const

export const refresh = {
  format: sample('OAuth API, token response', '"refresh_token": "IZSEC07b0edfc-f557-4e52-a995-384288e2351e"', opaque('IZSEC{uuid}')),
  optionalPrefix: quirk(
    'refresh-token-without-prefix',
    sample('OAuth API, refresh request beside its response', '&refresh_token=07b0edfc-f557-4e52-a995-384288e2351e'),
    { provider: 'IZSEC', standard: '', description: 'A refresh token is taken with and without its prefix IZSEC' },
  ),
  lifetime: documented('user guide on the code grant', '180 days', 15_552_000),
  rotates: quirk(
    'may-rotate-at-any-time',
    documented('OAuth API, note on rotation; user guide on the code grant', 'Rotation of refresh tokens may be enabled at any given'),
    {
      provider: 'always',
      standard: 'never',
      variants: { always: 'always', same: 'never', sometimes: 'sometimes' },
      description:
        'A refresh may bring a new refresh token and end the old one; the user guide says it always does, the sample shows the same one',
    },
  ),
  returned: documented('OAuth API, Refreshing an Access Token', 'The response has the same format as the request', 'always'),
  replaces: quirk(
    'new-refresh-token-ends-all-before',
    documented('OAuth API, note on rotation', 'invalidating any previously issued refresh token'),
    {
      provider: 'every',
      standard: 'presented',
      variants: { every: 'every', presented: 'presented' },
      description:
        'A new refresh token invalidates any that was issued before, of every authorization; the other reading is that it ends the one it was got with',
    },
  ),
} as const

export const assertion = {
  format: observed(
    'API keys in public repositories; the header is that of the printed key',
    'type:"user-assertion"',
    jwt(
      '{uuid}',
      { kid: '0', typ: 'JWT', alg: 'RS256' },
      {
        iss: 'iZettle',
        aud: 'API',
        exp: '{expires}',
        sub: '{user.id}',
        iat: '{issued}',
        renewed: false,
        client_id: '{id}',
        type: 'user-assertion',
        user,
        scope: '{scopes}',
      },
    ),
  ),
  lifetime: observed('two API keys in public repositories', '946 707 776 s', 946_707_776),
  byRegisteredClient: quirk(
    'key-works-for-registered-clients',
    documented('OAuth API, assertion grant, tracking', 'instead of the client_id of the assertion itself'),
    {
      provider: true,
      standard: false,
      description: "A registered app may use a merchant's API key under its own client_id, to be credited",
    },
  ),
  creditHeader: documented('OAuth API, assertion grant, tracking', 'a custom header X-iZettle-Application-Id', 'X-iZettle-Application-Id'),
} as const
