/** Clients that do right, each in its own style: they must stay green. */

import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { factsOf } from '../address.js'
import type { Client, Maker, Steps } from '../client.js'
import { clientOf, pause, refresh } from '../client.js'
import type { CarefulClient } from '../entry.js'
import { browsing, everywhere, refreshing } from '../entry.js'
import { NetworkError, ProtocolError, Unable } from '../errors.js'
import type { Habits, Parameters } from '../habits.js'
import { basic, habits } from '../habits.js'
import type { Pending, Tokens } from '../storage.js'
import { classClient } from './class.js'
import { journalStorage } from './journal.js'
import { smallClient } from './small.js'
import { keeping, overNodeHttp, overUndici } from './transports.js'

type Wrap = (steps: Steps, client: Client) => Steps

const careful = (
  id: string,
  says: string,
  providers: readonly string[],
  changed: Partial<Habits> | (() => Partial<Habits>) = {},
  wrap?: Wrap,
): CarefulClient => ({
  id,
  says,
  providers,
  make: (given) => clientOf(typeof changed === 'function' ? changed() : changed, wrap)(given),
})

const written = (id: string, says: string, providers: readonly string[], make: Maker): CarefulClient => ({ id, says, providers, make })

const returning =
  (result: (status: number) => unknown): Wrap =>
  (steps) => ({ ...steps, call: async (asked) => result((await steps.call(asked)) as number) })

const without = (members: Parameters, ...names: readonly string[]): Parameters =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)))

/** Does something after each step. */
const afterEach =
  (work: (client: Client, step: string) => unknown): Wrap =>
  (steps, client) =>
    Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [
        name,
        typeof step === 'function'
          ? async (asked: Parameters) => {
              const result: unknown = await (step as (asked: Parameters) => unknown)(asked)
              await work(client, name)
              return result
            }
          : step,
      ]),
    ) as unknown as Steps

/** Refreshes a minute before the end without being asked. A timer holds no more than 2^31 milliseconds. */
const scheduled: Wrap = (steps, client) => {
  let timer: NodeJS.Timeout | undefined
  const plan = (): void => {
    clearTimeout(timer)
    const tokens = client.storage.read('tokens', 'me') as Tokens | undefined
    if (!tokens?.refresh_token || tokens.until === undefined || tokens.ended || tokens.leaving) return
    const wait = Math.max(tokens.until - 60_000 - client.habits.now(), 1000)
    timer = setTimeout(
      () => {
        const now = client.storage.read('tokens', 'me') as Tokens | undefined
        if (now && wait < 2 ** 31 - 1) void refresh(client, 'me', now).then(plan, () => undefined)
        else plan()
      },
      Math.min(wait, 2 ** 31 - 1),
    )
    timer.unref()
  }
  return afterEach(plan)(steps, client)
}

/** After three failures in a row the token endpoint is left alone for a second. */
const breaking = (): Partial<Habits> => {
  let failures = 0
  let openUntil = 0
  return {
    send: async (request, limit) => {
      if (request.method === 'POST' && performance.now() < openUntil) throw new Unable('the circuit is open')
      const note = (failed: boolean): void => {
        if (request.method !== 'POST') return
        failures = failed ? failures + 1 : 0
        if (failures >= 3) openUntil = performance.now() + 1000
      }
      try {
        const answer = await habits.send(request, limit)
        note(answer.status >= 500)
        return answer
      } catch (error) {
        note(true)
        throw error
      }
    },
  }
}

/** Keeps nothing for a request: its state carries it, sealed with a key of the client's own. */
const sealed: Wrap = (steps, { storage, given, habits: own }) => {
  const key = (storage.read('key', 'seal') as string | undefined) ?? own.random()
  storage.write('key', 'seal', key)
  const seal = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    ...steps,
    ...(steps.authorize
      ? {
          authorize: (asked) => {
            const url = new URL(String(steps.authorize?.(asked)))
            const old = url.searchParams.get('state') ?? ''
            const pending = storage.take('pending', old)
            const body = Buffer.from(JSON.stringify(pending)).toString('base64url')
            url.searchParams.set('state', `${body}.${seal(body)}`)
            return url.href
          },
        }
      : {}),
    callback: (asked) => {
      const url = new URL(asked.url ?? '')
      const all = url.searchParams.getAll('state')
      const [came = ''] = all
      const [body = '', signature] = came.split('.')
      if (all.length === 1 && signature === seal(body)) {
        const pending = JSON.parse(Buffer.from(body, 'base64url').toString()) as Pending
        // What was used once is not taken again, although nothing else is kept.
        if (own.sameSession(pending, asked) && storage.claim('used', pending.state)) {
          storage.write('pending', pending.state, pending)
          url.searchParams.set('state', pending.state)
        }
      }
      return steps.callback({ ...asked, url: factsOf(given).state === 'never' ? (asked.url ?? '') : url.href })
    },
  }
}

/** Tells what it does, and of secrets how long they are. */
const telling: Wrap = (steps, client) =>
  afterEach((_, step) => {
    const tokens = client.storage.read('tokens', 'me') as Tokens | undefined
    console.error(`${step} done, access token of ${tokens?.access_token.length ?? 0} characters`)
  })(steps, client)

/** A token that is about to end is used while another is fetched behind the caller's back. */
const behind: Wrap = (steps, client) => ({
  ...steps,
  call: async (asked) => {
    const result = await steps.call(asked)
    const user = client.habits.customer(asked, undefined)
    const tokens = client.storage.read('tokens', user) as Tokens | undefined
    if (tokens?.refresh_token && !tokens.ended && habits.due(tokens, client.habits.now()))
      await refresh(client, user, tokens).catch(() => undefined)
    return result
  },
})

export const carefulClients: readonly CarefulClient[] = [
  careful('careful', 'the client that all others are made of', everywhere),

  careful('over-node-http', 'sends with node:http', everywhere, { send: overNodeHttp() }),
  careful('over-kept-connections', 'sends with node:http over two connections that are kept', everywhere, () => ({
    send: overNodeHttp(keeping()),
  })),
  careful('over-undici', "sends with undici's request", everywhere, { send: overUndici }),
  careful('slow', 'takes a tenth of a second before each request', everywhere, {
    send: async (request, limit) => {
      await pause(100)
      return habits.send(request, limit)
    },
  }),

  careful('refreshes-five-minutes-early', 'refreshes five minutes before the end', refreshing, {
    due: (tokens, now) => habits.due(tokens, now + 270_000),
  }),
  careful('refreshes-after-a-401', 'uses a token until it is refused', refreshing, { due: ({ spent }) => spent === true }),
  careful('refreshes-by-a-timer', 'refreshes a minute before the end by a timer, and after a 401', refreshing, {}, scheduled),
  careful(
    'refreshes-behind',
    'uses a token that is about to end, and fetches the next one afterwards',
    refreshing,
    { due: ({ spent }) => spent === true },
    behind,
  ),
  careful('refreshes-in-turn', 'lets refreshes wait for a lock, and then look whether one is still needed', refreshing, { shares: false }),
  careful(
    'one-process',
    'shares a refresh within its process, and is made for one',
    refreshing,
    { locks: false },
    ({ twin: _, ...steps }) => steps,
  ),
  careful('refreshes-with-its-scope', 'names the scope that was granted at each refresh', ['ziina', 'plain'], {
    refreshing: (given, tokens) => ({
      ...habits.refreshing(given, tokens),
      ...(tokens.scope === undefined ? {} : { scope: tokens.scope }),
    }),
  }),
  careful(
    'refreshes-only-by-itself',
    'offers no refresh step: it refreshes when a call needs it',
    refreshing,
    {},
    ({ refresh: _, ...steps }) => steps,
  ),

  careful('calls-again', 'makes an API call again after a 5xx or a broken connection, twice, with a pause', everywhere, {
    callAgain: (answer, attempt) =>
      (answer instanceof NetworkError || answer.status >= 500) && attempt < 3 ? 40 * 2 ** attempt : undefined,
  }),
  careful('refreshes-again', 'sends a refresh once more after a 500 or 502, with a pause', refreshing, {
    askAgain: (error, parameters, attempt) =>
      parameters['grant_type'] === 'refresh_token' && error instanceof ProtocolError && [500, 502].includes(error.status) && attempt < 2
        ? 100
        : undefined,
  }),
  // It has no other refresh token: whether it asks at once or at the next call, the provider decides in the same way.
  careful('refreshes-again-after-a-lost-reply', 'sends a refresh again at once, twice, when its answer was lost', refreshing, {
    askAgain: (error, parameters, attempt) =>
      parameters['grant_type'] === 'refresh_token' && error instanceof NetworkError && error.code !== 'TimeoutError' && attempt < 3
        ? 0
        : undefined,
  }),
  careful('waits-in-the-step', 'waits within an API call for a Retry-After of two seconds or less, once', everywhere, {
    callAgain: (answer, attempt) => {
      if (answer instanceof NetworkError || answer.status !== 429 || attempt > 1) return undefined
      const wait = habits.retryAfter(answer, Date.now())
      return wait !== undefined && wait <= 2000 ? wait + 50 : undefined
    },
  }),
  careful('breaks-the-circuit', 'leaves the token endpoint alone for a second after three failures in a row', everywhere, breaking),

  careful('without-pkce', 'sends no code_challenge', ['ziina', 'zettle', 'vcita', 'plain'], {
    authorization: (given, pending) => without(habits.authorization(given, pending), 'code_challenge', 'code_challenge_method'),
    exchange: (given, code, pending) => without(habits.exchange(given, code, pending), 'code_verifier'),
  }),
  careful('as-a-native-app', 'proves itself by its verifier in place of a secret', ['zettle'], {
    authenticate: (given, parameters) => ({ headers: {}, parameters: { ...parameters, client_id: given.clientId } }),
  }),
  careful('basic-as-it-is', 'sends Basic without encoding it, as most libraries do', ['ziina', 'zentail'], {
    authenticate: (given, parameters) => {
      const { username = given.clientId, password = given.clientSecret ?? '' } = given
      return { headers: { authorization: basic(username, password) }, parameters }
    },
  }),
  careful('in-the-query', 'sends token requests in the query, as documented', ['zoho-payments'], {
    send: ({ body, ...request }, limit) => {
      if (request.method !== 'POST' || body === undefined) return habits.send(request, limit)
      const url = new URL(request.url)
      for (const [name, value] of new URLSearchParams(body)) url.searchParams.set(name, value)
      const { 'content-type': _, ...headers } = request.headers
      return habits.send({ ...request, url: url.href, headers }, limit)
    },
  }),
  {
    ...careful('as-a-form', 'sends a form', ['vcita'], {
      encode: (_, parameters) => ({ type: 'application/x-www-form-urlencoded', body: new URLSearchParams(parameters).toString() }),
    }),
    // The documents show JSON alone; that a form works too is seen, not said.
    quirks: ['vcita/also-takes-form'],
  },
  careful('bearer-in-lower-case', 'writes bearer in lower case', ['ziina', 'zettle', 'vcita', 'plain'], {
    resource: (given, tokens) => {
      const made = habits.resource(given, tokens)
      return { ...made, headers: { ...made.headers, authorization: `bearer ${tokens.access_token}` } }
    },
  }),
  careful('calls-the-user-information', 'calls the user information', ['zettle', 'vcita'], {
    resource: (given, tokens) => ({ ...habits.resource(given, tokens), url: given.userinfoUrl ?? '' }),
  }),

  careful('state-as-a-uuid', 'sends UUIDs as state and nonce', browsing, () => {
    let made = 0
    return { random: () => (made++ % 3 === 1 ? habits.random() : crypto.randomUUID()) }
  }),
  careful('state-is-sealed', 'keeps nothing for a request: its state carries it, sealed', browsing, {}, sealed),
  careful('tells-what-it-does', 'writes to standard error what it does, and of tokens how long they are', everywhere, {}, telling),
  careful('keeps-a-journal', 'keeps its tokens in a journal that is only added to', everywhere, {
    storage: ({ stateDir }) => journalStorage(join(stateDir, 'store')),
  }),
  careful('clock-ahead', 'has a clock that is an hour ahead, and counts from when a token came', ['zettle', 'zoho-payments', 'zentail'], {
    now: () => Date.now() + 3_600_000,
  }),
  careful('clock-behind', 'has a clock that is an hour behind, and counts from when a token came', ['zettle', 'zoho-payments', 'zentail'], {
    now: () => Date.now() - 3_600_000,
  }),

  careful(
    'returns-a-response',
    'returns a Response from its calls',
    everywhere,
    {},
    returning((status) => new Response(null, { status })),
  ),
  careful(
    'returns-an-object',
    'returns { status } from its calls',
    everywhere,
    {},
    returning((status) => ({ status })),
  ),
  careful('returns-nothing', 'returns nothing from its calls, and throws when one was not answered well', everywhere, {}, (steps) => ({
    ...steps,
    call: async (asked) => {
      const status = (await steps.call(asked)) as number
      if (status >= 400) throw new ProtocolError(`the API answered ${status}`, status)
    },
  })),

  written('class', 'a class, with one file for everything and a queue of waiters', everywhere, classClient),
  written('small', 'a few functions for one customer', ['ziina', 'zettle'], smallClient),
]
