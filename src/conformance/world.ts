/** The world a case plays in: a sandbox of its own, through the public door. */

import type { Address, Approval, Double, JournalEntry, ProviderId, Toggles } from '../index.js'
import { createServer } from '../index.js'

/** A fault as the control API takes it. */
export interface FaultWish {
  readonly operation: 'token' | 'resource' | 'revoke' | 'disconnect'
  readonly kind: 'status' | 'refuse' | 'rate-limit' | 'reset' | 'lose' | 'truncate' | 'gateway-page'
  readonly times?: number | 'always'
  readonly status?: number
  readonly reason?: string
  readonly retryAfter?: number
}

export interface World extends AsyncDisposable {
  readonly address: Address
  /** Moves the server's time on by seconds; the client's own clock stays. */
  readonly advance: (seconds: number) => Promise<void>
  readonly fault: (wish: FaultWish) => Promise<void>
  readonly clearFaults: () => Promise<void>
  /** What the person at the browser does the next time. */
  readonly approveOnce: (approval: Approval) => Promise<void>
  /** A code without a browser; `url` is where a browser would be sent. */
  readonly code: (wish?: { readonly user?: string; readonly lifetime?: number; readonly state?: string }) => Promise<{
    readonly code: string
    readonly url?: string
  }>
  /** Issues so many more refresh tokens to the same user and client, as other installations would. */
  readonly crowdOut: (count: number) => Promise<void>
  readonly toggle: (name: string, value: string | number | boolean) => Promise<void>
  /** Oldest first, as they were. */
  readonly entries: () => readonly JournalEntry[]
}

const control = async (admin: string, method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(`${admin}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

const worldOf = async (double: Double, provider: ProviderId, close: () => Promise<void>): Promise<World> => {
  const admin = `${double.url()}/__admin`
  return {
    address: (await double.addresses())[provider] ?? double.provider(provider),
    advance: async (seconds) => void double.clock.advance(seconds),
    fault: async (wish) => void (await control(admin, 'POST', '/faults', { provider, ...wish })),
    clearFaults: async () => void (await control(admin, 'DELETE', '/faults')),
    approveOnce: async (approval) => double.approve(approval, { provider, once: true }),
    code: async (wish = {}) => (await control(admin, 'POST', `/providers/${provider}/codes`, wish)) as { code: string; url?: string },
    crowdOut: async (count) => {
      for (let made = 0; made < count; made += 1) await control(admin, 'POST', '/tokens/mint', { provider })
    },
    toggle: async (name, value) => double.quirks.set(name, value),
    entries: () => double.journal.entries({ provider }),
    [Symbol.asyncDispose]: close,
  }
}

export interface Worlds extends AsyncDisposable {
  readonly open: (toggles: Toggles, seed: string) => Promise<World>
}

/** Worlds for one run. @param port for a client that already runs: one world at a time, at the root of this port. */
export const createWorlds = async (provider: ProviderId, port?: number): Promise<Worlds> => ({
  open: async (quirks, seed) => {
    const double = await createServer({ providers: [provider], quirks, seed, ...(port === undefined ? {} : { port }) })
    return worldOf(double, provider, double.close)
  },
  [Symbol.asyncDispose]: async () => {},
})
