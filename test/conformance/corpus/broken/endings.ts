/** Clients that do not come apart cleanly when a user leaves. */

import { held, keep } from '../client.js'
import type { BrokenClient } from '../entry.js'
import { ProtocolError } from '../errors.js'
import { habits } from '../habits.js'
import { bug } from './bug.js'

const revoking = ['zettle', 'zoho-payments', 'vcita', 'plain']

export const brokenEndings: readonly BrokenClient[] = [
  bug(
    'forgets-without-telling',
    'forgets its tokens when the revocation fails, and never tells the provider again',
    'rule-broken',
    revoking,
    {},
    {
      wrap: (steps, { storage, habits: own }) => ({
        ...steps,
        revoke: async (asked) => {
          try {
            await steps.revoke?.(asked)
          } finally {
            storage.remove('tokens', own.customer(asked, undefined))
          }
        },
      }),
    },
  ),
  bug(
    'goes-on-when-the-revocation-fails',
    'goes on using the connection when the revocation fails',
    'rule-broken',
    revoking,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        revoke: async (asked) => {
          const user = client.habits.customer(asked, undefined)
          const tokens = held(client, user)
          await Promise.resolve(steps.revoke?.(asked)).catch((error: unknown) => {
            keep(client, user, tokens)
            throw error
          })
        },
      }),
    },
  ),
  bug(
    'goes-on-after-the-end',
    'tells the provider that the user left, and keeps the tokens',
    'rule-broken',
    revoking,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        revoke: async (asked) => {
          const user = client.habits.customer(asked, undefined)
          const tokens = held(client, user)
          await steps.revoke?.(asked)
          keep(client, user, tokens)
        },
      }),
    },
  ),
  bug(
    'leaves-in-silence',
    'forgets its tokens, and does not tell the provider that the user left',
    'rule-broken',
    revoking,
    {},
    {
      wrap: (steps, { storage, habits: own }) => ({
        ...steps,
        revoke: (asked) => storage.remove('tokens', own.customer(asked, undefined)),
      }),
    },
  ),
  bug(
    'cannot-leave-with-an-expired-token',
    'cannot end a connection whose access token has expired',
    'rule-broken',
    ['zettle'],
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        revoke: async (asked) => {
          const user = client.habits.customer(asked, undefined)
          const answer = await habits.send(habits.revocation(client.given, held(client, user)), habits.limit)
          if (answer.status >= 400) throw new ProtocolError(`revocation was answered ${answer.status}`, answer.status)
          client.storage.remove('tokens', user)
        },
      }),
    },
  ),
  bug(
    'hammers-the-revocation',
    'repeats a revocation sixty times while it fails',
    'rule-broken',
    revoking,
    {},
    {
      wrap: (steps) => ({
        ...steps,
        revoke: async (asked) => {
          for (let turn = 1; ; turn += 1) {
            try {
              return await steps.revoke?.(asked)
            } catch (error) {
              if (turn === 60) throw error
            }
          }
        },
      }),
    },
  ),
  bug(
    'revokes-the-access-token',
    'revokes the access token where the refresh token keeps the connection alive',
    'rule-broken',
    ['zoho-payments', 'plain'],
    {
      revocation: (given, { refresh_token: _, ...tokens }) => habits.revocation(given, tokens),
    },
  ),
  bug(
    'ends-the-last-connection',
    'ends the connection of the customer who connected last, whoever leaves',
    'connection-lost',
    revoking,
    {},
    {
      needs: ['customers'],
      wrap: (steps) => {
        let last: string | undefined
        return {
          ...steps,
          callback: async (asked) => {
            await steps.callback(asked)
            last = asked.user ?? last
          },
          revoke: (asked) => steps.revoke?.(last === undefined ? asked : { ...asked, user: last }),
        }
      },
    },
  ),
]
