/** A careful client, made of habits: what it does in each step, and in which order. */

import type { Address, Facts } from './address.js'
import { factsOf } from './address.js'
import { NetworkError, OAuthError, ProtocolError, Unable } from './errors.js'
import type { Asked, Habits, Incoming, Parameters, Reply } from './habits.js'
import { habits as careful, parameter } from './habits.js'
import type { Identify } from './identity.js'
import { identifying } from './identity.js'
import { locked } from './lock.js'
import type { Patience } from './patience.js'
import { patienceOf } from './patience.js'
import type { Pending, Storage, Tokens } from './storage.js'

/** The steps of a client in the form that `conform --module` takes. */
export interface Steps {
  readonly client: string
  readonly customers?: boolean
  readonly sessions?: boolean
  readonly twin?: boolean
  /** Where it keeps tokens on purpose, under its state directory. */
  readonly store?: string
  readonly authorize?: (asked: Asked) => unknown
  readonly callback: (asked: Asked) => unknown
  readonly call: (asked: Asked) => unknown
  readonly refresh?: (asked: Asked) => unknown
  readonly revoke?: (asked: Asked) => unknown
  readonly assertion?: (asked: Asked) => unknown
  readonly clock?: (asked: Asked) => unknown
}

/** What a module exports: it makes the steps anew at each start. */
export type Maker = (given: Address) => Steps

/** What the steps of one started client share; whoever changes steps as a whole gets it too. */
export interface Client {
  readonly given: Address
  readonly facts: Facts
  readonly habits: Habits
  readonly storage: Storage
  readonly flights: Map<string, Promise<Tokens>>
  /** Tokens that could not be written yet. */
  readonly unsaved: Map<string, Tokens>
  /** How often in a row a token that was just fetched was refused, and when last. */
  readonly fruitless: Map<string, { readonly times: number; readonly at: number }>
  readonly patience: Patience
  readonly identify: Identify
}

export const pause = (milliseconds: number): Promise<void> => new Promise((later) => setTimeout(later, milliseconds))

/** Sends a token request. */
export const ask = async (client: Client, parameters: Parameters, url: string): Promise<Reply> => {
  const { habits, given } = client
  client.patience.mayAsk('token')
  const proof = habits.authenticate(given, parameters)
  const { type, body } = habits.encode(given, proof.parameters)
  const headers = { accept: 'application/json', 'content-type': type, ...proof.headers }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await habits.send({ method: 'POST', url, headers, body }, habits.limit)
      client.patience.listen('token', answer)
      return habits.read(answer)
    } catch (error) {
      const wait = habits.askAgain(error, parameters, attempt)
      if (wait === undefined) throw error
      await pause(wait)
    }
  }
}

const api = async (client: Client, tokens: Tokens): Promise<Incoming> => {
  const { habits, given } = client
  for (let attempt = 1; ; attempt += 1) {
    const answer = await habits.send(habits.resource(given, tokens), habits.limit).catch((error: unknown) => {
      if (error instanceof NetworkError) return error
      throw error
    })
    if (!(answer instanceof NetworkError)) client.patience.listen('api', answer)
    const wait = habits.callAgain(answer, attempt)
    if (wait !== undefined) await pause(wait)
    else if (answer instanceof NetworkError) throw answer
    else return answer
  }
}

/** Writes tokens down. What cannot be written is kept in memory, for it may be the only one that still works. */
export const keep = ({ habits, storage, unsaved }: Client, user: string, tokens: Tokens): void => {
  unsaved.set(user, tokens)
  try {
    habits.save(storage, user, tokens)
    unsaved.delete(user)
  } catch {
    // Written at the next opportunity.
  }
}

export const held = (client: Client, user: string): Tokens => {
  const waiting = client.unsaved.get(user)
  if (waiting) keep(client, user, waiting)
  const tokens = waiting ?? (client.storage.read('tokens', user) as Tokens | undefined)
  if (!tokens) throw new Unable('no tokens are held')
  return tokens
}

const usable = (client: Client, user: string): Tokens => {
  const tokens = held(client, user)
  if (tokens.ended || tokens.leaving) throw new Unable('the user has to connect again')
  return tokens
}

const alone = <T>({ habits, given }: Client, user: string, work: () => Promise<T>): Promise<T> =>
  habits.locks ? locked(given.stateDir, user, habits.limit * 2, work) : work()

/** The request that a callback answers, if any: it is given out once. @throws when it must not be believed */
const recognise = (client: Client, query: URLSearchParams, asked: Asked): Pending | undefined => {
  const { habits, facts, given, storage } = client
  habits.trustIssuer(given, query)
  if (!habits.ownClient(given, query)) throw new ProtocolError('the callback is for another client')
  if (facts.state === 'never') return undefined
  const waiting = storage.all('pending') as readonly Pending[]
  const came = parameter(query, 'state')
  if (came === undefined) {
    const error = parameter(query, 'error')
    if (error !== undefined) throw new OAuthError(error)
    if (facts.state === 'when-asked' && !waiting.some((pending) => habits.sameSession(pending, asked))) return undefined
    throw new ProtocolError('no state came')
  }
  const found = waiting.find((pending) => habits.sameState(came, pending.state))
  if (!found) throw new ProtocolError('state differs')
  if (!habits.sameSession(found, asked)) throw new ProtocolError('another session asked for this')
  if (habits.once && storage.take('pending', found.state) === undefined) throw new ProtocolError('this callback came before')
  return found
}

const begin = (client: Client, { user, session = 'default' }: Asked): string => {
  const { habits, storage, given } = client
  const now = habits.now()
  for (const old of storage.all('pending') as readonly Pending[]) if (now - old.at > 600_000) storage.remove('pending', old.state)
  const made = { state: habits.random(), verifier: habits.random(), nonce: habits.random(), session, at: now }
  const pending: Pending = user === undefined ? made : { ...made, user }
  storage.write('pending', pending.state, pending)
  const url = new URL(given.authorizeUrl ?? '')
  for (const [name, value] of Object.entries(habits.authorization(given, pending))) url.searchParams.set(name, value)
  return url.href
}

const redeem = async (client: Client, asked: Asked): Promise<void> => {
  const { habits, storage, given } = client
  const query = new URL(asked.url ?? '').searchParams
  const pending = recognise(client, query, asked)
  const error = parameter(query, 'error')
  if (error !== undefined) throw new OAuthError(error)
  const code = parameter(query, 'code')
  if (!code) throw new ProtocolError('no code came')
  if (!habits.claimCode(storage, code)) throw new ProtocolError('this code was taken before')
  const reply = await ask(client, habits.exchange(given, code, pending), habits.tokenUrl(given, query))
  const subject = await client.identify(reply, pending?.nonce, undefined)
  const tokens = habits.tokensOf(reply, undefined, habits.now())
  const user = habits.customer(asked, pending)
  await alone(client, user, async () => keep(client, user, subject === undefined ? tokens : { ...tokens, subject }))
  if (!habits.once && pending) storage.remove('pending', pending.state)
  client.fruitless.delete(user)
}

const present = async (client: Client, user: string): Promise<Tokens> => {
  const { habits, given } = client
  const reply = await ask(client, habits.assertion(given), given.tokenUrl)
  const tokens = { ...habits.tokensOf(reply, undefined, habits.now()), assertion: true }
  keep(client, user, tokens)
  return tokens
}

/** Fetches new tokens in place of `stale`, unless somebody else has. */
const renew = async (client: Client, user: string, stale: Tokens): Promise<Tokens> => {
  const { habits, given } = client
  const before = habits.looksAgain ? usable(client, user) : stale
  if (habits.spares && before.access_token !== stale.access_token) return before
  if (before.assertion) return present(client, user)
  // What came in the meantime, such as a new connection, is worth more than what this refresh brings.
  const settle = (now: Tokens | undefined): void => {
    if (habits.guards && held(client, user).access_token !== before.access_token) return
    if (now) keep(client, user, now)
    else client.storage.remove('tokens', user)
  }
  try {
    const reply = await ask(client, habits.refreshing(given, before), habits.tokenUrl(given, undefined))
    const tokens = habits.tokensOf(reply, before, habits.now())
    settle(tokens)
    const subject = await client.identify(reply, undefined, before.subject)
    return subject === undefined ? tokens : { ...tokens, subject }
  } catch (error) {
    settle(habits.isFinal(error) ? habits.onFinal(before) : habits.onTrouble({ ...before, ...(stale.spent ? { spent: true } : {}) }))
    if (habits.guards && held(client, user).access_token !== before.access_token) return usable(client, user)
    throw error
  }
}

export const refresh = (client: Client, user: string, stale: Tokens): Promise<Tokens> => {
  const running = client.habits.shares ? client.flights.get(user) : undefined
  if (running) return running
  const begun = alone(client, user, () => renew(client, user, stale)).finally(() => client.flights.delete(user))
  client.flights.set(user, begun)
  return begun
}

/** An API that refuses every new token is not helped by more of them: twice in a row, then a short rest. */
const resting = ({ fruitless, habits }: Client, user: string): boolean => {
  const { times, at } = fruitless.get(user) ?? { times: 0, at: 0 }
  return times > 1 && habits.now() - at < 500
}

const judge = (client: Client, user: string, refused: boolean): void => {
  const { times } = client.fruitless.get(user) ?? { times: 0 }
  if (refused) client.fruitless.set(user, { times: times + 1, at: client.habits.now() })
  else client.fruitless.delete(user)
}

/** A token that cannot be renewed and was refused twice is given up. */
const refusedForGood = (client: Client, user: string, tokens: Tokens): Promise<void> =>
  alone(client, user, async () => {
    if (held(client, user).access_token === tokens.access_token)
      keep(client, user, tokens.spent ? { ...tokens, ended: true } : { ...tokens, spent: true })
  })

/** One refusal was a mistake of the API. */
const worksAgain = (client: Client, user: string, { spent: _, ...tokens }: Tokens): Promise<void> =>
  alone(client, user, async () => {
    if (held(client, user).access_token === tokens.access_token) keep(client, user, tokens)
  })

/** One API call, with a new token before or after it where that is needed. */
export const call = async (client: Client, user: string): Promise<Incoming> => {
  const { habits } = client
  client.patience.mayAsk('api')
  const found = usable(client, user)
  const renewable = found.refresh_token !== undefined || found.assertion === true
  const now = habits.now()
  const ahead = renewable && habits.due(found, now) && !resting(client, user)
  const over = found.spent || (found.until ?? Infinity) <= now
  const tokens = ahead
    ? await refresh(client, user, found).catch((error: unknown) => {
        if (over || habits.isFinal(error)) throw error
        return found
      })
    : found
  const answer = await api(client, tokens)
  if (!habits.expired(answer)) {
    judge(client, user, false)
    if (tokens.spent && answer.status < 400) await worksAgain(client, user, tokens)
    return answer
  }
  if (!renewable) await refusedForGood(client, user, tokens)
  if (ahead && tokens !== found) judge(client, user, true)
  if (!renewable || ahead || resting(client, user)) return answer
  const again = await api(client, await refresh(client, user, { ...tokens, spent: true }))
  judge(client, user, habits.expired(again))
  return again
}

/** Ends a connection: nothing of it is used any more, and what the provider was not told it is told at the next attempt. */
const end = async (client: Client, user: string): Promise<void> => {
  const { habits, storage, given } = client
  const tell = (tokens: Tokens): Promise<Incoming> => habits.send(habits.revocation(given, tokens), habits.limit)
  const first = held(client, user)
  const answer = await tell(first)
  const renewable = first.refresh_token !== undefined && !first.ended && !first.leaving
  const last =
    answer.status === 401 && renewable
      ? await refresh(client, user, first)
          .then(tell)
          .catch(() => answer)
      : answer
  if (last.status === 429 || last.status >= 500) {
    keep(client, user, { ...held(client, user), leaving: true })
    throw new ProtocolError(`revocation was answered ${last.status}`, last.status)
  }
  storage.remove('tokens', user)
  if (last.status >= 400) throw new ProtocolError(`revocation was answered ${last.status}`, last.status)
}

const leave = (client: Client, user: string): Promise<void> =>
  end(client, user).catch((error: unknown) => {
    if (error instanceof NetworkError) keep(client, user, { ...held(client, user), leaving: true })
    throw error
  })

const stepsOf = (client: Client): Steps => {
  const { habits, given, facts } = client
  const customer = (asked: Asked): string => habits.customer(asked, undefined)
  return {
    client: 'careful',
    customers: true,
    sessions: true,
    twin: true,
    store: 'store',
    ...(given.authorizeUrl === undefined ? {} : { authorize: (asked) => begin(client, asked) }),
    callback: (asked) => redeem(client, asked),
    call: async (asked) => (await call(client, customer(asked))).status,
    ...(facts.refreshes
      ? {
          refresh: async (asked) => {
            const user = customer(asked)
            await refresh(client, user, usable(client, user))
          },
        }
      : {}),
    ...(given.revokeUrl === undefined ? {} : { revoke: (asked) => leave(client, customer(asked)) }),
    ...(given.assertion === undefined
      ? {}
      : {
          assertion: async (asked) => {
            await present(client, customer(asked))
          },
        }),
  }
}

/** @param changed what it does otherwise @param wrap what it does otherwise about whole steps */
export const clientOf =
  (changed: Partial<Habits> = {}, wrap: (steps: Steps, client: Client) => Steps = (steps) => steps): Maker =>
  (given) => {
    const own = { ...careful, ...changed }
    let ahead = 0
    const habits = { ...own, now: () => own.now() + ahead }
    const client: Client = {
      given,
      facts: factsOf(given),
      habits,
      storage: habits.storage(given),
      flights: new Map(),
      unsaved: new Map(),
      fruitless: new Map(),
      patience: patienceOf(habits),
      identify: identifying(given, habits),
    }
    const clock = ({ now = 0 }: Asked): void => {
      ahead = now * 1000 - own.now()
    }
    return wrap({ ...stepsOf(client), clock }, client)
  }
