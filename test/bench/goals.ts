/** What authdouble wants to reach, and whether a run reached it. */

import { median } from './table.js'

/** Units a second in each round, by row, connections and subject. */
export type Figures = ReadonlyMap<string, readonly number[]>

export const figureKey = (row: string, connections: number, subject: string): string => `${row}/${connections}/${subject}`

export interface Goal {
  readonly says: string
  readonly reached: number
  readonly wanted: number
  /** `least`: the figure must be at least what is wanted. */
  readonly kind: 'least' | 'most'
  readonly unit?: string
}

/** The median over rounds of one subject's figure by another's of the same round. */
export const ratio = (figures: Figures, row: string, connections: number, one: string, other: string): number => {
  const ours = figures.get(figureKey(row, connections, one)) ?? []
  const theirs = figures.get(figureKey(row, connections, other)) ?? []
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}

const peers = ['oidc-provider', 'node-oauth', 'node-oauth-jwt', 'oauth2-mock-server', 'emulate']

const overBest = (figures: Figures, row: string, connections: number, among: readonly string[]): number => {
  const ratios = among.map((peer) => ratio(figures, row, connections, 'authdouble', peer)).filter(Number.isFinite)
  return ratios.length > 0 ? Math.min(...ratios) : Number.NaN
}

export const goalsOf = (figures: Figures, connections: number, signatures: readonly number[]): readonly Goal[] => {
  const over = (row: string, among = peers): number => overBest(figures, row, connections, among)
  const overKoa = (row: string): number => ratio(figures, row, connections, 'authdouble', 'bare-koa')
  const least = (says: string, reached: number, wanted: number): Goal => ({ says, reached, wanted, kind: 'least', unit: 'x' })
  const rs256 = figures.get(figureKey('rs256', connections, 'authdouble')) ?? []
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
    least('RS256 refresh / raw signatures', median(rs256) / median(signatures), 0.85),
    least('opaque code flow / best peer', over('flow'), 2),
    least('RS256 code flow / best peer', over('flow-rs256'), 2),
    least('discovery / bare Koa', overKoa('discovery'), 0.8),
  ].filter(({ reached }) => Number.isFinite(reached))
}

export const verdict = ({ reached, wanted, kind }: Goal): 'pass' | 'MISS' =>
  (kind === 'least' ? reached >= wanted : reached <= wanted) ? 'pass' : 'MISS'
