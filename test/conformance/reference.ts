/** A client that does everything right at all five providers: what every check must survive. */

import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ModuleClient, ModuleSteps } from '../../src/conformance/drivers/module.js'
import type { Parts, Pending, Reply, Stored, Tokens } from './parts.js'
import { Busy, Nonsense, reference, Unable } from './parts.js'

/** Without what was kept for the request, and with the code among those that were taken. */
const taken = ({ used = [], pending = [] }: Stored, code: string, request: Pending | undefined): Partial<Stored> => {
  if (used.includes(code)) throw new Nonsense('this code was taken before')
  return { pending: pending.filter(({ state }) => state !== request?.state), used: [...used, code] }
}

/** One piece of work at a time over a state directory, for all processes that share it. */
const alone = async <T>(stateDir: string, work: () => Promise<T>): Promise<T> => {
  const lock = join(stateDir, 'lock')
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch {
      await pause(10)
    }
  }
  try {
    return await work()
  } finally {
    rmdirSync(lock)
  }
}

/** A client that runs on these parts. */
export const clientOf =
  (changed: Partial<Parts> = {}): ModuleClient =>
  (given) => {
    const parts: Parts = { ...reference, ...changed }
    const storage = parts.storage(given)
    let ahead = 0
    const clock = (): number => Date.now() + ahead
    const underway = new Map<string, Promise<Tokens>>()
    const held = (customer: string): Tokens => {
      const tokens = storage.read().tokens[customer]
      if (!tokens) throw new Unable('no tokens are held')
      return tokens
    }
    let tokenQuietUntil = 0
    const ask = async (parameters: Record<string, string>): Promise<Reply> => {
      if (parts.waits && clock() < tokenQuietUntil) throw new Unable('the provider asked to wait')
      try {
        return await parts.ask(given, parameters)
      } catch (error) {
        if (error instanceof Busy) tokenQuietUntil = clock() + error.seconds * 1000
        throw error
      }
    }
    const spoil = (what: 'authorize' | 'callback' | 'refresh', error?: unknown): void => {
      if (parts.spoils(what, error)) storage.write({ tokens: {} })
    }
    const present = async (customer: string): Promise<Tokens> => {
      const tokens = { ...parts.tokensOf(await ask(parts.assertion(given)), undefined, clock()), assertion: true }
      parts.keep(storage, customer, tokens)
      return tokens
    }
    const renew = async (customer: string, stale: Tokens): Promise<Tokens> => {
      const before = held(customer)
      // Another process may have refreshed while this one waited for its turn.
      if (parts.locks && before.access_token !== stale.access_token && !before.ended) return before
      if (before.assertion) return present(customer)
      const parameters = parts.refreshing(before)
      try {
        const tokens = parts.tokensOf(await ask(parameters), before, clock())
        parts.keep(storage, customer, tokens)
        return tokens
      } catch (error) {
        parts.keep(storage, customer, parts.onRefused(error, before))
        spoil('refresh', error)
        throw error
      }
    }
    const refresh = (customer: string): Promise<Tokens> => {
      const running = parts.shares ? underway.get(customer) : undefined
      if (running) return running
      const stale = held(customer)
      const work = (): Promise<Tokens> => renew(customer, stale)
      const begun = parts.locks ? alone(given.stateDir, work) : work()
      underway.set(customer, begun)
      const over = (): void => void underway.delete(customer)
      void begun.then(over, parts.clears ? over : () => {})
      return begun
    }
    let quietUntil = 0
    const send = async (tokens: Tokens): Promise<Response> => {
      for (let attempt = 1; ; attempt += 1) {
        const response = await parts.send(parts.resource(given, tokens), { headers: parts.header(given, tokens) })
        await response.body?.cancel()
        if (response.status === 429) quietUntil = clock() + Number(response.headers.get('retry-after') ?? 1) * 1000
        if (!parts.again(response, attempt)) return response
      }
    }
    const call = async (customer: string): Promise<number> => {
      if (parts.waits && clock() < quietUntil) throw new Unable('the provider asked to wait')
      const found = held(customer)
      if (found.ended) throw new Unable('the user has to connect again')
      const renewable = found.refresh_token !== undefined || found.assertion === true
      const makeDo = (error: unknown): Tokens => {
        if (parts.makesDo(error, found, clock())) return found
        throw error
      }
      const before = renewable && parts.due(found, clock()) ? await refresh(customer).catch(makeDo) : found
      const response = await send(before)
      if (!parts.expired(response) || !renewable) return response.status
      // Another call may have refreshed while this one was on its way.
      const now = held(customer)
      const { status } = await send(now.access_token === before.access_token || !parts.shares ? await refresh(customer) : now)
      return status
    }
    const redeem = async (url: string, user: string | undefined, session: string | undefined): Promise<void> => {
      const query = new URL(url).searchParams
      const pending = parts.pick(storage.read().pending ?? [], query, session)
      const code = parts.believe(given, query, pending)
      // What was kept for the request is gone before the code is sent: no callback can use it again.
      if (parts.once) storage.write(taken(storage.read(), code, pending))
      const reply = await ask(parts.exchange(given, code, pending))
      await parts.identify(given, reply, pending)
      const tokens = parts.tokensOf(reply, undefined, clock())
      parts.keep(storage, parts.customer(user), tokens)
    }
    const callback = async (url: string, user: string | undefined, session: string | undefined): Promise<void> => {
      try {
        await redeem(url, user, session)
      } catch (error) {
        spoil('callback', error)
        throw error
      }
    }
    const made: ModuleSteps = {
      client: 'reference',
      customers: true,
      sessions: true,
      twin: true,
      clock: ({ now = 0 }) => {
        ahead = now * 1000 - Date.now()
      },
      store: 'client.json',
      ...(given.authorizeUrl === undefined
        ? {}
        : {
            authorize: ({ session }: { readonly session?: string }) => {
              const pending = {
                state: parts.newState(),
                verifier: parts.newVerifier(),
                nonce: parts.newState(),
                ...(session === undefined ? {} : { session }),
              }
              storage.write({ pending: parts.began(storage.read().pending ?? [], pending) })
              spoil('authorize')
              return `${given.authorizeUrl}?${new URLSearchParams(parts.authorization(given, pending))}`
            },
          }),
      callback: ({ url = '', user, session }) => parts.settle(() => callback(url, user, session)),
      call: ({ user }) => call(parts.customer(user)),
      ...(['ziina', 'zettle', 'zoho-payments'].includes(given.provider) ? { refresh: ({ user }) => refresh(parts.customer(user)) } : {}),
      ...(given.revokeUrl === undefined
        ? {}
        : {
            revoke: async ({ user }) => {
              const tokens = held(parts.customer(user))
              const tell = (held: Tokens): Promise<Response> => {
                const { url, init } = parts.revocation(given, held)
                return parts.send(url, init)
              }
              // The user left, whatever the provider makes of it.
              parts.keep(storage, parts.customer(user), parts.forget(tokens))
              const first = await tell(tokens)
              const expired = parts.expired(first) && tokens.refresh_token !== undefined && !tokens.ended
              const response = expired ? await tell(parts.tokensOf(await ask(parts.refreshing(tokens)), tokens, clock())) : first
              if (!response.ok) throw new Nonsense(`revocation was answered ${response.status}`)
            },
          }),
      ...(given.assertion === undefined ? {} : { assertion: ({ user }) => present(parts.customer(user)) }),
    }
    return parts.steps(made, given)
  }
