/** The access tokens of Zoho Payments: how long they live, and how many there may be. */

import { quirk } from '../../provider/quirk.js'
import { documented, observed } from '../../provider/source.js'
import { token } from './tokenFormat.js'

export const access = {
  format: token,
  lifetime: quirk('access-lifetime', documented('OAuth, step 4', 'limited validity, typically expiring in one hour'), {
    was: 'access-lives-one-hour',
    provider: 3600,
    standard: 600,
    description: 'Access tokens live an hour',
  }),
  livePerRefreshToken: quirk(
    'live-access-token-limit',
    observed('token validity page of a sister product; other products name 30 or 10', '15'),
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
    count: quirk(
      'access-token-throttle',
      observed('token validity page of a sister product', 'You have made too many requests continuously.'),
      {
        was: 'ten-access-tokens-in-ten-minutes',
        provider: 10,
        standard: null,
        description: 'A refresh token fetches 10 access tokens in 10 minutes, then none until the window has passed',
      },
    ),
  },
} as const
