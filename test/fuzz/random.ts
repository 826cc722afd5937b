/** Numbers that come again with the same seed. */

export interface Random {
  /** From 0 up to below `below`. */
  readonly number: (below: number) => number
  readonly chance: (of: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
  readonly many: <T>(most: number, make: () => T) => readonly T[]
}

/** mulberry32: small, and good enough to choose by. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const number = (below: number): number => Math.floor(next() * below)
  return {
    number,
    chance: (of) => next() < of,
    pick: <T>(list: readonly T[]) => list[number(list.length)] as T,
    many: (most, make) => Array.from({ length: number(most + 1) }, make),
  }
}
