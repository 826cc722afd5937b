/** A sandbox as callers ask for it, and what that means to the registry. */

import type { ClockChange } from '../clock/clock.js'
import { duration, secondsOf } from '../clock/durationSchema.js'
import type { Provider } from '../provider/define.js'
import type { TogglesOf } from '../provider/quirk.js'
import { custom, flag, isObject, matching, object } from '../validation/schema.js'
import type { SandboxRegistry } from './sandboxRegistry.js'
import { sandboxName } from './sandboxRequest.js'
import { togglesSchema } from './togglesSchema.js'

export interface SandboxInput<Q extends string = string> {
  /** Made up when left out: up to 63 lower-case letters, digits and hyphens. */
  readonly name?: string
  /** The same ids, codes and opaque tokens on every run. */
  readonly seed?: number | string
  /** By `provider/name`. */
  readonly quirks?: TogglesOf<Q>
  /** All `also-takes-...` quirks on. */
  readonly tolerant?: boolean
  /** Show log-in and consent pages; otherwise the first seeded user approves at once. */
  readonly interactive?: boolean
  /** How the clock begins. */
  readonly clock?: ClockChange
  /** Real seconds, or a length such as `'10m'`, without a request after which it is thrown away; kept by default. */
  readonly ttl?: number | string
}

const changes = ['advance', 'advanceTo', 'freeze', 'run', 'reset', 'skew']

/** Seconds: a sandbox that goes away at once is a mistake, and one that stays for a year is kept. */
const [shortestTtl, longestTtl] = [0.001, 31_536_000]

const clock = custom<ClockChange>({ type: 'object' }, (value) =>
  isObject(value) && Object.keys(value).length === 1 && changes.some((change) => change in value)
    ? undefined
    : `is an object with one of ${changes.join(', ')}`,
)

/** @param providers those that the server serves */
export const sandboxInputSchema = (providers: readonly Provider[]) =>
  object(
    {
      name: matching(sandboxName, 'is up to 63 lower-case letters, digits and hyphens'),
      seed: custom<number | string>({ type: ['integer', 'string'] }, (value) =>
        Number.isSafeInteger(value) || (typeof value === 'string' && value !== '') ? undefined : 'is a whole number or a string',
      ),
      quirks: togglesSchema(providers),
      tolerant: flag(),
      interactive: flag(),
      clock,
      ttl: duration(longestTtl, shortestTtl),
    },
    { called: 'option' },
  )

/** The input in the terms of the registry. */
export const sandboxRequest = ({
  seed,
  quirks,
  interactive,
  clock,
  ttl,
  ...rest
}: SandboxInput): Parameters<SandboxRegistry['open']>[0] => ({
  ...rest,
  ...(seed === undefined ? {} : { seed: String(seed) }),
  ...(quirks ? { toggles: quirks } : {}),
  ...(interactive ? { approval: { ask: true } as const } : {}),
  ...(clock ? { starts: clock } : {}),
  ...(ttl === undefined ? {} : { ttl: secondsOf(ttl) }),
})
