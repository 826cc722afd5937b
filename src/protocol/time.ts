/** Times are epoch seconds in whole milliseconds; what goes on the wire is whole seconds. */

import type { Seconds } from '../provider/settings.js'

/**
 * A time and a length after it. Fractions of a second are binary fractions: without rounding, two ways to the same
 * millisecond would not be equal, and what ends at a time would end before or after it.
 */
export const later = (time: Seconds, length: Seconds): Seconds => Math.round((time + length) * 1000) / 1000

/** As the wire says it: the second that has begun. */
export const wholeSeconds = (time: Seconds): Seconds => Math.floor(time)
