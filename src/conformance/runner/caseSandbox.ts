/** The world a case plays in: a sandbox of its own, through the public door. */

import type { Double, FaultInput, Provider, ProviderAddress, Toggles } from '../../index.js'
import { createServer } from '../../index.js'

export interface CaseSandbox extends AsyncDisposable {
  readonly double: Double
  /** Its id. */
  readonly provider: string
  readonly address: ProviderAddress
}

export interface CaseSandboxes extends AsyncDisposable {
  /** @param name what URLs call it */
  readonly open: (name: string, quirks: Toggles, seed: string) => Promise<CaseSandbox>
}

/** A fault at this provider; one of API calls meets the user information too, since some clients call nothing else. */
export const fault = ({ double, provider }: CaseSandbox, options: FaultInput): void => {
  double.faults.add({ provider, ...options })
  if (options.operation === 'resource') double.faults.add({ provider, ...options, operation: 'userinfo' })
}

const caseSandboxOf = async (double: Double, provider: string, close: () => Promise<void>): Promise<CaseSandbox> => ({
  double,
  provider,
  address: (await double.addresses())[provider] ?? double.provider(provider),
  [Symbol.asyncDispose]: close,
})

/** How the provider differs from what it documents, in every case. */
export interface ProviderOverrides {
  readonly quirks?: Toggles
  readonly tolerant?: boolean
}

/** One server for a run, and a sandbox for each case. */
const shared = async (provider: Provider, overrides: ProviderOverrides): Promise<CaseSandboxes> => {
  const server = await createServer({ providers: [provider] })
  return {
    open: async (name, quirks, seed) => {
      const double = await server.sandbox({ ...overrides, name: name.slice(0, 63), quirks: { ...overrides.quirks, ...quirks }, seed })
      return caseSandboxOf(double, provider.id, double.close)
    },
    [Symbol.asyncDispose]: server.close,
  }
}

/** For a client that already runs, and knows one address only: the root of one server, made anew for each case. */
const single = (provider: Provider, overrides: ProviderOverrides, port: number): CaseSandboxes => ({
  open: async (_, quirks, seed) => {
    const double = await createServer({ ...overrides, providers: [provider], quirks: { ...overrides.quirks, ...quirks }, seed, port })
    return caseSandboxOf(double, provider.id, double.close)
  },
  [Symbol.asyncDispose]: async () => {},
})

/** Worlds for one run. @param port where a client that already runs expects the provider */
export const createCaseSandboxes = async (provider: Provider, overrides: ProviderOverrides, port?: number): Promise<CaseSandboxes> =>
  port === undefined ? shared(provider, overrides) : single(provider, overrides, port)
