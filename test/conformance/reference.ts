/** A client that does everything right at all five providers: what every check must survive. */

import type { ModuleClient, ModuleSteps } from '../../src/conformance/drivers/module.js'
import type { Parts, Stored, Tokens } from './parts.js'
import { Nonsense, patience, reference, Unable } from './parts.js'

/** Without what was kept for the request, and with the code among those that were taken. */
const taken = ({ used = [] }: Stored, code: string): Partial<Stored> => {
  if (used.includes(code)) throw new Nonsense('this code was taken before')
  return { pending: undefined, used: [...used, code] }
}

/** A client that runs on these parts. */
export const clientOf =
  (changed: Partial<Parts> = {}): ModuleClient =>
  (given) => {
    const parts: Parts = { ...reference, ...changed }
    const storage = parts.storage(given)
    const underway = new Map<string, Promise<Tokens>>()
    const held = (customer: string): Tokens => {
      const tokens = storage.read().tokens[customer]
      if (!tokens) throw new Unable('no tokens are held')
      return tokens
    }
    const present = async (customer: string): Promise<Tokens> => {
      const tokens = { ...parts.tokensOf(await parts.ask(given, parts.assertion(given)), undefined), assertion: true }
      parts.keep(storage, customer, tokens)
      return tokens
    }
    const renew = async (customer: string): Promise<Tokens> => {
      const before = held(customer)
      if (before.assertion) return present(customer)
      const parameters = parts.refreshing(before)
      try {
        const tokens = parts.tokensOf(await parts.ask(given, parameters), before)
        parts.keep(storage, customer, tokens)
        return tokens
      } catch (error) {
        parts.keep(storage, customer, parts.onRefused(error, before))
        throw error
      }
    }
    const refresh = (customer: string): Promise<Tokens> => {
      const running = parts.shares ? underway.get(customer) : undefined
      if (running) return running
      const begun = renew(customer).finally(() => underway.delete(customer))
      underway.set(customer, begun)
      return begun
    }
    let quietUntil = 0
    const send = async (tokens: Tokens): Promise<Response> => {
      for (let attempt = 1; ; attempt += 1) {
        const response = await fetch(parts.resource(given, tokens), { headers: parts.header(given, tokens), redirect: 'manual', signal: patience() })
        await response.body?.cancel()
        if (response.status === 429) quietUntil = Date.now() + Number(response.headers.get('retry-after') ?? 1) * 1000
        if (!parts.again(response, attempt)) return response
      }
    }
    const call = async (customer: string): Promise<number> => {
      if (parts.waits && Date.now() < quietUntil) throw new Unable('the provider asked to wait')
      const found = held(customer)
      if (found.ended) throw new Unable('the user has to connect again')
      const renewable = found.refresh_token !== undefined || found.assertion === true
      const before = renewable && parts.due(found, Date.now()) ? await refresh(customer) : found
      const response = await send(before)
      if (!parts.expired(response) || !renewable) return response.status
      // Another call may have refreshed while this one was on its way.
      const now = held(customer)
      const { status } = await send(now.access_token === before.access_token || !parts.shares ? await refresh(customer) : now)
      return status
    }
    const redeem = async (url: string, user: string | undefined): Promise<void> => {
      const { pending } = storage.read()
      const code = parts.believe(given, new URL(url).searchParams, pending)
      // What was kept for the request is gone before the code is sent: no callback can use it again.
      if (parts.once) storage.write(taken(storage.read(), code))
      parts.keep(storage, parts.customer(user), parts.tokensOf(await parts.ask(given, parts.exchange(given, code, pending)), undefined))
    }
    const made: ModuleSteps = {
      client: 'reference',
      customers: true,
      ...(given.authorizeUrl === undefined
        ? {}
        : {
            authorize: () => {
              const pending = { state: parts.newState(), verifier: parts.newVerifier() }
              storage.write({ pending })
              return `${given.authorizeUrl}?${new URLSearchParams(parts.authorization(given, pending))}`
            },
          }),
      callback: ({ url = '', user }) => parts.settle(() => redeem(url, user)),
      call: ({ user }) => call(parts.customer(user)),
      ...(['ziina', 'zettle', 'zoho-payments'].includes(given.provider) ? { refresh: ({ user }) => refresh(parts.customer(user)) } : {}),
      ...(given.revokeUrl === undefined
        ? {}
        : {
            revoke: async ({ user }) => {
              const tokens = held(parts.customer(user))
              const { url, init } = parts.revocation(given, tokens)
              // The user left, whatever the provider makes of it.
              parts.keep(storage, parts.customer(user), parts.forget(tokens))
              const response = await fetch(url, { ...init, redirect: 'manual', signal: patience() })
              if (!response.ok) throw new Nonsense(`revocation was answered ${response.status}`)
            },
          }),
      ...(given.assertion === undefined ? {} : { assertion: ({ user }) => present(parts.customer(user)) }),
    }
    return parts.steps(made, given)
  }
