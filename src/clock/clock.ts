/** The time a sandbox lives in: the machine's, moved, or stopped. */

import type { Seconds } from '../provider/settings.js'

export interface ClockState {
  /** Added to the machine's time while the clock runs. */
  readonly offset: Seconds
  /** Where the clock stands still; null while it runs. */
  readonly frozen: Seconds | null
  /** What tokens say is so far ahead of this clock. */
  readonly skew?: Seconds
}

export interface Clock {
  /** Epoch seconds, whole. */
  readonly now: () => Seconds
  /** Moves on by seconds, or by a length such as `'2h'`, `'30s'`, `'1d'`, `'90m'`. @throws Error when it cannot be read or goes back. */
  readonly advance: (by: Seconds | string) => Seconds
  /** Stops at a time, or where it is. */
  readonly freeze: (at?: Seconds) => Seconds
  /** Goes on from where it stands. */
  readonly run: () => Seconds
  /** Back to the machine's time. */
  readonly reset: () => Seconds
  /** Makes what tokens say about time differ from this clock by so many seconds. */
  readonly skew: (by: Seconds) => void
  readonly state: () => ClockState
  readonly set: (state: ClockState) => void
}

const units: { readonly [unit: string]: Seconds } = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Reads `90`, `'90'`, `'90s'`, `'200ms'`, `'2h'`, `'1h30m'` as seconds; undefined when it is none of these. */
export const parseDuration = (text: Seconds | string): Seconds | undefined => {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0),
    0,
  )
}

/** @param machine the machine's time in epoch seconds */
export const createClock = (machine: () => number = () => Date.now() / 1000): Clock => {
  let state: ClockState = { offset: 0, frozen: null }
  const now = (): Seconds => Math.floor(state.frozen ?? machine() + state.offset)
  return {
    now,
    advance: (by) => {
      const seconds = parseDuration(by)
      if (seconds === undefined) throw new Error(`not a length of time: ${JSON.stringify(by)}`)
      state = state.frozen === null ? { ...state, offset: state.offset + seconds } : { ...state, frozen: state.frozen + seconds }
      return now()
    },
    freeze: (at) => {
      state = { ...state, offset: 0, frozen: at ?? now() }
      return now()
    },
    run: () => {
      if (state.frozen !== null) state = { ...state, offset: state.frozen - machine(), frozen: null }
      return now()
    },
    reset: () => {
      state = { offset: 0, frozen: null }
      return now()
    },
    skew: (by) => {
      state = { ...state, skew: by }
    },
    state: () => state,
    set: (to) => {
      state = to
    },
  }
}

/** One change to a clock, as the control API takes it. */
export type ClockChange =
  | { readonly advance: Seconds | string }
  | { readonly freeze: Seconds | true }
  | { readonly run: true }
  | { readonly reset: true }
  | { readonly skew: Seconds }

/** @throws Error when a length of time cannot be read */
export const applyClockChange = (clock: Clock, how: ClockChange): void => {
  if ('advance' in how) clock.advance(how.advance)
  else if ('freeze' in how) clock.freeze(how.freeze === true ? undefined : how.freeze)
  else if ('skew' in how) clock.skew(how.skew)
  else if ('run' in how) clock.run()
  else clock.reset()
}
