/** The record of every exchange: what came, what it meant, what was sent, and why. Bounded, and constant in cost. */

import { channel } from 'node:diagnostics_channel'
import type { Operation, Seconds } from '../provider/settings.js'
import type { Held } from './reel.js'
import { createReel } from './reel.js'

export type TokenKind = 'code' | 'access_token' | 'refresh_token' | 'id_token' | 'assertion'

export interface TokenReference {
  readonly kind: TokenKind
  readonly id: string
  readonly from?: string
  readonly expiresAt?: Seconds | null
}

export type JournalOutcome = 'answered' | 'refused' | 'redirected' | 'asked' | 'faulted' | 'unknown'

/** One exchange. */
export interface JournalEntry {
  /** What `x-authdouble-request-id` said. */
  readonly id: string
  /** Epoch seconds by the sandbox's clock. */
  readonly at: Seconds
  /** Milliseconds of real time. */
  readonly took: number
  readonly provider?: string
  readonly operation?: Operation
  readonly outcome: JournalOutcome
  /** The precise reason of a refusal, which the client may not have been told. */
  readonly reason?: string
  readonly clientId?: string
  readonly user?: string
  readonly grantType?: string
  readonly authentication?: 'none' | 'basic' | 'body' | 'both'
  readonly request: {
    readonly method: string
    /** Path and query as they came. */
    readonly url: string
    /** In the order and case in which they came. */
    readonly headers: readonly (readonly [string, string])[]
    /** What was read from query and body. */
    readonly parameters: { readonly [name: string]: string }
    readonly body?: string
  }
  readonly response: {
    readonly status?: number
    readonly headers: readonly (readonly [string, string])[]
    readonly body?: string
    /** False when a fault lost, cut or dropped it. */
    readonly complete: boolean
  }
  readonly presented?: TokenReference
  readonly issued?: readonly TokenReference[]
  readonly ended?: readonly string[]
  readonly fault?: { readonly id: string; readonly kind: string }
  /** `provider/name` of the quirks that bore on it. */
  readonly quirks: readonly string[]
}

/** What is known of an exchange without reading its text. */
export interface Known {
  readonly at: Seconds
  readonly took: number
  readonly operation: Operation | undefined
  readonly outcome: JournalOutcome
  readonly reason: string | undefined
  readonly client: string | undefined
  readonly user: string | undefined
  readonly authentication: JournalEntry['authentication']
}

/** How an entry is read from what was kept of it. @param about what lives longer than the entry and is needed to read it */
export type Reading<A> = (id: string, known: Known, text: string, about: A) => JournalEntry

/** What an entry must be like. Everything that is said must fit. */
export interface JournalFilter {
  readonly provider?: string
  readonly operation?: string
  readonly outcome?: string
  readonly reason?: string
  readonly client?: string
  readonly grantType?: string
  /** Only what came after this entry id, or after this time. */
  readonly since?: string
}

export interface Journal {
  /** Keeps what an entry can be read from: one that nobody looks at costs next to nothing. */
  readonly add: <A>(id: string, known: Known, text: string, about: A, read: Reading<A>) => void
  /** Keeps an entry that was made elsewhere. */
  readonly addEntry: (entry: JournalEntry) => void
  readonly nextId: () => string
  /** Oldest first. */
  readonly entries: (filter?: JournalFilter) => readonly JournalEntry[]
  readonly get: (id: string) => JournalEntry | undefined
  readonly fits: (entry: JournalEntry, filter: JournalFilter) => boolean
  /** The newest entry that fits, or that of a provider and operation. */
  readonly last: (filter?: JournalFilter | string, operation?: Operation) => JournalEntry | undefined
  /** The first entry that fits, now or within `timeout` milliseconds; undefined when none came. */
  readonly await: (filter: JournalFilter, timeout: number) => Promise<JournalEntry | undefined>
  /** Calls back for every further entry; the answer stops it. */
  readonly subscribe: (listener: (entry: JournalEntry) => void) => () => void
  readonly clear: () => void
  readonly size: () => number
}

type Mutable<T> = { -readonly [name in keyof T]: T[name] }

/** A place in the ring, written over when its entry is the oldest: a journal that is full makes no garbage that outlives a request. */
interface Slot extends Held, Mutable<Known> {
  number: number
  about: unknown
  read: Reading<never>
  /** Once somebody looked at it. */
  entry: JournalEntry | undefined
}

const emptySlot = (): Slot => ({
  number: 0,
  // No whole numbers, so that V8 makes room for fractions at once and writes them in place.
  at: 0.5,
  took: 0.5,
  operation: undefined,
  outcome: 'unknown',
  reason: undefined,
  client: undefined,
  user: undefined,
  authentication: undefined,
  about: undefined,
  read: whole,
  entry: undefined,
  chunk: undefined,
  from: 0,
  to: 0,
})

const numberOf = (id: string): number => Number(id.slice(1))

const whole: Reading<unknown> = (_id, _known, text) => JSON.parse(text)

const fits = (entry: JournalEntry, filter: JournalFilter): boolean =>
  (filter.provider === undefined || entry.provider === filter.provider) &&
  (filter.operation === undefined || entry.operation === filter.operation) &&
  (filter.outcome === undefined || entry.outcome === filter.outcome) &&
  (filter.reason === undefined || entry.reason === filter.reason) &&
  (filter.client === undefined || entry.clientId === filter.client) &&
  (filter.grantType === undefined || entry.grantType === filter.grantType) &&
  (filter.since === undefined ||
    (/^r\d+$/.test(filter.since) ? numberOf(entry.id) > numberOf(filter.since) : entry.at > Number(filter.since)))

/** Every exchange of every journal in this process, as a `JournalEntry`, for whoever subscribes; costs nothing when nobody does. */
const exchanges = channel('authdouble:exchange')

/** @param limit how many entries are kept: the oldest go first */
export const createJournal = (limit = 10_000): Journal => {
  const ring: Slot[] = []
  const reel = createReel()
  let start = 0
  let count = 0
  let serial = 0
  const listeners = new Set<(entry: JournalEntry) => void>()
  const open = (slot: Slot): JournalEntry => {
    slot.entry ??= slot.read(`r${slot.number}`, slot, reel.read(slot), slot.about as never)
    return slot.entry
  }
  const at = (index: number): Slot | undefined => ring[(start + index) % limit]
  const all = function* (newestFirst: boolean): Generator<JournalEntry> {
    for (let i = 0; i < count; i += 1) {
      const slot = at(newestFirst ? count - 1 - i : i)
      if (slot) yield open(slot)
    }
  }
  const last: Journal['last'] = (of = {}, operation) => {
    const filter = typeof of === 'string' ? { provider: of, ...(operation === undefined ? {} : { operation }) } : of
    for (const entry of all(true)) if (fits(entry, filter)) return entry
    return undefined
  }
  const subscribe = (listener: (entry: JournalEntry) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const add: Journal['add'] = (id, known, text, about, read) => {
    const place = (start + count) % limit
    let slot = ring[place]
    if (slot) reel.release(slot)
    else {
      slot = emptySlot()
      ring[place] = slot
    }
    slot.number = numberOf(id)
    slot.at = known.at
    slot.took = known.took
    slot.operation = known.operation
    slot.outcome = known.outcome
    slot.reason = known.reason
    slot.client = known.client
    slot.user = known.user
    slot.authentication = known.authentication
    slot.about = about
    slot.read = read
    slot.entry = undefined
    reel.write(slot, text)
    if (count < limit) count += 1
    else start = (start + 1) % limit
    if (listeners.size === 0 && !exchanges.hasSubscribers) return
    const entry = open(slot)
    for (const listener of listeners) listener(entry)
    if (exchanges.hasSubscribers) exchanges.publish(entry)
  }
  return {
    nextId: () => {
      serial += 1
      return `r${serial}`
    },
    add,
    addEntry: (entry) => {
      const { at, took, operation, outcome, reason, clientId: client, user, authentication } = entry
      add(entry.id, { at, took, operation, outcome, reason, client, user, authentication }, JSON.stringify(entry), undefined, whole)
    },
    entries: (filter = {}) => [...all(false)].filter((entry) => fits(entry, filter)),
    get: (id) => {
      const number = numberOf(id)
      for (let i = count - 1; i >= 0; i -= 1) {
        const slot = at(i)
        if (slot?.number === number) return open(slot)
      }
      return undefined
    },
    fits,
    last,
    await: (filter, timeout) => {
      for (const entry of all(false)) if (fits(entry, filter)) return Promise.resolve(entry)
      return new Promise((resolve) => {
        const finish = (entry: JournalEntry | undefined): void => {
          clearTimeout(timer)
          stop()
          resolve(entry)
        }
        const timer = setTimeout(() => finish(undefined), timeout)
        const stop = subscribe((entry) => {
          if (fits(entry, filter)) finish(entry)
        })
      })
    },
    subscribe,
    clear: () => {
      for (const slot of ring) reel.release(slot)
      ring.length = 0
      start = 0
      count = 0
    },
    size: () => count,
  }
}
