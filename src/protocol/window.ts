/** What may be done only so often in a length of time. */

import type { Seconds } from '../provider/settings.js'
import type { DecisionContext } from './context.js'
import type { Tx } from './records.js'
import { later } from './time.js'

/** Counts one more, unless the window is full. @returns false when it is */
export const withinWindow = (
  { now }: DecisionContext,
  tx: Tx,
  key: string,
  { count, seconds }: { readonly count: number | null; readonly seconds: Seconds },
): boolean => {
  if (count === null) return true
  const uses = (tx.get('window', key)?.uses ?? []).filter((at) => later(at, seconds) > now)
  if (uses.length >= count) return false
  tx.put('window', key, { uses: [...uses, now], until: later(now, seconds) })
  return true
}
