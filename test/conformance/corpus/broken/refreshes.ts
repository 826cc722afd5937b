/** Clients that lose the connection at a refresh: over what it answers, over what happens at the same time, over what they write down. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, Steps } from '../client.js'
import { call, pause, refresh } from '../client.js'
import type { BrokenClient } from '../entry.js'
import { refreshing, rotating } from '../entry.js'
import { NetworkError, OAuthError, ProtocolError, Unable } from '../errors.js'
import type { Asked, Habits } from '../habits.js'
import { habits } from '../habits.js'
import type { Tokens } from '../storage.js'
import { bug, withoutRefresh } from './bug.js'

const status = (error: unknown): number => (error instanceof ProtocolError || error instanceof OAuthError ? error.status : 0)

/** Takes these errors for the end too. */
const ending = (fits: (error: unknown) => boolean): Partial<Habits> => ({ isFinal: (error) => habits.isFinal(error) || fits(error) })

const nobodyWaits: Partial<Habits> = { shares: false, locks: false, looksAgain: false, spares: false, guards: false }

/** Changes what becomes of a refresh that is under way. */
const flying =
  (change: (begun: Promise<Tokens>) => Promise<Tokens>) =>
  (steps: Steps, client: Client): Steps => {
    const set = client.flights.set.bind(client.flights)
    client.flights.set = (user, begun) => set(user, change(begun))
    return steps
  }

/** Calls the API, and forgets the tokens over some of its answers. */
const callOr =
  (client: Client, statuses: readonly number[]) =>
  async (asked: Asked): Promise<number> => {
    const user = client.habits.customer(asked, undefined)
    const once: Client = {
      ...client,
      habits: { ...client.habits, expired: (answer) => !statuses.includes(answer.status) && habits.expired(answer) },
    }
    const { status: said } = await call(once, user)
    if (statuses.includes(said)) client.storage.remove('tokens', user)
    return said
  }

export const brokenRefreshes: readonly BrokenClient[] = [
  bug('wipes-on-any-failed-refresh', 'forgets its tokens after any failed refresh', 'connection-lost', refreshing, {
    onTrouble: () => undefined,
    onFinal: () => undefined,
  }),
  bug('takes-a-reset-for-the-end', 'takes a broken connection at a refresh for the end', 'connection-lost', refreshing, {
    ...ending((error) => error instanceof NetworkError && error.code !== 'TimeoutError'),
  }),
  bug('takes-silence-for-the-end', 'takes a refresh that is not answered for the end', 'connection-lost', refreshing, {
    ...ending((error) => error instanceof NetworkError && error.code === 'TimeoutError'),
  }),
  bug(
    'takes-a-500-for-the-end',
    'takes a 5xx at a refresh for the end',
    'connection-lost',
    refreshing,
    ending((error) => status(error) >= 500),
  ),
  bug(
    'takes-a-429-for-the-end',
    'takes a 429 at a refresh for the end',
    'connection-lost',
    refreshing,
    ending((error) => status(error) === 429),
  ),
  bug('takes-a-page-for-the-end', 'takes an answer that is no JSON at a refresh for the end', 'connection-lost', refreshing, {
    ...ending((error) => error instanceof ProtocolError && status(error) < 500 && status(error) !== 429),
  }),
  bug(
    'takes-every-oauth-error-for-the-end',
    'takes temporarily_unavailable, a throttle or any other error for the end',
    'connection-lost',
    refreshing,
    {
      ...ending((error) => error instanceof OAuthError),
    },
  ),
  bug('never-takes-no-for-an-answer', 'tries a dead refresh token again at every call', 'rule-broken', refreshing, {
    isFinal: () => false,
  }),
  bug('takes-the-end-for-trouble-unless-400', 'takes invalid_grant for the end with status 400 only', 'rule-broken', ['zoho-payments'], {
    isFinal: (error) => habits.isFinal(error) && status(error) === 400,
  }),
  bug(
    'retries-a-dead-token-by-itself',
    'tries a dead refresh token again five times a second, without being asked',
    'rule-broken',
    refreshing,
    {
      isFinal: () => false,
    },
    {
      wrap: (steps, client) => {
        let failed = 0
        const timer = setInterval(() => {
          if (failed === 0 || failed > 50) return
          const tokens = client.storage.read('tokens', 'me') as Tokens | undefined
          if (!tokens) return
          void refresh(client, 'me', tokens).then(
            () => {
              failed = 0
            },
            () => {
              failed += 1
            },
          )
        }, 200)
        timer.unref()
        const noticing =
          (work: ((asked: Parameters<Steps['call']>[0]) => unknown) | undefined) => async (asked: Parameters<Steps['call']>[0]) => {
            try {
              return await work?.(asked)
            } catch (error) {
              if (error instanceof OAuthError) failed = 1
              throw error
            }
          }
        return { ...steps, call: noticing(steps.call), ...(steps.refresh ? { refresh: noticing(steps.refresh) } : {}) }
      },
    },
  ),
  bug(
    'poisoned-single-flight',
    'never clears a refresh that failed: there is no other in this process',
    'connection-lost',
    refreshing,
    {},
    {
      wrap: (steps, { flights }) => {
        const forget = flights.delete.bind(flights)
        const set = flights.set.bind(flights)
        flights.delete = () => false
        flights.set = (user, begun) => {
          begun.then(
            () => forget(user),
            () => false,
          )
          return set(user, begun)
        }
        return steps
      },
    },
  ),
  bug(
    'waiters-are-never-told',
    'leaves calls that wait for a refresh waiting for ever when it fails',
    'connection-lost',
    refreshing,
    {},
    {
      wrap: flying((begun) => new Promise((settle) => void begun.then(settle, () => undefined))),
    },
  ),
  bug(
    'waiters-give-up-early',
    'lets calls that wait for a refresh fail after a third of a second',
    'rule-broken',
    refreshing,
    {},
    {
      wrap: flying((begun) => {
        const shared = Promise.race([
          begun,
          pause(300).then(() => {
            throw new Error('the refresh takes too long')
          }),
        ])
        shared.catch(() => undefined)
        return shared
      }),
    },
  ),
  bug('everybody-refreshes', 'makes a refresh for each of several calls at once', 'connection-lost', refreshing, nobodyWaits),
  bug(
    'everybody-refreshes-in-turn',
    'lets calls refresh one after the other, each with the token that it saw first',
    'connection-lost',
    rotating,
    {
      ...nobodyWaits,
      locks: true,
    },
  ),
  bug(
    'late-401-sends-the-old-token',
    'refreshes with the old refresh token when a 401 comes after another refresh is over',
    'connection-lost',
    rotating,
    {
      looksAgain: false,
      spares: false,
      guards: false,
    },
  ),
  bug('late-401-refreshes-again', 'refreshes a second time when a 401 comes after another refresh is over', 'rule-broken', refreshing, {
    spares: false,
  }),
  bug(
    'two-processes-refresh',
    'has no lock between processes: both send the same refresh token',
    'connection-lost',
    ['ziina', 'plain'],
    { locks: false },
    {
      needs: ['twin'],
    },
  ),
  bug(
    'loser-deletes-the-winners-tokens',
    'deletes what the store holds when a refresh is refused, though another process has just written it',
    'connection-lost',
    rotating,
    {
      locks: false,
      guards: false,
      onFinal: () => undefined,
    },
    { needs: ['twin'] },
  ),
  bug(
    'reads-its-store-once',
    'reads its store when it starts, and never sees what another process writes',
    'connection-lost',
    rotating,
    () => {
      const memory = new Map<string, unknown>()
      return {
        storage: (given) => {
          const storage = habits.storage(given)
          return {
            ...storage,
            read: (kind, key) => {
              if (kind !== 'tokens') return storage.read(kind, key)
              const value = memory.get(key) ?? storage.read(kind, key)
              if (value !== undefined) memory.set(key, value)
              return value
            },
            write: (kind, key, value) => {
              if (kind === 'tokens') memory.set(key, value)
              storage.write(kind, key, value)
            },
            remove: (kind, key) => {
              memory.delete(key)
              storage.remove(kind, key)
            },
          }
        },
      }
    },
    { needs: ['twin'] },
  ),

  bug('keeps-the-first-refresh-token', 'does not keep the refresh token that a refresh brings', 'connection-lost', rotating, {
    tokensOf: (reply, before, now) => ({
      ...habits.tokensOf(reply, before, now),
      ...(before?.refresh_token ? { refresh_token: before.refresh_token } : {}),
    }),
  }),
  bug(
    'loses-the-refresh-token',
    'forgets its refresh token when a refresh brings none',
    'connection-lost',
    ['zoho-payments', 'zettle', 'ziina', 'plain'],
    {
      tokensOf: (reply, _, now) => habits.tokensOf(reply, undefined, now),
    },
  ),
  bug('takes-an-empty-refresh-token', 'keeps an empty refresh token in place of the one that works', 'connection-lost', refreshing, {
    tokensOf: (reply, before, now) => {
      const tokens = habits.tokensOf(reply, before, now)
      return reply['refresh_token'] === '' ? { ...tokens, refresh_token: '' } : tokens
    },
  }),
  bug('takes-null-for-a-refresh-token', 'keeps null as its refresh token in place of the one that works', 'connection-lost', refreshing, {
    tokensOf: (reply, before, now) => {
      const tokens = habits.tokensOf(reply, before, now)
      return reply['refresh_token'] === null ? { ...tokens, refresh_token: 'null' } : tokens
    },
  }),
  bug(
    'asks-for-the-whole-scope-again',
    'asks for the whole scope at each refresh, though less of it was granted',
    'connection-lost',
    refreshing,
    {
      refreshing: (given, tokens) => ({
        ...habits.refreshing(given, tokens),
        ...(given.scope === undefined ? {} : { scope: given.scope }),
      }),
    },
  ),
  bug(
    'takes-an-error-for-tokens-at-a-refresh',
    'takes an error with status 200 for tokens, at a refresh',
    'connection-lost',
    ['zoho-payments'],
    () => {
      let refreshes = false
      return {
        refreshing: (given, tokens) => {
          refreshes = true
          return habits.refreshing(given, tokens)
        },
        exchange: (given, code, pending) => {
          refreshes = false
          return habits.exchange(given, code, pending)
        },
        read: (answer) => (refreshes && answer.status === 200 ? (JSON.parse(answer.text) as Record<string, unknown>) : habits.read(answer)),
      }
    },
  ),
  bug('refreshes-at-every-call', 'refreshes before every call', 'rule-broken', refreshing, { due: () => true }),
  bug('refreshes-an-hour-early', 'refreshes whenever the token lives less than two hours', 'rule-broken', refreshing, {
    due: ({ until }, now) => until !== undefined && until <= now + 7_260_000,
  }),
  bug('takes-a-403-for-an-expiry', 'refreshes after a 403, which says that the scope is too small', 'rule-broken', refreshing, {
    expired: ({ status: said }) => said === 401 || said === 403,
  }),
  bug('takes-a-5xx-for-an-expiry', 'refreshes when the API is down', 'rule-broken', refreshing, {
    expired: ({ status: said }) => said === 401 || said >= 500,
  }),
  bug(
    'knows-one-challenge-only',
    'refreshes after a 401 only if it says error="invalid_token", and offers no other way to refresh',
    'connection-lost',
    ['zettle', 'zoho-payments', 'ziina', 'plain'],
    {
      due: () => false,
      expired: (answer) => answer.status === 401 && (answer.header('www-authenticate') ?? '').includes('error="invalid_token"'),
    },
    { wrap: withoutRefresh },
  ),
  bug(
    'never-refreshes-after-a-401',
    'trusts expires_in alone: a token that ends early is used until its time, and nothing else refreshes it',
    'connection-lost',
    refreshing,
    { expired: () => false },
    { wrap: withoutRefresh },
  ),
  bug(
    'loops-on-a-401',
    'refreshes and calls again for as long as the API says 401, up to thirty times',
    'rule-broken',
    refreshing,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        call: async (asked) => {
          for (let turn = 0; ; turn += 1) {
            client.fruitless.clear()
            const said = await steps.call(asked)
            if (said !== 401 || turn > 15) return said
          }
        },
      }),
    },
  ),
  bug(
    'takes-a-401-for-the-end',
    'forgets its tokens when the API says 401',
    'connection-lost',
    refreshing,
    { due: () => false },
    {
      wrap: (steps, client) => ({ ...withoutRefresh(steps), call: callOr(client, [401]) }),
    },
  ),
  bug(
    'takes-a-403-for-the-end',
    'forgets its tokens when the API says 403',
    'connection-lost',
    refreshing,
    {},
    {
      wrap: (steps, client) => ({ ...steps, call: callOr(client, [403]) }),
    },
  ),
  bug(
    'gives-up-a-token-that-still-works',
    'lets a call fail when a refresh ahead of time fails, though its token still works',
    'rule-broken',
    refreshing,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        call: async (asked) => {
          const user = client.habits.customer(asked, undefined)
          const tokens = client.storage.read('tokens', user) as Tokens | undefined
          if (tokens?.refresh_token && !tokens.ended && !tokens.spent && habits.due(tokens, client.habits.now()))
            await refresh(client, user, tokens)
          return steps.call(asked)
        },
      }),
    },
  ),
  bug('tries-older-tokens', 'tries the refresh tokens that it had before when the newest is refused', 'rule-broken', rotating, () => {
    const had: string[] = []
    let ask: string | undefined
    return {
      refreshing: (given, tokens) => {
        const parameters = habits.refreshing(given, ask === undefined ? tokens : { ...tokens, refresh_token: ask })
        if (tokens.refresh_token !== undefined && !had.includes(tokens.refresh_token)) had.unshift(tokens.refresh_token)
        return parameters
      },
      isFinal: (error) => {
        if (!habits.isFinal(error)) return false
        ask = had[had.indexOf(ask ?? had[0] ?? '') + 1]
        return ask === undefined
      },
    }
  }),
  bug(
    'one-customers-end-is-everybodys',
    'forgets the tokens of all customers when one of them has ended',
    'connection-lost',
    refreshing,
    {},
    {
      needs: ['customers'],
      wrap: (steps, client) => {
        const customers = new Set<string>()
        const watching = (work: (asked: Asked) => unknown) => async (asked: Asked) => {
          customers.add(client.habits.customer(asked, undefined))
          try {
            return await work(asked)
          } catch (error) {
            if (habits.isFinal(error)) for (const user of customers) client.storage.remove('tokens', user)
            throw error
          }
        }
        return {
          ...steps,
          callback: steps.callback,
          call: watching(steps.call),
          ...(steps.refresh ? { refresh: watching(steps.refresh) } : {}),
        }
      },
    },
  ),
  bug(
    'lock-outlives-its-process',
    'holds a lock while it refreshes, and takes a lock that a killed process left for one that is held',
    'connection-lost',
    refreshing,
    () => {
      let file = ''
      return {
        storage: (given) => {
          file = join(given.stateDir, 'refresh.lock')
          return habits.storage(given)
        },
        send: async (request, limit) => {
          if (!request.body?.includes('refresh_token')) return habits.send(request, limit)
          try {
            writeFileSync(file, '', { flag: 'wx' })
          } catch {
            throw new Unable('a refresh is under way')
          }
          try {
            return await habits.send(request, limit)
          } finally {
            rmSync(file, { force: true })
          }
        },
      }
    },
  ),
  bug(
    'refreshes-through-a-throttle',
    'repeats a refresh eight times while the provider says that there were too many',
    'rule-broken',
    ['zoho-payments'],
    {
      askAgain: (error, parameters, attempt) =>
        parameters['grant_type'] === 'refresh_token' && attempt < 8 && !habits.isFinal(error) && error instanceof OAuthError
          ? 0
          : undefined,
      waits: false,
    },
  ),
]
