/** Where a search plays: one server for all of it, and a sandbox for each schedule. */

import type { Double, Provider, Settings, Toggles } from '../../index.js'
import { createServer } from '../../index.js'
import type { Format } from '../../provider/formats.js'
import { quirksOf, settle } from '../../provider/quirk.js'
import type { Driver } from '../drivers/driver.js'
import { stepLimit } from '../drivers/driver.js'
import { profileOf } from '../runner/profile.js'
import type { Stage } from './play.js'
import type { Ground } from './schedule.js'

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

/** Every character that RFC 6750 §2.1 allows, and more of them than a database column often takes. */
const longPattern = `{url43}${'AZaz09-._~+/'.repeat(337)}abcdefgh=`

const longFormat = (format: Format): Format =>
  format.kind === 'opaque'
    ? { kind: 'opaque', pattern: longPattern }
    : { ...format, claims: { ...format.claims, note: 'long'.repeat(1000) } }

/** Toggles of one provider, by their names alone. */
const ownToggles = ({ id }: Provider, toggles: Toggles): Toggles =>
  Object.fromEntries(
    Object.entries(toggles).flatMap(([name, toggle]) => (name.startsWith(`${id}/`) ? [[name.slice(id.length + 1), toggle] as const] : [])),
  )

/** The provider as it is under these toggles, with long access tokens. */
const withLongTokens = (provider: Provider, toggles: Toggles, tolerant = false): Provider => {
  const tolerances = quirksOf(provider.settings).filter(({ quirk }) => tolerant && quirk.name.startsWith('also-takes-'))
  const settings = settle<Settings>(provider.settings, {
    ...Object.fromEntries(tolerances.map(({ quirk }) => [quirk.name, true])),
    ...ownToggles(provider, toggles),
  })
  return { ...provider, settings: { ...settings, access: { ...settings.access, format: longFormat(settings.access.format) } } }
}

/** @throws Error that names a quirk which is unknown */
export const openStage = async ({ provider, driver, seed, limit = stepLimit, quirks = {}, tolerant }: StageOptions): Promise<OpenStage> => {
  const profile = profileOf(provider, quirks)
  const common = { seed, ...(tolerant ? { tolerant } : {}) }
  const stage = { provider, profile, driver, seed, limit }
  /** Which provider, and its toggles. Long tokens are no quirk of anybody: there the toggles are settled already. */
  const grounded = ({ rotates = false, longTokens = false }: Ground) => {
    const toggles = { ...quirks, ...(rotates ? profile.rotating : {}) }
    return longTokens ? { provider: withLongTokens(provider, toggles, tolerant), quirks: {} } : { provider, quirks: toggles }
  }
  if (driver.port !== undefined) {
    const { port } = driver
    const open: Stage['open'] = (ground) => {
      const { provider: one, quirks: toggles } = grounded(ground)
      return createServer({ providers: [one], ...common, quirks: toggles, port })
    }
    return { ...stage, open, close: async () => {} }
  }
  const servers = new Map<string, Promise<Double>>()
  const serverFor = (one: Provider, { rotates, longTokens }: Ground): Promise<Double> => {
    const key = longTokens ? `long, ${rotates === true}` : 'as documented'
    const server = servers.get(key) ?? createServer({ providers: [one] })
    servers.set(key, server)
    return server
  }
  await serverFor(provider, {})
  let serial = 0
  return {
    ...stage,
    open: async (ground) => {
      serial += 1
      // Before anything is waited for: another schedule may be opened meanwhile.
      const name = `schedule-${serial}`
      const { provider: one, quirks: toggles } = grounded(ground)
      const server = await serverFor(one, ground)
      return server.sandbox({ ...common, name, quirks: toggles })
    },
    close: async () => void (await Promise.all([...servers.values()].map(async (server) => (await server).close()))),
  }
}
