/** The refresh tokens of Zoho Payments: who gets one, how many, and what ends them. */

import { quirk } from '../../provider/quirk.js'
import { documented, inferred, observed } from '../../provider/source.js'
import { token } from './tokenFormat.js'

export const refresh = {
  format: token,
  asks: quirk('refresh-token-only-for-offline-access', inferred('accounts documentation, server-based applications'), {
    provider: { access_type: 'offline' },
    standard: {},
    description: 'In the organisation flow a refresh token comes only with access_type=offline; without it access is online',
  }),
  again: quirk('refresh-token-comes-once', inferred('accounts documentation, server-based applications'), {
    provider: { prompt: 'consent' },
    standard: null,
    description: 'In the organisation flow a user who gave a refresh token and has not ended it gives another only with prompt=consent',
  }),
  returned: quirk('no-refresh-token-on-refresh', observed('captured replies and the accounts documentation', 'token_type: "Bearer"'), {
    provider: 'never',
    standard: 'always',
    description: 'The reply to a refresh carries no refresh token: the old one goes on for ever',
  }),
  heldPerUser: quirk('refresh-token-limit', documented('OAuth, step 2, note', 'A user can have up to 20 refresh tokens.'), {
    was: 'twenty-refresh-tokens',
    provider: 20,
    standard: null,
    description: 'A user holds 20 refresh tokens; the 21st deletes the oldest, even one in use',
  }),
  heldBy: quirk('refresh-tokens-are-counted-by-user', documented('OAuth, step 2, note', 'A user can have up to 20 refresh tokens.'), {
    provider: 'user',
    standard: 'user-and-client',
    variants: { user: 'user', client: 'user-and-client' },
    description: 'The limit of refresh tokens is that of a user over all clients; at sister products it is for each client',
  }),
  evictionEndsAccess: quirk('evicted-token-takes-access-along', inferred('accounts documentation on revocation, which ends them'), {
    provider: true,
    standard: false,
    description: 'A refresh token that is pushed out takes the access tokens made from it along',
  }),
  perWindow: {
    count: quirk('throttles-refresh-tokens', observed('limits pages of sister products', 'per user per client'), {
      provider: 10,
      standard: null,
      variants: { ten: 10, twenty: 20 },
      optIn: true,
      description:
        'A user and client get ten refresh tokens in ten minutes, at sister products twenty, then none until the window has passed',
    }),
  },
  whenFull: quirk(
    'oldest-refresh-token-goes-silently',
    documented('OAuth, step 2, note', 'the oldest refresh token will be automatically deleted'),
    {
      provider: 'oldest-ends',
      standard: 'refused',
      description: 'Over the limit the oldest refresh token ends without a word; one page of a sister product names an error instead',
    },
  ),
} as const
