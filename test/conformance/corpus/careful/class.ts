/** A client as a class, with everything in one JSON file that is replaced as a whole, and a queue of whoever waits for a refresh. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address, Facts } from '../address.js'
import { factsOf } from '../address.js'
import type { Maker, Steps } from '../client.js'
import { OAuthError, ProtocolError, Unable } from '../errors.js'
import type { Asked, Incoming, Parameters, Reply } from '../habits.js'
import { habits } from '../habits.js'
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

  constructor(given: Address) {
    this.#given = given
    this.#facts = factsOf(given)
    this.#file = new OneFile(given.stateDir)
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
    const tokens = habits.tokensOf(await this.#ask(habits.exchange(this.#given, code, pending)), undefined, Date.now())
    this.#keep(habits.customer(asked, pending), tokens)
  }

  async call(user: string): Promise<number> {
    const first = this.#usable(user)
    const ready = this.#renewable(first) && habits.due(first, Date.now()) ? await this.#renewed(user, first) : first
    const answer = await this.#get(ready)
    if (answer.status !== 401 || !this.#renewable(ready) || ready !== first) return answer.status
    return (await this.#get(await this.#renewed(user, ready))).status
  }

  async refresh(user: string): Promise<void> {
    await this.#renewed(user, this.#usable(user))
  }

  async revoke(user: string): Promise<void> {
    const tokens = this.#usable(user)
    const answer = await habits.send(habits.revocation(this.#given, tokens), habits.limit)
    if (answer.status >= 500 || answer.status === 429) throw new ProtocolError(`revocation was answered ${answer.status}`)
    this.#file.change(({ connections: { [user]: _, ...connections }, ...all }) => ({ ...all, connections }))
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

  #usable(user: string): Tokens {
    const tokens = this.#file.read().connections[user]
    if (!tokens || tokens.ended) throw new Unable('the user has to connect')
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
    try {
      const tokens = habits.tokensOf(await this.#ask(habits.refreshing(this.#given, before)), before, Date.now())
      if (this.#usable(user).access_token === before.access_token) this.#keep(user, tokens)
      return tokens
    } catch (error) {
      if (habits.isFinal(error) && this.#usable(user).access_token === before.access_token) this.#keep(user, { ...before, ended: true })
      throw error
    }
  }

  async #ask(parameters: Parameters): Promise<Reply> {
    const proof = habits.authenticate(this.#given, parameters)
    const { type, body } = habits.encode(this.#given, proof.parameters)
    const headers = { ...proof.headers, 'content-type': type, accept: 'application/json' }
    return habits.read(await habits.send({ method: 'POST', url: this.#given.tokenUrl, headers, body }, habits.limit))
  }

  #get(tokens: Tokens): Promise<Incoming> {
    return habits.send(habits.resource(this.#given, tokens), habits.limit)
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
