/** How a bug is written down: what it changes about the careful client, and nothing else. */

import type { Client, Steps } from '../client.js'
import { clientOf } from '../client.js'
import type { Ability, BrokenClient, Consequence } from '../entry.js'
import type { Habits } from '../habits.js'

interface Rest {
  readonly needs?: readonly Ability[]
  readonly wrap?: (steps: Steps, client: Client) => Steps
  readonly atImport?: () => void
}

/** @param changed the habits that are wrong; a function where they remember something, made anew at each start */
export const bug = (
  id: string,
  says: string,
  consequence: Consequence,
  providers: readonly string[],
  changed: Partial<Habits> | (() => Partial<Habits>),
  { needs, wrap, atImport }: Rest = {},
): BrokenClient => ({
  id,
  says,
  consequence,
  providers,
  ...(needs ? { needs } : {}),
  ...(atImport ? { atImport } : {}),
  make: (given) => clientOf(typeof changed === 'function' ? changed() : changed, wrap)(given),
})

/** Takes the refresh step away: what the client does not do by itself, nobody does. */
export const withoutRefresh = ({ refresh: _, ...steps }: Steps): Steps => steps
