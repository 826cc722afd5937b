/** What shall go wrong: waiting faults, in the order in which they are tried. */

import { createHash, randomBytes } from 'node:crypto'
import type { Operation } from '../provider/settings.js'
import type { FaultInput } from './faultInput.js'
import type { HoldState, Holds } from './holds.js'
import { createHolds } from './holds.js'
import type { Phase, Tried } from './kinds.js'
import { faultKinds, phaseOf } from './kinds.js'
import { checkedFault } from './schema.js'

export type Fault = FaultInput & {
  readonly id: string
  readonly phase: Phase
  readonly times: number | 'always'
  /** How often it fired. */
  readonly fired: number
  /** How many requests fitted. */
  readonly seen: number
}

/** What is known of a request when faults are tried. */
export interface FaultTarget {
  readonly provider: string
  readonly operation: Operation
  readonly method: string
  readonly path: string
  readonly grantType: string | undefined
  /** Every name under which the client presented itself. */
  readonly clients: readonly string[]
}

export interface FaultState {
  readonly waiting: readonly Fault[]
  /** Spent ones, so that somebody may ask how often they fired. */
  readonly spent: readonly Fault[]
  readonly serial: number
  readonly draws: number
  /** Requests that are held now. */
  readonly holds?: HoldState
}

export interface Faults {
  /** @param within what was called, for the error @throws ValidationError that names the member which is wrong */
  readonly add: (fault: FaultInput, within?: string) => Fault
  /** Those that wait, in the order in which they are tried. */
  readonly list: () => readonly Fault[]
  /** Waiting or spent. */
  readonly get: (id: string) => Fault | undefined
  /** Takes one back. What it holds goes on. */
  readonly remove: (id: string) => boolean
  readonly clear: () => void
  /** Whether any waits: asking costs nothing. */
  readonly any: () => boolean
  /** The first that fits fires, of those that are tried on a request, or on such a reply. */
  readonly take: (request: FaultTarget, on?: readonly Tried[]) => Fault | undefined
  /** What is held, and how it goes on. */
  readonly holds: Holds
  readonly state: () => FaultState
  readonly set: (state: FaultState) => void
}

/** How many spent faults are remembered. */
const remembered = 1000

const fits = ({ provider, operation, when = {} }: Fault, request: FaultTarget): boolean =>
  (provider === undefined || provider === request.provider) &&
  (operation === undefined || operation === request.operation) &&
  (when.grantType === undefined || when.grantType === request.grantType) &&
  (when.clientId === undefined || request.clients.includes(when.clientId)) &&
  (when.method === undefined || when.method.toUpperCase() === request.method) &&
  (when.path === undefined || when.path === request.path)

/** The nth number from 0 up to 1 of a seed. */
const drawn = (seed: string, n: number): number => createHash('sha256').update(`${seed}:fault:${n}`).digest().readUInt32BE() / 2 ** 32

const requestsOnly: readonly Tried[] = ['request']

const fresh: FaultState = { waiting: [], spent: [], serial: 0, draws: 0 }

export const createFaults = (seed = randomBytes(8).toString('hex')): Faults => {
  let state = fresh
  const holds = createHolds()
  const replace = (id: string, next: Fault, spent: boolean): void => {
    const waiting = spent ? state.waiting.filter((one) => one.id !== id) : state.waiting.map((one) => (one.id === id ? next : one))
    state = { ...state, waiting, spent: spent ? [...state.spent, next].slice(-remembered) : state.spent }
  }
  const lucky = (probability: number | undefined): boolean => {
    if (probability === undefined) return true
    state = { ...state, draws: state.draws + 1 }
    return drawn(seed, state.draws) < probability
  }
  return {
    add: (asked, within = 'faults.add') => {
      const fault = checkedFault(asked, within)
      const serial = state.serial + 1
      const times = fault.times ?? 1
      const added = { ...fault, id: `f${serial}`, phase: phaseOf(fault), times, fired: 0, seen: 0 } as Fault
      state = { ...state, serial, waiting: [...state.waiting, added] }
      return added
    },
    list: () => state.waiting,
    get: (id) => state.waiting.find((one) => one.id === id) ?? state.spent.find((one) => one.id === id),
    remove: (id) => {
      const waiting = state.waiting.filter((one) => one.id !== id)
      const there = waiting.length < state.waiting.length
      // One that is spent may still hold its request, or be about to.
      const held = state.spent.some((one) => one.id === id && one.kind === 'hold')
      state = { ...state, waiting, spent: held ? state.spent.filter((one) => one.id !== id) : state.spent }
      holds.letGo(id)
      return there || held
    },
    clear: () => {
      state = { ...state, waiting: [], spent: [] }
      holds.letGo()
    },
    any: () => state.waiting.length > 0,
    take: (request, on = requestsOnly) => {
      for (const fault of state.waiting) {
        if (!on.includes(faultKinds[fault.kind].tried) || !fits(fault, request)) continue
        const seen = { ...fault, seen: fault.seen + 1 }
        if (seen.seen < (fault.when?.nth ?? 1) || !lucky(fault.probability)) {
          replace(fault.id, seen, false)
          continue
        }
        const fired = { ...seen, fired: fault.fired + 1 }
        replace(fault.id, fired, fault.times !== 'always' && fired.fired >= fault.times)
        return fired
      }
      return undefined
    },
    holds,
    state: () => ({ ...state, holds: holds.state() }),
    set: ({ holds: held, ...to }) => {
      state = to
      holds.set(held)
    },
  }
}
