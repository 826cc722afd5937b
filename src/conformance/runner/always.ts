/** Turns what the invariants found into checks of a case, so that reports and exit codes know them. */

import { invariants } from '../invariants/violations.js'
import type { Played } from './case.js'
import type { CheckResult } from './verdict.js'
import { consequenceOf } from './verdict.js'

/**
 * One failed check for each invariant that a case broke, however often.
 *
 * @param plain whether the client passed the plain case; null: that is not known
 * @param told checks of the case that failed: what they show with the same exchanges is not told twice
 */
export const brokenInvariants = (played: Played, plain: boolean | null, told: readonly CheckResult[] = []): readonly CheckResult[] => {
  const history = { ...played, settings: played.profile.settings }
  return invariants.flatMap(({ find, rests, ...definition }): readonly CheckResult[] => {
    if (rests === true && plain !== true) return []
    const [first, ...more] = find(history)
    if (!first) return []
    const evidence = first.evidence.map(({ id }) => id)
    const same = told.some(
      (check) =>
        check.verdict === 'fail' &&
        consequenceOf(check) === definition.consequence &&
        (definition.consequence === 'connection-lost' || evidence.some((id) => check.evidence.includes(id))),
    )
    if (same) return []
    const seen = more.length > 0 ? `${first.seen} (and ${more.length} more like it)` : first.seen
    return [{ ...definition, verdict: 'fail', seen, evidence }]
  })
}
