/** Waits of any length: a timer of Node's holds 24.8 days, and one that is given more fires at once. */

import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds. */
export const longestTimer = 2 ** 31 - 1

/** Waits in real time; the process need not stay for it. @param milliseconds any number, `Infinity` too */
export const pause = async (milliseconds: number): Promise<void> => {
  const end = Date.now() + milliseconds
  for (let left = milliseconds; left > longestTimer; left = end - Date.now()) await wait(longestTimer, undefined, { ref: false })
  await wait(Math.max(0, end - Date.now()), undefined, { ref: false })
}

/** Calls once, after milliseconds of real time; the answer takes it back. */
export const later = (milliseconds: number, act: () => void): (() => void) => {
  const end = Date.now() + milliseconds
  let timer: NodeJS.Timeout
  const arm = (left: number): void => {
    timer = setTimeout(() => (left > longestTimer ? arm(end - Date.now()) : act()), Math.min(left, longestTimer))
  }
  arm(milliseconds)
  return () => clearTimeout(timer)
}
