/** All invariants over one history. */

import { boundInvariants } from './bounds.js'
import { codeInvariants } from './codes.js'
import { connectionInvariants } from './connection.js'
import type { History, Invariant, Violation } from './history.js'
import { secretInvariants } from './secrets.js'
import { truthInvariants } from './truth.js'

/** Worst consequences first. */
export const invariants: readonly Invariant[] = [
  ...connectionInvariants,
  ...codeInvariants,
  ...secretInvariants,
  ...truthInvariants,
  ...boundInvariants,
]

/**
 * Whatever a client did that no client may do, in the order of the invariants.
 *
 * @example
 * findViolations({ entries, steps, settings, end: { how: 'own' }, passive: false }) // [] of a careful client
 */
export const findViolations = (history: History): readonly Violation[] =>
  invariants.flatMap(({ id, consequence, find }) => find(history).map((found) => ({ invariant: id, consequence, ...found })))
