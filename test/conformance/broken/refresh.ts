/** Clients that lose a connection, or wear it out. */

import type { Parts, Storage, Tokens } from '../parts.js'
import { fileStorage, Refusal, reference, Unable } from '../parts.js'
import type { Broken } from './broken.js'
import { ask, hearing } from './broken.js'
import { again } from './errors.js'
import { misplaced } from './exchange.js'

const challenge = (response: Response): string => response.headers.get('www-authenticate') ?? ''

const inMemory = (): Storage => {
  let stored: ReturnType<Storage['read']> = { tokens: {} }
  return {
    read: () => stored,
    write: (change) => {
      stored = { ...stored, ...change }
    },
  }
}

export const brokenRefresh: readonly Broken[] = [
  {
    name: 'stores-no-refresh-token',
    says: 'stores the access token only',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.after-expiry', 'refresh.by-itself'],
    parts: () => ({ tokensOf: (reply) => ({ access_token: String(reply['access_token']) }) }),
  },
  {
    name: 'waits-to-be-told',
    says: 'never refreshes by itself',
    providers: ['ziina', 'zoho-payments', 'zettle'],
    killedBy: ['refresh.by-itself', 'refresh.reacts-to-401', 'refresh.reacts-to-code', 'refresh.reacts-to-words'],
    parts: () => ({ expired: () => false }),
  },
  {
    name: 'misplaces-its-credentials-at-the-refresh',
    says: 'authenticates well for the code, and elsewhere for the refresh',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.client-authentication', 'refresh.no-guessing'],
    parts: () => ({
      authenticate: (given, headers, parameters) =>
        (parameters['grant_type'] === 'refresh_token' ? misplaced : reference.authenticate)(given, headers, parameters),
    }),
  },
  {
    name: 'keeps-the-first-refresh-token',
    says: 'goes on with its first refresh token when another came',
    providers: ['ziina', 'zettle'],
    killedBy: ['refresh.uses-newest'],
    parts: () => ({
      tokensOf: (reply, before) => ({
        ...reference.tokensOf(reply, before),
        ...(before?.refresh_token ? { refresh_token: before.refresh_token } : {}),
      }),
    }),
  },
  {
    name: 'refreshes-once-and-never-again',
    says: 'refreshes well, and does nothing when it is asked to refresh again',
    providers: ['ziina', 'zettle'],
    killedBy: ['refresh.uses-newest'],
    parts: () => {
      let refreshed = false
      return {
        steps: (made) => ({
          ...made,
          refresh: async (asked, given) => {
            if (refreshed) return
            refreshed = true
            return made.refresh?.(asked, given)
          },
        }),
      }
    },
  },
  {
    name: 'loses-its-refresh-token',
    says: 'forgets its refresh token when a refresh brings none',
    providers: ['zoho-payments'],
    killedBy: ['refresh.keeps-old'],
    parts: () => ({ tokensOf: (reply) => reference.tokensOf(reply, undefined) }),
  },
  {
    name: 'refreshes-at-every-call',
    says: 'refreshes before every call',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.only-when-needed', 'refresh.clock-ahead-once', 'refresh.clock-behind-once'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: async (asked, given) => {
          await made.refresh?.(asked, given)
          return made.call?.(asked, given)
        },
      }),
    }),
  },
  {
    name: 'stores-no-new-access-token',
    says: 'calls once with the access token that a refresh brought, and stores the one it had',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.only-when-needed'],
    parts: () => ({
      keep: (storage, customer, tokens) => {
        const before = storage.read().tokens[customer]
        if (!before || !tokens) return reference.keep(storage, customer, tokens)
        const { until: _, ...kept } = tokens
        reference.keep(storage, customer, { ...kept, access_token: before.access_token })
      },
    }),
  },
  {
    name: 'counts-from-its-first-token',
    says: 'goes by the end of its first access token after a refresh too',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.ahead-once'],
    parts: () => ({
      tokensOf: (reply, before) => ({
        ...reference.tokensOf(reply, before),
        ...(before?.until === undefined ? {} : { until: before.until }),
      }),
    }),
  },
  {
    name: 'counts-by-the-clock-of-the-provider',
    says: 'takes the end of a token from the clock of the provider, and compares it with its own',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.clock-ahead-once'],
    parts: () => ({ tokensOf: (reply, before) => reference.tokensOf(reply, before, Date.now()) }),
  },
  {
    name: 'refuses-what-looks-ended',
    says: 'calls with no token that has ended by its own clock, and takes the end from the clock of the provider',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.clock-ahead-works', 'refresh.clock-ahead-once'],
    parts: () => {
      let clock = 0
      return {
        tokensOf: (reply, before) => reference.tokensOf(reply, before, Date.now()),
        due: (tokens, now) => {
          clock = now
          return reference.due(tokens, now)
        },
        header: (given, tokens) => {
          if (reference.due(tokens, clock)) throw new Unable('this token has ended')
          return reference.header(given, tokens)
        },
      }
    },
  },
  {
    name: 'trusts-its-clock-alone',
    says: 'refreshes when its own clock says so, and at no other time',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.clock-behind-works'],
    parts: () => {
      let due = false
      return {
        due: (tokens, now) => {
          due = reference.due(tokens, now)
          return due
        },
        expired: () => false,
        steps: (made) => ({ ...made, refresh: (asked, given) => (due ? made.refresh?.(asked, given) : undefined) }),
      }
    },
  },
  {
    name: 'makes-the-header-before-the-refresh',
    says: 'refreshes ahead of time, and calls with the token that it had before',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.ahead-used'],
    parts: () => {
      let before: Tokens | undefined
      return {
        due: (tokens, now) => {
          before = tokens
          return reference.due(tokens, now)
        },
        header: (given, tokens) => reference.header(given, before ?? tokens),
      }
    },
  },
  {
    name: 'gives-up-a-token-that-still-works',
    says: 'makes no call when a refresh ahead of time fails',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.ahead-in-trouble'],
    parts: () => ({ makesDo: () => false }),
  },
  {
    name: 'refreshes-for-each-call',
    says: 'refreshes once for each of several calls at once',
    providers: ['ziina', 'zettle'],
    killedBy: [
      'refresh.once-for-many',
      'refresh.late-401-once',
      'refresh.scheduled-once',
      'refresh.two-processes',
      'refresh.waiters-served',
    ],
    parts: () => ({ shares: false, locks: false }),
  },
  {
    name: 'knows-the-code-only',
    says: 'refreshes only when the challenge has ACCESS_TOKEN_EXPIRED',
    providers: ['zettle'],
    killedBy: ['refresh.reacts-to-words'],
    parts: () => ({ expired: (response) => response.status === 401 && challenge(response).includes('ACCESS_TOKEN_EXPIRED') }),
  },
  {
    name: 'looks-for-invalid-token',
    says: 'refreshes only when the challenge has error="invalid_token"',
    providers: ['zettle'],
    killedBy: ['refresh.reacts-to-code', 'refresh.reacts-to-words'],
    parts: () => ({ expired: (response) => response.status === 401 && challenge(response).includes('invalid_token') }),
  },
  {
    name: 'loops-on-401',
    says: 'calls ten times while the answer is 401',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['refresh.no-loop'],
    parts: () => ({ steps: (made) => again(made, (status) => status === 401, 10) }),
  },
  {
    name: 'insists-on-a-refresh',
    says: 'repeats a refused refresh five times',
    providers: ['ziina', 'zettle'],
    killedBy: ['refresh.loss-ends'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        let last: unknown
        for (let turn = 0; turn < 5; turn += 1) {
          try {
            return await ask(this, given, parameters)
          } catch (error) {
            last = error
            if (!(error instanceof Refusal)) break
          }
        }
        throw last
      },
    }),
  },
  {
    name: 'never-gets-over-it',
    says: 'keeps the ended connection when a new one is made',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.loss-recovers', 'refresh.eviction-recovers'],
    parts: () => ({
      keep: (storage, customer, tokens) => {
        if (!storage.read().tokens[customer]?.ended) reference.keep(storage, customer, tokens)
      },
    }),
  },
  {
    name: 'uses-its-key-once',
    says: 'presents its API key only once',
    providers: ['zettle'],
    killedBy: ['refresh.assertion-again'],
    parts: () => {
      let used = false
      return {
        assertion: (given) => {
          if (used) throw new Unable('the key was used')
          used = true
          return reference.assertion(given)
        },
      }
    },
  },
  {
    name: 'refreshes-after-an-assertion',
    says: 'refreshes although an assertion brought no refresh token',
    providers: ['zettle'],
    killedBy: ['refresh.no-refresh-after-assertion'],
    parts: () => ({
      keep: (storage, customer, tokens) => {
        if (!tokens) return reference.keep(storage, customer, tokens)
        const { assertion: _, ...rest } = tokens
        reference.keep(storage, customer, { refresh_token: 'none', ...rest })
      },
    }),
  },
  {
    name: 'refreshes-with-nothing',
    says: 'sends refresh_token=undefined',
    providers: ['ziina'],
    killedBy: ['refresh.not-with-nothing'],
    parts: () => ({ refreshing: (tokens) => ({ grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token) }) }),
  },
  {
    name: 'keeps-everything-in-memory',
    says: 'stores nothing that would survive a restart',
    providers: ['zettle', 'zoho-payments'],
    killedBy: ['refresh.stored'],
    parts: () => {
      const storage = inMemory()
      return { storage: () => storage }
    },
  },
  {
    name: 'saves-too-late',
    says: 'stores the first tokens, and what refreshes bring only in memory',
    providers: ['zettle', 'ziina'],
    killedBy: ['refresh.stored'],
    parts: () => ({
      storage: (given) => {
        const file = fileStorage(given)
        let memory: ReturnType<Storage['read']> | undefined
        return {
          read: () => memory ?? file.read(),
          write: (change) => {
            const fresh = Object.keys(file.read().tokens).length === 0
            if (fresh) file.write(change)
            else memory = { ...(memory ?? file.read()), ...change }
          },
        }
      },
    }),
  },
  {
    name: 'refreshes-what-it-saw-first',
    says: 'refreshes with the refresh token that it read before the call, whatever was stored since',
    providers: ['ziina', 'zettle'],
    killedBy: [
      'refresh.late-401-old-token',
      'refresh.late-401-once',
      'refresh.once-for-many',
      'refresh.scheduled-once',
      'refresh.waiters-served',
    ],
    parts: () => ({
      steps: (made, given) => ({
        ...made,
        call: async () => {
          const storage = fileStorage(given)
          const before = storage.read().tokens['me']
          if (!before) throw new Unable('no tokens are held')
          const send = async (tokens: Tokens): Promise<number> =>
            (await reference.send(reference.resource(given, tokens), { headers: reference.header(given, tokens) })).status
          const status = await send(before)
          if (status !== 401) return status
          const tokens = reference.tokensOf(await ask(reference, given, reference.refreshing(before)), before)
          reference.keep(storage, 'me', tokens)
          return send(tokens)
        },
      }),
    }),
  },
  {
    name: 'waits-a-moment',
    says: 'lets calls fail that wait a third of a second for a refresh',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.waiters-served'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: (asked, given) =>
          Promise.race([
            made.call?.(asked, given),
            new Promise((_, reject) => setTimeout(() => reject(new Unable('it takes too long')), 300)),
          ]),
      }),
    }),
  },
  {
    name: 'keeps-a-failed-refresh',
    says: 'never lets go of a refresh that has failed: there is no other in this process',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.flight-ends'],
    parts: () => ({ clears: false }),
  },
  {
    name: 'knows-no-other-process',
    says: 'has no lock between processes',
    providers: ['ziina', 'zettle'],
    killedBy: ['refresh.two-processes'],
    parts: () => ({ locks: false }),
  },
  {
    name: 'asks-for-everything-again',
    says: 'asks for the whole scope at each refresh',
    providers: ['ziina', 'zettle'],
    killedBy: ['refresh.smaller-scope'],
    parts: () => ({
      ask: function (this: Parts, given, parameters) {
        const all = parameters['grant_type'] === 'refresh_token' ? { ...parameters, scope: given.scope ?? '' } : parameters
        return ask(this, given, all)
      },
    }),
  },
  {
    name: 'goes-by-its-first-lifetime',
    says: 'refreshes when its first token would have ended, whatever a later response says, and at no other time',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.own-lifetime'],
    parts: () => {
      let clock = Date.now()
      let until: number | undefined
      let refreshed = false
      return {
        due: (tokens, now) => {
          clock = now
          return reference.due(tokens, now)
        },
        expired: () => false,
        tokensOf: (reply, before, now) => {
          const tokens = reference.tokensOf(reply, before, now)
          until ??= tokens.until
          return { ...tokens, ...(until === undefined ? {} : { until }) }
        },
        steps: (made) => ({
          ...made,
          refresh: (asked, given) => {
            if (refreshed && until !== undefined && clock < until) return
            refreshed = true
            return made.refresh?.(asked, given)
          },
        }),
      }
    },
  },
  {
    name: 'takes-an-ended-token-for-a-user-who-left',
    says: 'gives up its tokens after a 401 when the token has ended by its own clock, since it looked just before the call',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.between-served'],
    parts: () => {
      let ahead = 0
      return {
        expired: () => false,
        steps: (made, given) => ({
          ...hearing(made, (by) => {
            ahead = by
          }),
          call: async (asked) => {
            const before = fileStorage(given).read().tokens['me']
            const status = await made.call?.(asked, given)
            const now = fileStorage(given).read().tokens['me']
            if (status !== 401 || before?.access_token !== now?.access_token || !now) return status
            if (reference.due(now, Date.now() + ahead)) {
              fileStorage(given).write({ tokens: {} })
              return status
            }
            await made.refresh?.(asked, given)
            return made.call?.(asked, given)
          },
        }),
      }
    },
  },
  {
    name: 'refreshes-twice-to-be-sure',
    says: 'refreshes once more with what a refresh has just brought',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.between-once'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        const reply = await ask(this, given, parameters)
        if (parameters['grant_type'] !== 'refresh_token') return reply
        const token = reply['refresh_token'] ?? parameters['refresh_token']
        return { refresh_token: token, ...(await ask(this, given, { ...parameters, refresh_token: String(token) })) }
      },
    }),
  },
  {
    name: 'calls-with-the-token-that-came-last',
    says: 'calls for every customer with the token that the last refresh brought',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.customers-apart'],
    parts: () => {
      let last: string | undefined
      return {
        ask: async function (this: Parts, given, parameters) {
          const reply = await ask(this, given, parameters)
          if (parameters['grant_type'] === 'refresh_token') last = String(reply['access_token'])
          return reply
        },
        header: (given, tokens) => reference.header(given, { ...tokens, access_token: last ?? tokens.access_token }),
      }
    },
  },
  {
    name: 'keeps-one-customer-at-a-refresh',
    says: 'stores what a refresh brings as all that there is',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['refresh.customers-served'],
    parts: () => ({
      keep: (storage, customer, tokens) =>
        storage.read().tokens[customer] && tokens
          ? storage.write({ tokens: { [customer]: tokens } })
          : reference.keep(storage, customer, tokens),
    }),
  },
  {
    name: 'forgets-everybody-with-one',
    says: 'forgets all customers when the connection of one has ended',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['disconnect.others-kept'],
    parts: () => ({
      keep: (storage, customer, tokens) => (tokens?.ended ? storage.write({ tokens: {} }) : reference.keep(storage, customer, tokens)),
    }),
  },
  {
    name: 'writes-what-it-read-before-the-refresh',
    says: 'reads all customers before a refresh, and writes them all after it',
    providers: ['ziina', 'zettle'],
    killedBy: ['refresh.customers-served'],
    parts: () => {
      const read = new Map<string, ReturnType<Storage['read']>['tokens']>()
      return {
        locks: false,
        ask: function (this: Parts, given, parameters) {
          if (parameters['refresh_token'] !== undefined) read.set(parameters['refresh_token'], fileStorage(given).read().tokens)
          return ask(this, given, parameters)
        },
        keep: (storage, customer, tokens) => {
          const before = read.get(storage.read().tokens[customer]?.refresh_token ?? '')
          if (before && tokens) storage.write({ tokens: { ...before, [customer]: tokens } })
          else reference.keep(storage, customer, tokens)
        },
      }
    },
  },
]
