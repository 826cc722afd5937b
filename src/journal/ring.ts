/** The newest exchanges: what is known of each, and a text outside of the heap that the rest of its entry is read from. */

import type { Operation, Seconds } from '../provider/settings.js'
import type { ArenaSlot } from './byteArena.js'
import { createByteArena } from './byteArena.js'
import type { JournalEntry, JournalOutcome } from './entry.js'

/** What is known of an exchange without reading its text. */
export interface EntrySummary {
  readonly at: Seconds
  readonly took: number
  readonly operation: Operation | undefined
  readonly outcome: JournalOutcome
  readonly reason: string | undefined
  readonly client: string | undefined
  readonly user: string | undefined
  readonly authentication: JournalEntry['authentication']
}

/** Of an exchange whose text says all. The times are no whole numbers, so that V8 makes room for fractions and writes them in place. */
export const emptySummary: EntrySummary = {
  at: 0.5,
  took: 0.5,
  operation: undefined,
  outcome: 'unknown',
  reason: undefined,
  client: undefined,
  user: undefined,
  authentication: undefined,
}

/** How an entry is read from what was kept of it. @param about what lives longer than the entry and is needed to read it */
export type EntryDecoder<A> = (id: string, known: EntrySummary, text: string, about: A) => JournalEntry

/** The id of an entry by its number. */
export const entryId = (number: number): string => `r${number}`

export interface Ring {
  readonly add: <A>(number: number, known: EntrySummary, text: string, about: A, read: EntryDecoder<A>) => void
  /** The entry so many places from the oldest. */
  readonly at: (index: number) => JournalEntry | undefined
  readonly find: (number: number) => JournalEntry | undefined
  readonly size: () => number
  readonly clear: () => void
}

type Mutable<T> = { -readonly [name in keyof T]: T[name] }

/** A place that is written over when its entry is the oldest: a ring that is full makes no garbage that outlives a request. */
interface Slot extends ArenaSlot, Mutable<EntrySummary> {
  number: number
  about: unknown
  read: EntryDecoder<never>
  /** Once somebody looked at it, so that the same entry is the same object. */
  entry: JournalEntry | undefined
}

/** @param limit how many are kept, @param mostBytes and how many bytes of them: the oldest go first */
export const createRing = (limit: number, mostBytes: number): Ring => {
  const slots: Slot[] = []
  const arena = createByteArena()
  let start = 0
  let count = 0
  let bytes = 0
  const release = (slot: Slot): void => {
    if (slot.chunk) bytes -= slot.to - slot.from
    arena.release(slot)
  }
  /** The oldest make room, until what is kept is within its bounds; the newest stays, however long it is. */
  const shrink = (): void => {
    while (bytes > mostBytes && count > 1) {
      const oldest = slots[start]
      if (oldest) {
        release(oldest)
        oldest.entry = undefined
      }
      start = (start + 1) % limit
      count -= 1
    }
  }
  const slotAt = (index: number): Slot | undefined => (index < count ? slots[(start + index) % limit] : undefined)
  const open = (slot: Slot | undefined): JournalEntry | undefined => {
    if (slot) slot.entry ??= slot.read(entryId(slot.number), slot, arena.read(slot), slot.about as never)
    return slot?.entry
  }
  return {
    add: (number, known, text, about, read) => {
      const place = (start + count) % limit
      let slot = slots[place]
      if (slot) release(slot)
      else {
        slot = { ...emptySummary, number, about, read, entry: undefined, chunk: undefined, from: 0, to: 0 }
        slots[place] = slot
      }
      slot.number = number
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
      arena.write(slot, text)
      bytes += slot.to - slot.from
      if (count < limit) count += 1
      else start = (start + 1) % limit
      if (bytes > mostBytes) shrink()
    },
    at: (index) => open(slotAt(index)),
    find: (number) => {
      for (let i = count - 1; i >= 0; i -= 1) {
        const slot = slotAt(i)
        if (slot?.number === number) return open(slot)
      }
      return undefined
    },
    size: () => count,
    clear: () => {
      for (const slot of slots) arena.release(slot)
      arena.clear()
      slots.length = 0
      bytes = 0
      start = 0
      count = 0
    },
  }
}
