/** Makes a schedule as short as it can be: nothing can be left out of what remains. */

import type { Act, Ground, Turn } from './schedule.js'

export interface Candidate {
  readonly ground: Ground
  readonly turns: readonly Turn[]
}

const without = (turns: readonly Turn[], at: number): readonly Turn[] => turns.filter((_, other) => other !== at)

/** The same act with less of it. */
const simpler = (act: Act): readonly Act[] => {
  const list: Act[] = []
  if ('times' in act && act.times !== undefined) {
    const { times, ...once } = act
    list.push(once, ...(times > 2 ? [{ ...once, times: 2 }] : []))
  }
  if ('second' in act && act.second) {
    const { second: _, ...first } = act
    list.push(first)
  }
  if ('customer' in act && act.customer === 1) {
    const { customer: _, ...first } = act
    list.push(first)
  }
  if (act.do === 'connect' && (act.idToken ?? act.denied)) {
    const { idToken: _, denied: __, ...plain } = act
    list.push(plain)
  }
  if (act.do === 'crash' && act.during) list.push({ do: 'crash' })
  if (act.do === 'overlap' && act.lost) {
    const { lost: _, ...went } = act
    list.push(went)
  }
  if (act.do === 'overlap') list.push({ do: act.beside })
  if (act.do === 'refresh') list.push({ do: 'call' })
  return list
}

const lighter = (turn: Turn): readonly Turn[] => {
  const { wait, trouble, act } = turn
  const changed = (act: Act): Turn => ({ ...turn, act })
  return [
    ...(trouble === undefined ? [] : [{ ...(wait === undefined ? {} : { wait }), act }]),
    ...(wait === undefined ? [] : [{ ...(trouble === undefined ? {} : { trouble }), act }]),
    ...(trouble?.times === undefined ? [] : [{ ...turn, trouble: (({ times: _, ...once }) => once)(trouble) }]),
    ...simpler(act).map(changed),
  ]
}

/** A provider more as it documents itself. */
const plainer = ({ rotates, longTokens }: Ground): readonly Ground[] => [
  ...(longTokens ? [rotates ? { rotates } : {}] : []),
  ...(rotates ? [longTokens ? { longTokens } : {}] : []),
]

/** Everything that is one step simpler. */
export const candidates = ({ ground, turns }: Candidate): readonly Candidate[] => [
  ...turns.map((_, at) => ({ ground, turns: without(turns, at) })).filter((one) => one.turns.length > 0),
  ...plainer(ground).map((one) => ({ ground: one, turns })),
  ...turns.flatMap((turn, at) =>
    lighter(turn).map((light) => ({ ground, turns: turns.map((other, place) => (place === at ? light : other)) })),
  ),
]

/**
 * Leaves out whatever can be left out.
 *
 * @param fails plays a candidate; true when it still shows what is looked for
 * @param budget how many may be played
 */
export const minimize = async (from: Candidate, fails: (candidate: Candidate) => Promise<boolean>, budget: number): Promise<Candidate> => {
  let best = from
  let left = budget
  for (let progress = true; progress; ) {
    progress = false
    for (const candidate of candidates(best)) {
      if (left === 0) return best
      left -= 1
      if (await fails(candidate)) {
        best = candidate
        progress = true
        break
      }
    }
  }
  return best
}
