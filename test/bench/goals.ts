/** What authdouble wants to reach, and whether a run reached it. */

import { median } from './table.js'

/** What was measured, round by round. */
export interface Figure {
  /** Units a second. */
  readonly perSecond: readonly number[]
  /** Processor time of the server for a unit, in microseconds. */
  readonly micros: readonly number[]
}

/** By row, connections and subject. */
export type Figures = ReadonlyMap<string, Figure>

export const figureKey = (row: string, connections: number, subject: string): string => `${row}/${connections}/${subject}`

export interface Goal {
  readonly says: string
  readonly reached: number
  /** The same by processor time, which other work on the machine disturbs less. */
  readonly byProcessor?: number
  readonly wanted: number
  /** `least`: the figure must be at least what is wanted. */
  readonly kind: 'least' | 'most'
  readonly unit?: string
}

interface Ratio {
  readonly reached: number
  readonly byProcessor: number
}

/** The median over rounds of one subject's figure by another's of the same round. */
export const ratio = (figures: Figures, row: string, connections: number, one: string, other: string): Ratio => {
  const none: Figure = { perSecond: [], micros: [] }
  const ours = figures.get(figureKey(row, connections, one)) ?? none
  const theirs = figures.get(figureKey(row, connections, other)) ?? none
  return {
    reached: median(ours.perSecond.map((value, round) => value / (theirs.perSecond[round] ?? Number.NaN))),
    byProcessor: median(ours.micros.map((value, round) => (theirs.micros[round] ?? Number.NaN) / value)),
  }
}

const peers = ['oidc-provider', 'node-oauth', 'node-oauth-jwt', 'oauth2-mock-server', 'emulate']

const overBest = (figures: Figures, row: string, connections: number, among: readonly string[]): Ratio => {
  const ratios = among.map((peer) => ratio(figures, row, connections, 'authdouble', peer)).filter(({ reached }) => Number.isFinite(reached))
  if (ratios.length === 0) return { reached: Number.NaN, byProcessor: Number.NaN }
  return {
    reached: Math.min(...ratios.map(({ reached }) => reached)),
    byProcessor: Math.min(...ratios.map(({ byProcessor }) => byProcessor)),
  }
}

export const goalsOf = (figures: Figures, connections: number, signatures: readonly number[]): readonly Goal[] => {
  const over = (row: string, among = peers): Ratio => overBest(figures, row, connections, among)
  const overKoa = (row: string): Ratio => ratio(figures, row, connections, 'authdouble', 'bare-koa')
  const least = (says: string, reached: Ratio, wanted: number): Goal => ({ says, ...reached, wanted, kind: 'least', unit: 'x' })
  const rs256 = figures.get(figureKey('rs256', connections, 'authdouble'))
  const raw = median(signatures)
  return [
    least('code exchange / best peer', over('code'), 2),
    least('code exchange / bare Koa', overKoa('code'), 0.6),
    least('refresh / best peer', over('refresh'), 2),
    least('refresh / bare Koa', overKoa('refresh'), 0.6),
    least(
      'bearer check / best peer that checks',
      over(
        'bearer',
        peers.filter((peer) => peer !== 'oauth2-mock-server'),
      ),
      2.5,
    ),
    least(
      'RS256 refresh / raw signatures',
      { reached: median(rs256?.perSecond ?? []) / raw, byProcessor: 1e6 / raw / median(rs256?.micros ?? []) },
      0.85,
    ),
    least('opaque code flow / best peer', over('flow'), 2),
    least('RS256 code flow / best peer', over('flow-rs256'), 2),
    least('discovery / bare Koa', overKoa('discovery'), 0.8),
  ].filter(({ reached }) => Number.isFinite(reached))
}

const meets = ({ wanted, kind }: Goal, figure: number): boolean => (kind === 'least' ? figure >= wanted : figure <= wanted)

/** By the processor where that was measured: requests per second move by up to twice between rounds. */
export const verdict = (goal: Goal): 'pass' | 'MISS' => (meets(goal, goal.byProcessor ?? goal.reached) ? 'pass' : 'MISS')
