/** The schema of a length of time: seconds, or a text such as `2h`. */

import type { Seconds } from '../provider/settings.js'
import type { Schema } from '../validation/schema.js'
import { custom } from '../validation/schema.js'
import { parseDuration } from './clock.js'

/** @param most seconds @param least seconds */
export const duration = (most: Seconds, least: Seconds = 0, description?: string): Schema<Seconds | string> =>
  custom({ type: ['number', 'string'], ...(description === undefined ? {} : { description }) }, (value) => {
    const seconds = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined
    if (seconds === undefined) return 'is seconds, or a length such as "30s" or "2h"'
    if (seconds < least) return `is at least ${least} seconds`
    return seconds > most ? `is at most ${most} seconds` : undefined
  })

/** The seconds of a length that fits the schema. */
export const secondsOf = (length: Seconds | string): Seconds => parseDuration(length) ?? 0
