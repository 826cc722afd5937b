/** The time a sandbox lives in: the machine's, moved, or stopped; to the millisecond. */

import type { Seconds } from '../provider/settings.js'
import { ValidationError } from '../validation/errors.js'

export interface ClockState {
  /** Added to the machine's time while the clock runs. */
  readonly offset: Seconds
  /** Where the clock stands still; null while it runs. */
  readonly frozen: Seconds | null
  /** What tokens say is so far ahead of this clock. */
  readonly skew?: Seconds
}

export interface Clock {
  /** Epoch seconds, to the millisecond. */
  readonly now: () => Seconds
  /**
   * Moves on by seconds, or by a length such as `'2h'`, `'30s'`, `'100ms'`, `'90m'`; a clock that stands still too.
   *
   * @throws ValidationError when it cannot be read, goes back, or leads beyond the year 9999
   */
  readonly advance: (by: Seconds | string) => Seconds
  /** Moves on to a time in epoch seconds; a clock that stands still too. @throws ValidationError for a time that has passed, or is beyond the year 9999 */
  readonly advanceTo: (at: Seconds) => Seconds
  /**
   * Stops at a time in epoch seconds, or where it is, to the millisecond. Real time goes on, and the clock does not: all that
   * is asked for in the meantime happens at the same moment, until the clock is advanced or runs again.
   *
   * @throws ValidationError for a time before 1970 or beyond the year 9999
   */
  readonly freeze: (at?: Seconds) => Seconds
  /** Goes on from where it stands: what passed in real time meanwhile is not caught up. */
  readonly run: () => Seconds
  /** Back to the machine's time. */
  readonly reset: () => Seconds
  /** Makes what tokens say about time differ from this clock by so many seconds. */
  readonly skew: (by: Seconds) => void
  readonly state: () => ClockState
  readonly set: (state: ClockState) => void
}

const units: { readonly [unit: string]: Seconds } = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** The end of the year 9999: dates beyond it have no common form. */
export const latestTime: Seconds = 253_402_300_799

/** The longest length of time that is taken: a hundred years. */
export const longestDuration: Seconds = 3_153_600_000

const milliseconds = (seconds: Seconds): number => Math.round(seconds * 1000)

/** Reads `90`, `'90'`, `'90s'`, `'200ms'`, `'2h'`, `'1h30m'` as seconds in whole milliseconds; undefined when it is none of these, or longer than a hundred years. */
export const parseDuration = (text: Seconds | string): Seconds | undefined => {
  const seconds = typeof text === 'number' ? text : secondsIn(text)
  return seconds !== undefined && seconds >= 0 && seconds <= longestDuration ? milliseconds(seconds) / 1000 : undefined
}

const secondsIn = (text: string): Seconds | undefined => {
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
  // In whole milliseconds, so that ten times 100 ms are one second.
  const at = ({ frozen, offset }: ClockState): number =>
    frozen === null ? milliseconds(machine()) + milliseconds(offset) : milliseconds(frozen)
  const now = (): Seconds => at(state) / 1000
  const moveTo = (next: ClockState, how: string): Seconds => {
    const time = at(next) / 1000
    if (!(time >= 0 && time <= latestTime))
      throw new ValidationError(how, `the clock stands between 1970 and the year 9999, not at ${time}`)
    state = next
    return time
  }
  const moveBy = (by: number, how: string): Seconds =>
    moveTo(
      state.frozen === null
        ? { ...state, offset: (milliseconds(state.offset) + by) / 1000 }
        : { ...state, frozen: (milliseconds(state.frozen) + by) / 1000 },
      how,
    )
  return {
    now,
    advance: (by) => {
      const seconds = parseDuration(by)
      if (seconds === undefined) throw new ValidationError('advance', `not a length of time: ${JSON.stringify(by)}`)
      return moveBy(milliseconds(seconds), 'advance')
    },
    advanceTo: (to) => {
      const by = milliseconds(to) - at(state)
      if (!(by >= 0)) throw new ValidationError('advanceTo', `${to} has passed: it is ${now()}`)
      return moveBy(by, 'advanceTo')
    },
    freeze: (to) => moveTo({ ...state, offset: 0, frozen: to === undefined ? now() : milliseconds(to) / 1000 }, 'freeze'),
    run: () => {
      if (state.frozen !== null) state = { ...state, offset: (milliseconds(state.frozen) - milliseconds(machine())) / 1000, frozen: null }
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
  | { readonly advanceTo: Seconds }
  | { readonly freeze: Seconds | true }
  | { readonly run: true }
  | { readonly reset: true }
  | { readonly skew: Seconds }

/** @throws ValidationError when a length of time cannot be read, or the clock cannot be there */
export const applyClockChange = (clock: Clock, how: ClockChange): void => {
  if ('advance' in how) clock.advance(how.advance)
  else if ('advanceTo' in how) clock.advanceTo(how.advanceTo)
  else if ('freeze' in how) clock.freeze(how.freeze === true ? undefined : how.freeze)
  else if ('skew' in how) clock.skew(how.skew)
  else if ('run' in how) clock.run()
  else clock.reset()
}
