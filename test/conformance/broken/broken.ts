/** A client with one thing broken: which parts it replaces, and which checks must notice. */

import type { ModuleClient, ModuleSteps } from '../../../src/conformance/drivers/module.js'
import type { ProviderId } from '../../../src/index.js'
import type { Parts } from '../parts.js'
import { reference } from '../parts.js'
import { clientOf } from '../reference.js'

export interface Broken {
  readonly name: string
  /** What it does wrong. */
  readonly says: string
  /** Where it must be found; elsewhere it may happen to do no harm. */
  readonly providers: readonly ProviderId[]
  /** Ids of the checks that find it, and of no other check in the same cases. */
  readonly killedBy: readonly string[]
  /** Checks that it breaks on a slow machine alone: neither asked for nor listed. */
  readonly mayBreak?: readonly string[]
  /** Further cases (patterns) in which it breaks what holds in every case. */
  readonly also?: readonly string[]
  /** Made anew for each case, so that what it remembers is of this case. */
  readonly parts: () => Partial<Parts>
}

/** @param sound what it does otherwise than the reference client, and is no fault */
export const brokenClient =
  ({ parts }: Broken, sound: Partial<Parts> = {}): ModuleClient =>
  (given) => {
    const made = clientOf({ ...sound, ...parts() })
    return typeof made === 'function' ? made(given) : made
  }

/** Sends a token request as the reference client does. */
export const ask = (parts: Parts, ...rest: Parameters<Parts['ask']>): ReturnType<Parts['ask']> => reference.ask.apply(parts, rest)

/** The same steps, by a client that knows by how many milliseconds its clock is ahead. */
export const hearing = (made: ModuleSteps, heard: (ahead: number) => void): ModuleSteps => ({
  ...made,
  clock: (asked, given) => {
    heard((asked.now ?? 0) * 1000 - Date.now())
    return typeof made.clock === 'function' ? made.clock(asked, given) : undefined
  },
})
