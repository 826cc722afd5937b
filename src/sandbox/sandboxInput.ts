/** A sandbox as callers ask for it, and what that means to the registry. */

import type { ClockChange } from '../clock/clock.js'
import type { Toggles } from '../provider/quirk.js'
import type { SandboxRegistry } from './sandboxRegistry.js'

export interface SandboxInput {
  /** Up to 63 lower-case letters, digits and hyphens. Made up if absent. */
  readonly name?: string
  /** Makes the same ids, codes and opaque tokens on every run. */
  readonly seed?: number | string
  /** By `provider/name`. */
  readonly quirks?: Toggles
  /** Switches on all quirks named `also-takes-...`. */
  readonly tolerant?: boolean
  /** Shows log-in and consent pages. Without it the first user approves at once. */
  readonly interactive?: boolean
  /** A change of the clock at the start. */
  readonly clock?: ClockChange
  /** The sandbox is deleted after this many real seconds without a request. By default it is kept. */
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
