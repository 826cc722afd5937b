/** Where a search plays: one server for all of it, and a sandbox for each schedule. */

import type { Provider, Toggles } from '../../index.js'
import { createServer } from '../../index.js'
import type { Driver } from '../drivers/driver.js'
import { stepLimit } from '../drivers/driver.js'
import { profileOf } from '../runner/profile.js'
import type { Stage } from './play.js'

export interface StageOptions {
  readonly provider: Provider
  readonly driver: Driver
  readonly seed: string
  /** Milliseconds that a step may take; 10,000 by default. */
  readonly limit?: number
  /** How the provider differs from what it documents, in every schedule. */
  readonly quirks?: Toggles
  readonly tolerant?: boolean
}

export interface OpenStage extends Stage {
  readonly close: () => Promise<void>
}

/** @throws Error that names a quirk which is unknown */
export const openStage = async ({ provider, driver, seed, limit = stepLimit, quirks = {}, tolerant }: StageOptions): Promise<OpenStage> => {
  const profile = profileOf(provider, quirks)
  const common = { seed, ...(tolerant ? { tolerant } : {}) }
  const togglesFor = (rotates: boolean): Toggles => ({ ...quirks, ...(rotates ? profile.rotating : {}) })
  const stage = { provider, profile, driver, seed, limit }
  if (driver.port !== undefined) {
    const { port } = driver
    const open: Stage['open'] = (rotates) => createServer({ providers: [provider], ...common, quirks: togglesFor(rotates), port })
    return { ...stage, open, close: async () => {} }
  }
  const server = await createServer({ providers: [provider] })
  let serial = 0
  return {
    ...stage,
    open: (rotates) => {
      serial += 1
      return server.sandbox({ ...common, name: `schedule-${serial}`, quirks: togglesFor(rotates) })
    },
    close: server.close,
  }
}
