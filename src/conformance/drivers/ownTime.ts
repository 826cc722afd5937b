/** Limits of time for what runs in this process. */

/** Milliseconds between two looks. One that comes late on a busy machine counts for no more than this. */
const slice = 50

/**
 * Calls back after so many milliseconds in which this process got its turn: on a machine that is busy with something else,
 * a client in this process and the server in it are both slow, and neither is to blame.
 *
 * @returns what stops it
 */
export const afterOwnTime = (milliseconds: number, work: () => void): (() => void) => {
  let left = milliseconds
  const look = (): void => {
    left -= slice
    if (left > 0) timer = setTimeout(look, Math.min(slice, left))
    else work()
  }
  let timer = setTimeout(look, Math.min(slice, milliseconds))
  return () => clearTimeout(timer)
}

/** A signal that aborts after so many milliseconds of own time. */
export const ownTimeSignal = (milliseconds: number): { readonly signal: AbortSignal; readonly stop: () => void } => {
  const controller = new AbortController()
  const stop = afterOwnTime(milliseconds, () => controller.abort(new DOMException('no answer came in time', 'TimeoutError')))
  return { signal: controller.signal, stop }
}
