/** Clients that believe a callback they must not believe, or lose something over it. */

import type { Client, Steps } from '../client.js'
import { keep } from '../client.js'
import type { BrokenClient } from '../entry.js'
import { browsing, everywhere, refreshing } from '../entry.js'
import { ProtocolError } from '../errors.js'
import type { Asked, Habits } from '../habits.js'
import { habits } from '../habits.js'
import type { Pending, Tokens } from '../storage.js'
import { bug } from './bug.js'

const comparing = (sameState: Habits['sameState']): Partial<Habits> => ({ sameState })

/** Changes the URL of a callback before it is looked at. */
const seen =
  (change: (query: URLSearchParams, client: Client) => void) =>
  (steps: Steps, client: Client): Steps => ({
    ...steps,
    callback: (asked) => {
      const url = new URL(asked.url ?? '')
      change(url.searchParams, client)
      return steps.callback({ ...asked, url: url.href })
    },
  })

const pendings = ({ storage }: Client): readonly Pending[] => storage.all('pending') as readonly Pending[]
const newest = (client: Client): Pending | undefined => [...pendings(client)].sort((a, b) => b.at - a.at)[0]
const userOf = ({ habits: own }: Client, asked: Asked): string => own.customer(asked, undefined)

/** Does something when a callback fails, and lets it fail. */
const onFailure =
  (fits: (asked: Asked, error: unknown) => boolean, ruin: (client: Client, asked: Asked) => void) =>
  (steps: Steps, client: Client): Steps => ({
    ...steps,
    callback: async (asked) => {
      try {
        return await steps.callback(asked)
      } catch (error) {
        if (fits(asked, error)) ruin(client, asked)
        throw error
      }
    },
  })

const queryOf = ({ url = '' }: Asked): URLSearchParams => new URL(url).searchParams
const forgetTokens = (client: Client, asked: Asked): void => client.storage.remove('tokens', userOf(client, asked))
const isForged = (_: Asked, error: unknown): boolean =>
  error instanceof ProtocolError && ['state differs', 'no state came', 'iss differs', 'this callback came before'].includes(error.code)

/** What is kept after a new connection took the place of one that still worked. */
const afterReconnect =
  (merge: (came: Tokens, old: Tokens) => Tokens) =>
  (steps: Steps, client: Client): Steps => ({
    ...steps,
    callback: async (asked) => {
      const user = userOf(client, asked)
      const old = client.storage.read('tokens', user) as Tokens | undefined
      await steps.callback(asked)
      const came = client.storage.read('tokens', user) as Tokens | undefined
      if (came && old && !old.ended && !old.leaving) keep(client, user, merge(came, old))
    },
  })

export const brokenCallbacks: readonly BrokenClient[] = [
  bug('state-by-its-beginning', 'compares the first eight characters of state', 'rule-broken', browsing, {
    ...comparing((came, kept) => came.slice(0, 8) === kept.slice(0, 8)),
  }),
  bug('state-as-a-prefix', 'takes a state that is only the beginning of its own, and an empty one too', 'rule-broken', browsing, {
    ...comparing((came, kept) => kept.startsWith(came)),
  }),
  bug('state-with-more-behind', 'takes its own state with something behind it', 'rule-broken', browsing, {
    ...comparing((came, kept) => came.startsWith(kept)),
  }),
  bug('state-by-its-end', 'compares the last eight characters of state', 'rule-broken', browsing, {
    ...comparing((came, kept) => came.slice(-8) === kept.slice(-8)),
  }),
  bug('state-by-its-length', 'compares the length of state', 'rule-broken', browsing, {
    ...comparing((came, kept) => came.length === kept.length),
  }),
  bug('state-without-regard-to-case', 'compares state without regard to case', 'rule-broken', browsing, {
    ...comparing((came, kept) => came.toLowerCase() === kept.toLowerCase()),
  }),
  bug('state-but-for-one-character', 'does not look at the last character of state', 'rule-broken', browsing, {
    ...comparing((came, kept) => came.length === kept.length && came.slice(0, -1) === kept.slice(0, -1)),
  }),
  bug('state-decoded-twice', 'decodes state once more before it compares', 'rule-broken', browsing, {
    ...comparing((came, kept) => {
      try {
        return decodeURIComponent(came) === kept
      } catch {
        return false
      }
    }),
  }),
  bug(
    'state-if-there-is-one',
    'checks state only if one comes',
    'rule-broken',
    browsing,
    {},
    {
      wrap: seen((query, client) => {
        const pending = newest(client)
        if (!query.has('state') && pending) query.set('state', pending.state)
      }),
    },
  ),
  bug(
    'state-if-it-is-not-empty',
    'checks state unless it is empty',
    'rule-broken',
    browsing,
    {},
    {
      wrap: seen((query, client) => {
        const pending = newest(client)
        if (query.get('state') === '' && pending) query.set('state', pending.state)
      }),
    },
  ),
  bug('state-of-any-kind', 'takes any state once it has asked for an authorization', 'rule-broken', browsing, {
    ...comparing(() => true),
  }),
  bug(
    'state-by-the-first-of-two',
    'looks at the first of two states',
    'rule-broken',
    browsing,
    {},
    {
      wrap: seen((query) => {
        const [first] = query.getAll('state')
        if (first !== undefined) query.set('state', first)
      }),
    },
  ),
  bug('state-is-counted', 'makes state, verifier and nonce by counting', 'rule-broken', browsing, () => {
    let made = 0
    return {
      random: () => {
        made += 1
        return String(made).padStart(43, '0')
      },
    }
  }),
  bug('state-is-the-same-for-everybody', 'sends one and the same state always', 'rule-broken', browsing, () => {
    let made = 0
    return { random: () => (made++ % 3 === 0 ? 'connect' : habits.random()) }
  }),
  bug(
    'state-forgotten-late',
    'keeps state until the exchange is over: two callbacks at once send one code twice',
    'connection-lost',
    browsing,
    {
      once: false,
      claimCode: () => true,
    },
  ),
  bug('state-works-again', 'takes a state that was used before', 'rule-broken', browsing, {
    once: false,
    storage: (given) => {
      const storage = habits.storage(given)
      return { ...storage, remove: (kind, key) => (kind === 'pending' ? undefined : storage.remove(kind, key)) }
    },
  }),
  bug(
    'state-of-another-session',
    'takes a callback in whatever browser it comes',
    'secret-exposed',
    browsing,
    { sameSession: () => true },
    {
      needs: ['sessions'],
    },
  ),
  bug(
    'one-authorization-at-a-time',
    'forgets the authorization of one browser tab when another begins',
    'rule-broken',
    browsing,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        authorize: (asked) => {
          for (const { state } of pendings(client)) client.storage.remove('pending', state)
          return steps.authorize?.(asked)
        },
      }),
    },
  ),
  bug('code-twice', 'takes a callback twice, and sends its code twice', 'connection-lost', ['ziina', 'zentail', 'zoho-payments', 'vcita'], {
    once: false,
    claimCode: () => true,
    storage: (given) => {
      const storage = habits.storage(given)
      return { ...storage, remove: (kind, key) => (kind === 'pending' ? undefined : storage.remove(kind, key)) }
    },
  }),
  bug(
    'code-beside-an-error',
    'takes a code although an error stands beside it',
    'rule-broken',
    browsing,
    {},
    {
      wrap: seen((query) => query.has('code') && query.delete('error')),
    },
  ),
  bug(
    'code-by-the-first-of-two',
    'takes the first of two codes',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: seen((query) => {
        const [first] = query.getAll('code')
        if (first !== undefined) query.set('code', first)
      }),
    },
  ),

  bug('iss-ignored', 'does not look at iss', 'secret-exposed', ['ziina'], { trustIssuer: () => undefined }),
  bug('iss-if-there-is-one', 'checks iss only if one comes', 'rule-broken', ['ziina'], {
    trustIssuer: (given, query) => query.has('iss') && habits.trustIssuer(given, query),
  }),
  bug('iss-by-its-beginning', 'takes an iss that only begins as its own', 'secret-exposed', ['ziina', 'plain'], {
    trustIssuer: (given, query) => {
      if (!query.get('iss')?.startsWith(given.issuer)) throw new ProtocolError('iss differs')
    },
  }),
  bug('iss-without-regard-to-case', 'compares iss without regard to case or a slash at its end', 'rule-broken', ['ziina', 'plain'], {
    trustIssuer: (given, query) => {
      const bare = (value: string | null): string | undefined => value?.toLowerCase().replace(/\/$/, '')
      if (bare(query.get('iss')) !== bare(given.issuer)) throw new ProtocolError('iss differs')
    },
  }),
  bug(
    'iss-ignored-in-errors',
    'does not look at iss when an error comes, and lets it end the authorization',
    'rule-broken',
    ['ziina', 'plain'],
    {
      trustIssuer: (given, query) => (query.has('error') ? undefined : habits.trustIssuer(given, query)),
    },
  ),
  bug('foreign-client-id', "takes an installation that is meant for another app's client_id", 'rule-broken', ['zentail'], {
    ownClient: () => true,
  }),

  bug(
    'forged-error-ends-the-authorization',
    'gives up the authorization under way when any error callback comes',
    'rule-broken',
    browsing,
    {},
    {
      wrap: onFailure(
        (asked) => queryOf(asked).has('error'),
        (client) => pendings(client).forEach(({ state }) => void client.storage.remove('pending', state)),
      ),
    },
  ),
  bug(
    'forged-state-ends-the-authorization',
    'gives up the authorization under way when a callback with another state comes',
    'rule-broken',
    browsing,
    {},
    {
      wrap: onFailure(isForged, (client) => pendings(client).forEach(({ state }) => void client.storage.remove('pending', state))),
    },
  ),
  bug(
    'forged-callback-ends-the-connection',
    'forgets its tokens when a callback with another state comes',
    'connection-lost',
    browsing,
    {},
    {
      wrap: onFailure(isForged, forgetTokens),
    },
  ),
  bug(
    'denial-ends-the-connection',
    'forgets its tokens when the user denies another authorization',
    'connection-lost',
    browsing,
    {},
    {
      wrap: onFailure((asked) => queryOf(asked).has('error'), forgetTokens),
    },
  ),
  bug(
    'failed-reconnect-ends-the-connection',
    'forgets its tokens when a new code cannot be redeemed',
    'connection-lost',
    everywhere,
    {},
    {
      wrap: onFailure((asked, error) => queryOf(asked).has('code') && !isForged(asked, error), forgetTokens),
    },
  ),
  bug(
    'authorize-ends-the-connection',
    'forgets its tokens when a new authorization begins, which may never end',
    'connection-lost',
    browsing,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        authorize: (asked) => {
          forgetTokens(client, asked)
          return steps.authorize?.(asked)
        },
      }),
    },
  ),
  bug(
    'reconnect-keeps-the-old-tokens',
    'goes on with the tokens of the old connection after a new one',
    'connection-lost',
    everywhere,
    {},
    {
      wrap: afterReconnect((_, old) => old),
    },
  ),
  bug(
    'reconnect-keeps-the-old-refresh-token',
    'goes on with the refresh token of the old connection after a new one',
    'connection-lost',
    refreshing,
    {},
    {
      wrap: afterReconnect((came, { refresh_token: token }) => (token === undefined ? came : { ...came, refresh_token: token })),
    },
  ),
  bug(
    'reconnect-stays-ended',
    'remembers that the old connection ended, and stays so after a new one',
    'connection-lost',
    ['ziina', 'zettle', 'zoho-payments'],
    {
      save: (storage, user, tokens) => {
        const old = storage.read('tokens', user) as Tokens | undefined
        habits.save(storage, user, old?.ended ? { ...tokens, ended: true } : tokens)
      },
    },
  ),
  bug('callback-takes-the-last-customer', 'gives tokens to whoever began an authorization last', 'secret-exposed', browsing, () => ({}), {
    needs: ['customers'],
    wrap: (steps, client) => {
      let last: string | undefined
      return {
        ...steps,
        authorize: (asked) => {
          last = asked.user
          return steps.authorize?.(asked)
        },
        callback: async (asked) => {
          await steps.callback(asked)
          const user = userOf(client, asked)
          const tokens = client.storage.read('tokens', user) as Tokens | undefined
          if (last === undefined || last === user || !tokens) return
          keep(client, last, tokens)
          client.storage.remove('tokens', user)
        },
      }
    },
  }),
]
