/** A client as a class, with everything in one JSON file that is replaced as a whole, and a queue of whoever waits for a refresh. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address, Facts } from '../address.js'
import { factsOf } from '../address.js'
import type { Maker, Steps } from '../client.js'
import { OAuthError, ProtocolError, Unable } from '../errors.js'
import type { Asked, Incoming, Parameters, Reply } from '../habits.js'
import { habits } from '../habits.js'
import type { Identify } from '../identity.js'
import { identifying } from '../identity.js'
import { patienceOf } from '../patience.js'
import type { Pending, Tokens } from '../storage.js'

interface Everything {
  readonly connections: { readonly [user: string]: Tokens }
  readonly requests: readonly Pending[]
  readonly codes: readonly string[]
}

class OneFile {
  readonly #path: string
  constructor(directory: string) {
    this.#path = join(directory, 'everything.json')
  }
  read(): Everything {
    return existsSync(this.#path)
      ? (JSON.parse(readFileSync(this.#path, 'utf8')) as Everything)
      : { connections: {}, requests: [], codes: [] }
  }
  change(change: (all: Everything) => Everything): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(change(this.read())))
    renameSync(`${this.#path}.new`, this.#path)
  }
}

interface Waiter {
  readonly settle: (tokens: Tokens) => void
  readonly fail: (error: unknown) => void
}

class Connections {
  readonly #given: Address
  readonly #facts: Facts
  readonly #file: OneFile
  readonly #queues = new Map<string, Waiter[]>()
  readonly #patience = patienceOf(habits)
  readonly #identify: Identify

  constructor(given: Address) {
    this.#given = given
    this.#facts = factsOf(given)
    this.#file = new OneFile(given.stateDir)
    this.#identify = identifying(given, habits)
  }

  begin({ user, session = 'default' }: Asked): string {
    const random = habits.random
    const made = { state: random(), verifier: random(), nonce: random(), session, at: Date.now() }
    const pending: Pending = user === undefined ? made : { ...made, user }
    this.#file.change((all) => ({ ...all, requests: [...all.requests.slice(-20), pending] }))
    const url = new URL(this.#given.authorizeUrl ?? '')
    for (const [name, value] of Object.entries(habits.authorization(this.#given, pending))) url.searchParams.set(name, value)
    return url.href
  }

  async finish(asked: Asked): Promise<void> {
    const query = new URL(asked.url ?? '').searchParams
    const pending = this.#match(query, asked)
    const error = query.get('error')
    if (error !== null) throw new OAuthError(error)
    const [code, second] = query.getAll('code')
    if (!code || second !== undefined) throw new ProtocolError('not one code')
    if (this.#file.read().codes.includes(code)) throw new ProtocolError('this code was taken before')
    this.#file.change((all) => ({ ...all, codes: [...all.codes, code] }))
    const reply = await this.#ask(habits.exchange(this.#given, code, pending), habits.tokenUrl(this.#given, query))
    const subject = await this.#identify(reply, pending?.nonce, undefined)
    const tokens = habits.tokensOf(reply, undefined, Date.now())
    this.#keep(habits.customer(asked, pending), subject === undefined ? tokens : { ...tokens, subject })
  }

  async call(user: string): Promise<number> {
    this.#patience.mayAsk('api')
    const first = this.#usable(user)
    const ready = this.#renewable(first) && habits.due(first, Date.now()) ? await this.#ahead(user, first) : first
    const answer = await this.#get(ready)
    if (answer.status !== 401) {
      const { spent, ...good } = ready
      if (spent && answer.status < 400 && ready === first) this.#keep(user, good)
      return answer.status
    }
    if (!this.#renewable(ready)) this.#keep(user, ready.spent ? { ...ready, ended: true } : { ...ready, spent: true })
    if (!this.#renewable(ready) || ready !== first) return answer.status
    return (await this.#get(await this.#renewed(user, { ...ready, spent: true }))).status
  }

  async refresh(user: string): Promise<void> {
    await this.#renewed(user, this.#usable(user))
  }

  /** Nothing of a connection is used once its user wants to leave, even if the provider cannot be told yet. */
  async revoke(user: string): Promise<void> {
    const tokens = this.#held(user)
    const tell = (now: Tokens): Promise<Incoming> => habits.send(habits.revocation(this.#given, now), habits.limit)
    try {
      const first = await tell(tokens)
      const expired = first.status === 401 && this.#renewable(tokens) && !tokens.leaving && !tokens.ended
      const answer = expired ? await tell(await this.#renewed(user, tokens)) : first
      if (answer.status >= 500 || answer.status === 429) throw new ProtocolError(`revocation was answered ${answer.status}`)
    } catch (error) {
      this.#keep(user, { ...this.#held(user), leaving: true })
      throw error
    }
    this.#file.change(({ connections: { [user]: _, ...connections }, ...all }) => ({ ...all, connections }))
  }

  /** A token that still works is used when the next one cannot be fetched. */
  async #ahead(user: string, tokens: Tokens): Promise<Tokens> {
    const over = tokens.spent || (tokens.until ?? Infinity) <= Date.now()
    try {
      return await this.#renewed(user, tokens)
    } catch (error) {
      if (over || habits.isFinal(error)) throw error
      return tokens
    }
  }

  /** The request that a callback answers; it is used up. */
  #match(query: URLSearchParams, asked: Asked): Pending | undefined {
    habits.trustIssuer(this.#given, query)
    if (!habits.ownClient(this.#given, query)) throw new ProtocolError('the callback is for another client')
    const [state, second] = query.getAll('state')
    if (second !== undefined) throw new ProtocolError('two states')
    const mine = this.#file.read().requests.filter((pending) => habits.sameSession(pending, asked))
    if (this.#facts.state === 'never' || (this.#facts.state === 'when-asked' && state === undefined && mine.length === 0)) return undefined
    const pending = mine.find((one) => one.state === state)
    if (!pending) throw new ProtocolError('state differs')
    this.#file.change((all) => ({ ...all, requests: all.requests.filter((one) => one.state !== state) }))
    return pending
  }

  #renewable(tokens: Tokens): boolean {
    return tokens.refresh_token !== undefined
  }

  #held(user: string): Tokens {
    const tokens = this.#file.read().connections[user]
    if (!tokens) throw new Unable('the user has to connect')
    return tokens
  }

  #usable(user: string): Tokens {
    const tokens = this.#held(user)
    if (tokens.ended || tokens.leaving) throw new Unable('the user has to connect again')
    return tokens
  }

  #keep(user: string, tokens: Tokens): void {
    this.#file.change((all) => ({ ...all, connections: { ...all.connections, [user]: tokens } }))
  }

  /** Whoever comes first refreshes; all others stand in the queue and are told what came of it. */
  #renewed(user: string, stale: Tokens): Promise<Tokens> {
    return new Promise((settle, fail) => {
      const queue = this.#queues.get(user)
      if (queue) return void queue.push({ settle, fail })
      const opened: Waiter[] = [{ settle, fail }]
      this.#queues.set(user, opened)
      void this.#renew(user, stale)
        .then(
          (tokens) => () => opened.forEach((waiter) => void waiter.settle(tokens)),
          (error: unknown) => () => opened.forEach((waiter) => void waiter.fail(error)),
        )
        .then((tell) => {
          this.#queues.delete(user)
          tell()
        })
    })
  }

  async #renew(user: string, stale: Tokens): Promise<Tokens> {
    const before = this.#usable(user)
    if (before.access_token !== stale.access_token) return before
    const settle = (now: Tokens): void => {
      // What came in the meantime, such as a new connection, is worth more.
      if (this.#held(user).access_token === before.access_token) this.#keep(user, now)
    }
    try {
      const reply = await this.#ask(habits.refreshing(this.#given, before))
      const tokens = habits.tokensOf(reply, before, Date.now())
      settle(tokens)
      await this.#identify(reply, undefined, before.subject)
      return tokens
    } catch (error) {
      if (habits.isFinal(error)) settle({ ...before, ended: true })
      else if (stale.spent) settle({ ...before, spent: true })
      throw error
    }
  }

  async #ask(parameters: Parameters, url = this.#given.tokenUrl): Promise<Reply> {
    this.#patience.mayAsk('token')
    const proof = habits.authenticate(this.#given, parameters)
    const { type, body } = habits.encode(this.#given, proof.parameters)
    const headers = { ...proof.headers, 'content-type': type, accept: 'application/json' }
    const answer = await habits.send({ method: 'POST', url, headers, body }, habits.limit)
    this.#patience.listen('token', answer)
    return habits.read(answer)
  }

  async #get(tokens: Tokens): Promise<Incoming> {
    const answer = await habits.send(habits.resource(this.#given, tokens), habits.limit)
    this.#patience.listen('api', answer)
    return answer
  }
}

export const classClient: Maker = (given): Steps => {
  const connections = new Connections(given)
  const facts = factsOf(given)
  const user = (asked: Asked): string => habits.customer(asked, undefined)
  return {
    client: 'class',
    customers: true,
    sessions: true,
    store: 'everything.json',
    ...(given.authorizeUrl === undefined ? {} : { authorize: (asked) => connections.begin(asked) }),
    callback: (asked) => connections.finish(asked),
    call: (asked) => connections.call(user(asked)),
    ...(facts.refreshes ? { refresh: (asked) => connections.refresh(user(asked)) } : {}),
    ...(given.revokeUrl === undefined ? {} : { revoke: (asked) => connections.revoke(user(asked)) }),
  }
}
