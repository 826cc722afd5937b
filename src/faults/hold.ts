/** The handle of a hold: when a request has come to it, and how the request goes on. */

import type { Reason } from '../provider/dialect.js'
import type { FaultConditions } from './faultInput.js'
import type { Fault, Faults } from './faults.js'
import type { Release } from './holds.js'
import type { FaultOf } from './kinds.js'

/** How a hold is set: once unless `times` says otherwise. */
export interface HoldOptions extends Pick<FaultConditions, 'times' | 'when' | 'probability'> {
  /** `before`, the default: nothing was decided; `after`: decided and stored, and the reply waits. */
  readonly phase?: 'before' | 'after'
  /** Real seconds, or a length such as `'5s'`, for which a request is held at most; 30 by default, 300 at most. */
  readonly limit?: number | string
}

/** Holds requests, so that a test decides in which order they go on. With `using` it lets go by itself. */
export interface Hold extends Disposable {
  /** As control API and journal know it. */
  readonly id: string
  /** Resolves when the fault holds the first request, or the nth. @throws Error when the fault was removed, or the sandbox was closed */
  readonly arrived: (nth?: number) => Promise<void>
  /** How many requests the fault holds. */
  readonly held: () => number
  /** Releases the request that was held longest. It continues as if nothing had happened. @throws Error when none is held */
  readonly release: () => void
  /** Releases it, and drops the connection in place of its reply. @throws Error when none is held */
  readonly lose: () => void
  /** Refuses it, worded as the provider words it. What was decided before it was held stays decided. @throws Error when none is held */
  readonly refuse: (reason: Reason) => void
  /** Removes the fault. The requests that it holds continue. */
  readonly clear: () => void
}

/** Waits until a fault has held so many requests. @returns false when it will not: the fault was taken back, or holds fewer */
export const untilArrived = (faults: Faults, id: string, count: number, stop?: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const look = (): void => {
      const fault = faults.get(id)
      if (faults.holds.arrived(id) >= count) finish(true)
      else if (!fault || stop?.aborted || (fault.times !== 'always' && fault.times < count)) finish(false)
    }
    const finish = (came: boolean): void => {
      unwatch()
      stop?.removeEventListener('abort', look)
      resolve(came)
    }
    const unwatch = faults.holds.watch(look)
    stop?.addEventListener('abort', look)
    look()
  })

/** @param gone aborted when there is nothing to wait for any more */
export const holdHandle = (faults: Faults, { id }: Fault & FaultOf<'hold'>, gone: AbortSignal): Hold => {
  const release = (how: Release): void => {
    if (faults.holds.release(id, how)) return
    const came = faults.holds.arrived(id)
    throw new Error(came === 0 ? `${id} holds no request: await arrived() first` : `${id} holds no request: it has held ${came} so far`)
  }
  const clear = (): void => void faults.remove(id)
  return {
    id,
    arrived: async (nth = 1) => {
      if (!(await untilArrived(faults, id, nth, gone)))
        throw new Error(`no request ${nth} comes to ${id}: it was taken back, or holds fewer`)
    },
    held: () => faults.holds.held(id),
    release: () => release({ how: 'go' }),
    lose: () => release({ how: 'lose' }),
    refuse: (reason) => release({ how: 'refuse', reason }),
    clear,
    [Symbol.dispose]: clear,
  }
}
