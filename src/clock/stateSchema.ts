/** The schema of a clock's state, for one that comes from outside. */

import type { Schema } from '../validation/schema.js'
import { custom, object } from '../validation/schema.js'
import type { ClockState } from './clock.js'
import { latestTime } from './clock.js'

const within = (least: number, most: number) =>
  custom<number>({ type: 'number', minimum: least, maximum: most }, (value) =>
    typeof value === 'number' && value >= least && value <= most ? undefined : `is seconds from ${least} to ${most}`,
  )

const time = within(0, latestTime)

/** Seconds by which a running clock can be off without leaving 1970 to 9999, as long as that is asked of this machine's time. */
const offset = custom<number>({ type: 'number' }, (value) => {
  const machine = Date.now() / 1000
  return typeof value === 'number' && machine + value >= 0 && machine + value <= latestTime
    ? undefined
    : 'is seconds that keep the clock between 1970 and the year 9999'
})

const frozen: Schema<number | null> = {
  json: { type: ['number', 'null'] },
  problems: (value, path) => (value === null ? [] : time.problems(value, path)),
}

/** What is left out is as on the machine's own clock. */
export const clockStateSchema: Schema<Partial<ClockState>> = object({ offset, frozen, skew: within(-latestTime, latestTime) }) as Schema<
  Partial<ClockState>
>
