/** A sandbox as callers ask for it, and what that means to the registry. */

import type { ClockChange } from '../clock/clock.js'
import type { Toggles } from '../provider/quirk.js'
import type { SandboxRegistry } from './sandboxRegistry.js'

export interface SandboxInput {
  /** Made up when left out: up to 63 lower-case letters, digits and hyphens. */
  readonly name?: string
  /** The same ids, codes and opaque tokens on every run. */
  readonly seed?: number | string
  /** By `provider/name`. */
  readonly quirks?: Toggles
  /** All `also-takes-...` quirks on. */
  readonly tolerant?: boolean
  /** Show log-in and consent pages; otherwise the first seeded user approves at once. */
  readonly interactive?: boolean
  /** How the clock begins. */
  readonly clock?: ClockChange
  /** Real seconds without a request after which it is thrown away; kept unless told. */
  readonly ttl?: number
}

/** The input in the terms of the registry. */
export const sandboxRequest = ({ seed, quirks, interactive, clock, ...rest }: SandboxInput): Parameters<SandboxRegistry['open']>[0] => ({
  ...rest,
  ...(seed === undefined ? {} : { seed: String(seed) }),
  ...(quirks ? { toggles: quirks } : {}),
  ...(interactive ? { approval: { ask: true } as const } : {}),
  ...(clock ? { starts: clock } : {}),
})
