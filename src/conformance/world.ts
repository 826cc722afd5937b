/** The world a case plays in: a sandbox of its own, through the public door. */

import type { Address, Double, NewFault, ProviderId, Toggles } from '../index.js'
import { createServer } from '../index.js'

export interface World extends AsyncDisposable {
  readonly double: Double
  readonly provider: ProviderId
  readonly address: Address
}

export interface Worlds extends AsyncDisposable {
  /** @param name what URLs call it */
  readonly open: (name: string, quirks: Toggles, seed: string) => Promise<World>
}

/** A fault at this provider; one of API calls meets the user information too, since some clients call nothing else. */
export const fault = ({ double, provider }: World, wish: NewFault): void => {
  double.faults.add({ provider, ...wish })
  if (wish.operation === 'resource') double.faults.add({ provider, ...wish, operation: 'userinfo' })
}

const worldOf = async (double: Double, provider: ProviderId, close: () => Promise<void>): Promise<World> => ({
  double,
  provider,
  address: (await double.addresses())[provider] ?? double.provider(provider),
  [Symbol.asyncDispose]: close,
})

/** How the provider differs from what it documents, in every case. */
export interface Dials {
  readonly quirks?: Toggles
  readonly tolerant?: boolean
}

/** One server for a run, and a sandbox for each case. */
const shared = async (provider: ProviderId, dials: Dials): Promise<Worlds> => {
  const server = await createServer({ providers: [provider] })
  return {
    open: async (name, quirks, seed) => {
      const double = await server.sandbox({ ...dials, name: name.slice(0, 63), quirks: { ...dials.quirks, ...quirks }, seed })
      return worldOf(double, provider, double.close)
    },
    [Symbol.asyncDispose]: server.close,
  }
}

/** For a client that already runs, and knows one address only: the root of one server, made anew for each case. */
const single = (provider: ProviderId, dials: Dials, port: number): Worlds => ({
  open: async (_, quirks, seed) => {
    const double = await createServer({ ...dials, providers: [provider], quirks: { ...dials.quirks, ...quirks }, seed, port })
    return worldOf(double, provider, double.close)
  },
  [Symbol.asyncDispose]: async () => {},
})

/** Worlds for one run. @param port where a client that already runs expects the provider */
export const createWorlds = async (provider: ProviderId, dials: Dials, port?: number): Promise<Worlds> =>
  port === undefined ? shared(provider, dials) : single(provider, dials, port)
