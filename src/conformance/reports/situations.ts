/** The table of what a search has met: operation × fault × phase × step. */

import type { Exploration, SituationCount } from '../runner/verdict.js'
import { counted } from './wording.js'

export const situationColumns = ['request', 'fault', 'phase', 'step', 'times'] as const

export const situationCells = ({ target, fault, phase, step, times }: SituationCount): readonly string[] => [
  target,
  fault,
  phase,
  step,
  String(times),
]

/** One line that tells how far the search came. */
export const explorationLine = ({ runs, met, unmet, unconfirmed }: Exploration): string => {
  const missed = unmet.length === 0 ? '' : `, ${unmet.length} not met`
  const odd =
    unconfirmed === 0
      ? ''
      : `; ${counted(unconfirmed, 'schedule')} broke an invariant once and not again, and ${unconfirmed === 1 ? 'is' : 'are'} not counted`
  return `${counted(runs, 'schedule')}, ${counted(met.length, 'situation')} met${missed}${odd}`
}

/** What was not met, by request. */
export const unmetLines = ({ unmet }: Exploration): readonly string[] =>
  [...new Set(unmet.map(({ target }) => target))].map(
    (target) =>
      `${target}: ${unmet
        .filter((one) => one.target === target)
        .map(({ fault }) => fault)
        .join(', ')}`,
  )

/** For a terminal, in columns. */
export const situationLines = (exploration: Exploration): readonly string[] => {
  const rows = [situationColumns, ...exploration.met.map(situationCells)]
  const widths = situationColumns.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
