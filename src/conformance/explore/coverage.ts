/** Which situations a search has met, and how often: what it has not met is preferred. */

import type { Settings } from '../../provider/settings.js'
import type { Situation } from './play.js'
import type { TroubleName } from './troubles.js'
import { applies, slow, targetInWords, targetsOf, troubleNames } from './troubles.js'

/** One line of the table: operation × fault × phase × step. */
export interface Met extends Situation {
  readonly times: number
}

/** What could be met at this provider: a fault at a request. */
export interface Cell {
  readonly target: string
  readonly fault: TroubleName
}

export interface Coverage {
  readonly add: (situations: readonly Situation[], acts: readonly string[]) => void
  /** How often a fault was met at a request, in whatever step. */
  readonly times: (target: string, fault: string) => number
  /** How often an act was played. */
  readonly acts: (name: string) => number
  /** The table, in a fixed order. */
  readonly met: () => readonly Met[]
  readonly unmet: () => readonly Cell[]
  /** As it is now: what is added later does not show. */
  readonly copy: () => Coverage
}

const keyOf = ({ target, fault, phase, step }: Situation): string => [target, fault, phase, step].join('|')

const cellsOf = (settings: Settings): readonly Cell[] =>
  targetsOf(settings).flatMap((target) =>
    troubleNames.filter((fault) => applies(settings, target, fault)).map((fault) => ({ target: targetInWords(target), fault })),
  )

export const createCoverage = (
  settings: Settings,
  from: readonly Met[] = [],
  played: ReadonlyMap<string, number> = new Map(),
): Coverage => {
  const met = new Map(from.map((one) => [keyOf(one), one]))
  const cells = new Map<string, number>()
  const acts = new Map(played)
  const count = (counts: Map<string, number>, key: string, by = 1): void => void counts.set(key, (counts.get(key) ?? 0) + by)
  for (const { target, fault, times } of from) count(cells, `${target}|${fault}`, times)
  const times: Coverage['times'] = (target, fault) => cells.get(`${target}|${fault}`) ?? 0
  const sorted = (): readonly Met[] => [...met.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  return {
    add: (situations, names) => {
      for (const one of situations) {
        met.set(keyOf(one), { ...one, times: (met.get(keyOf(one))?.times ?? 0) + 1 })
        count(cells, `${one.target}|${one.fault}`)
      }
      for (const name of names) count(acts, name)
    },
    times,
    acts: (name) => acts.get(name) ?? 0,
    met: sorted,
    unmet: () => cellsOf(settings).filter(({ target, fault }) => times(target, fault) === 0),
    copy: () => createCoverage(settings, sorted(), acts),
  }
}

/** How much a fault is wanted: most while it was never met, and a slow one only then. */
export const wanted = (times: number, fault: TroubleName): number => (slow.has(fault) ? (times === 0 ? 4 : 0) : times === 0 ? 8 : 2)
