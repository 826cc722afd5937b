/** The record of every exchange: what came, what it meant, what was sent, and why. Bounded, and constant in cost. */

import { channel } from 'node:diagnostics_channel'
import type { Operation } from '../provider/settings.js'
import type { JournalEntry } from './entry.js'
import { observed } from './observed.js'
import type { EntryDecoder, EntrySummary } from './ring.js'
import { createRing, emptySummary, entryId } from './ring.js'

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
  readonly add: <A>(id: string, known: EntrySummary, text: string, about: A, read: EntryDecoder<A>) => void
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

const numberOf = (id: string): number => Number(id.slice(1))

const whole: EntryDecoder<unknown> = (_id, _known, text) => JSON.parse(text)

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

/** How many exchanges are kept, and how many bytes of them: enough for a test run, and small enough for its machine. */
const [defaultLimit, defaultBytes] = [10_000, 64 * 1024 * 1024]

/** @param limit how many entries are kept, @param mostBytes and how many bytes of them: the oldest go first */
export const createJournal = (limit = defaultLimit, mostBytes = defaultBytes): Journal => {
  const ring = createRing(limit, mostBytes)
  let serial = 0
  const listeners = new Set<(entry: JournalEntry) => void>()
  const all = function* (newestFirst: boolean): Generator<JournalEntry> {
    const count = ring.size()
    for (let i = 0; i < count; i += 1) {
      const entry = ring.at(newestFirst ? count - 1 - i : i)
      if (entry) yield entry
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
    ring.add(numberOf(id), known, text, about, read)
    if (listeners.size === 0 && !exchanges.hasSubscribers) return
    const entry = ring.at(ring.size() - 1)
    if (!entry) return
    for (const listener of listeners) observed(() => listener(entry))
    if (exchanges.hasSubscribers) observed(() => exchanges.publish(entry))
  }
  return {
    nextId: () => {
      serial += 1
      return entryId(serial)
    },
    add,
    addEntry: (entry) => add(entry.id, emptySummary, JSON.stringify(entry), undefined, whole),
    entries: (filter = {}) => [...all(false)].filter((entry) => fits(entry, filter)),
    get: (id) => {
      const number = numberOf(id)
      return id === entryId(number) ? ring.find(number) : undefined
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
    clear: ring.clear,
    size: ring.size,
  }
}
