/** What shall go wrong: waiting faults, in the order in which they are tried. */

import { createHash, randomBytes } from 'node:crypto'
import type { Reason } from '../provider/dialect.js'
import type { Operation, Seconds } from '../provider/settings.js'

/** What happens to one exchange. */
export type FaultSpec =
  | {
      readonly kind: 'status'
      /** 500 unless told. */
      readonly status?: number
      readonly headers?: { readonly [name: string]: string }
      /** Sent as JSON, or as it is when it is text; without it the provider's own words for such a failure. */
      readonly body?: unknown
    }
  | { readonly kind: 'refuse'; readonly reason: Reason }
  /** 429 and `Retry-After: 1` unless told. */
  | { readonly kind: 'rate-limit'; readonly status?: number; readonly retryAfter?: Seconds }
  /** One second unless told; real time. */
  | { readonly kind: 'delay'; readonly for?: Seconds }
  /** Never answered; with `for` the connection is dropped after so long. */
  | { readonly kind: 'hang'; readonly for?: Seconds }
  | { readonly kind: 'reset' }
  | { readonly kind: 'lose' }
  /** Half of the body goes out unless told how many bytes do. */
  | { readonly kind: 'truncate'; readonly after?: number }
  /** Content-Length is 10 too large unless told; a negative number makes it too small. */
  | { readonly kind: 'wrong-length'; readonly by?: number }
  | { readonly kind: 'garble' }
  /** 502 unless told. */
  | { readonly kind: 'gateway-page'; readonly status?: number }
  /** 50 ms between two bytes unless told. */
  | { readonly kind: 'drip'; readonly pause?: Seconds }
  | { readonly kind: 'tamper'; readonly parameter: 'code' | 'state' | 'iss'; readonly how: 'missing' | 'wrong' | 'empty' | 'doubled' }

export type FaultKind = FaultSpec['kind']

/** `before`: nothing was decided; `after-commit`: decided and stored; `mid-body`: in what is sent. */
export type Phase = 'before' | 'after-commit' | 'mid-body'

export const phases: { readonly [K in FaultKind]: Phase } = {
  status: 'before',
  refuse: 'before',
  'rate-limit': 'before',
  delay: 'before',
  hang: 'before',
  reset: 'before',
  lose: 'after-commit',
  tamper: 'after-commit',
  truncate: 'mid-body',
  'wrong-length': 'mid-body',
  garble: 'mid-body',
  'gateway-page': 'mid-body',
  drip: 'mid-body',
}

/** Which requests are meant. All that is said must fit. */
export interface When {
  readonly grantType?: string
  readonly clientId?: string
  readonly method?: string
  /** The provider's real path. */
  readonly path?: string
  /** Only from the nth request that fits otherwise; 1 is the first. */
  readonly nth?: number
}

export interface FaultConditions {
  readonly provider?: string
  readonly operation?: Operation
  /** Once unless told. */
  readonly times?: number | 'always'
  readonly when?: When
  /** Above 0 and up to 1, drawn from the sandbox's seed. */
  readonly probability?: number
}

export type FaultInput = FaultSpec & FaultConditions

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
}

export interface Faults {
  readonly add: (fault: FaultInput) => Fault
  /** Those that wait, in the order in which they are tried. */
  readonly list: () => readonly Fault[]
  /** Waiting or spent. */
  readonly get: (id: string) => Fault | undefined
  readonly remove: (id: string) => boolean
  readonly clear: () => void
  /** Whether any waits: asking costs nothing. */
  readonly any: () => boolean
  /** The first that fits fires. `tamper` faults are tried only on redirects, all others only before. */
  readonly take: (request: FaultTarget, redirects?: boolean) => Fault | undefined
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

const fresh: FaultState = { waiting: [], spent: [], serial: 0, draws: 0 }

export const createFaults = (seed = randomBytes(8).toString('hex')): Faults => {
  let state = fresh
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
    add: (fault) => {
      const serial = state.serial + 1
      const times = fault.times ?? 1
      const added: Fault = { ...fault, id: `f${serial}`, phase: phases[fault.kind], times, fired: 0, seen: 0 }
      state = { ...state, serial, waiting: [...state.waiting, added] }
      return added
    },
    list: () => state.waiting,
    get: (id) => state.waiting.find((one) => one.id === id) ?? state.spent.find((one) => one.id === id),
    remove: (id) => {
      const waiting = state.waiting.filter((one) => one.id !== id)
      const there = waiting.length < state.waiting.length
      state = { ...state, waiting }
      return there
    },
    clear: () => {
      state = { ...state, waiting: [], spent: [] }
    },
    any: () => state.waiting.length > 0,
    take: (request, redirects = false) => {
      for (const fault of state.waiting) {
        if ((fault.kind === 'tamper') !== redirects || !fits(fault, request)) continue
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
    state: () => state,
    set: (to) => {
      state = to
    },
  }
}
