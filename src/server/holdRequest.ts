/** Holds a request at a `hold` fault, and says how it goes on. */

import { randomUUID } from 'node:crypto'
import type { Fault } from '../faults/faults.js'
import type { HoldEnd } from '../faults/holds.js'
import type { FaultSpec } from '../faults/kinds.js'
import { defaultHoldLimit } from '../faults/kinds.js'
import type { Sandbox } from '../sandbox/sandbox.js'

export interface HeldRequest {
  readonly end: HoldEnd
  /** Milliseconds of real time. */
  readonly took: number
}

/** What becomes of the request when it goes on. */
export const faultAfter = ({ end }: HeldRequest): FaultSpec | undefined => {
  if (end.how === 'lose') return { kind: 'lose' }
  if (end.how === 'refuse') return { kind: 'refuse', reason: end.reason }
  return end.how === 'gone' ? { kind: 'reset' } : undefined
}

/** Waits until the request is released, its limit has passed, or its sandbox has gone. */
export const holdRequest = async (sandbox: Sandbox, fault: Fault & { readonly kind: 'hold' }): Promise<HeldRequest> => {
  const { holds } = sandbox.faults
  const request = randomUUID()
  const came = performance.now()
  const until = Date.now() + (fault.limit ?? defaultHoldLimit) * 1000
  const held = await sandbox.update(() => {
    // Somebody may have taken it back while the request was decided.
    const there = sandbox.faults.get(fault.id) !== undefined
    if (there) holds.arrive(fault.id, request, until)
    return there
  })
  const end: HoldEnd = held ? await sandbox.follow(() => holds.wait(request)) : { how: 'go' }
  return { end, took: performance.now() - came }
}
