/** Keeps records in memory: a look-up is a Map look-up, a commit a few Map writes. */

import type { Kind, Records, Tx } from '../protocol/records.js'
import type { Now, Snapshot, Store } from './store.js'

export type AnyRecord = Records[Kind]
type Shelf = Map<string, AnyRecord>

/** How many records are looked at for each one written: more than one, so that sweeping outruns writing. */
const looks = 2

/** A record may be forgotten after this time. */
const endOf = (record: AnyRecord): number => ('until' in record && record.until !== undefined ? record.until : Number.POSITIVE_INFINITY)

/** Forgets, a few at a time, what may be forgotten: the cost of a write stays constant however much is kept. */
interface Sweeper {
  readonly note: (record: AnyRecord) => void
  readonly sweep: () => void
}

const sweeper = (table: Shelf, now: Now): Sweeper => {
  /** Nothing may be forgotten before this: until then there is nothing to look for. */
  let due = Number.POSITIVE_INFINITY
  /** The same for all that was seen since the walk began. */
  let least = Number.POSITIVE_INFINITY
  let hand: MapIterator<[string, AnyRecord]> | undefined
  const begin = (): MapIterator<[string, AnyRecord]> => {
    least = Number.POSITIVE_INFINITY
    return table.entries()
  }
  return {
    note: (record) => {
      const end = endOf(record)
      if (end < due) due = end
      if (end < least) least = end
    },
    sweep: () => {
      const at = now()
      if (at <= due) return
      hand ??= begin()
      for (let i = 0; i < looks; i += 1) {
        const next = hand.next()
        if (next.done) {
          due = least
          hand = undefined
          return
        }
        const end = endOf(next.value[1])
        if (end < at) table.delete(next.value[0])
        else if (end < least) least = end
      }
    },
  }
}

interface Section extends Sweeper {
  readonly table: Shelf
}
type Scope = Map<Kind, Section>

/** Records in Maps, for the stores that keep them in this process. */
export interface Tables {
  readonly transact: <T>(scope: string, decide: (tx: Tx) => T) => T
  readonly list: <K extends Kind>(scope: string, kind: K) => { readonly [id: string]: Records[K] }
  /** Scopes and their shelves as they are now. */
  readonly walk: () => readonly (readonly [
    scope: string,
    tables: readonly (readonly [kind: Kind, table: ReadonlyMap<string, AnyRecord>])[],
  ])[]
  readonly snapshot: () => Snapshot
  readonly load: (snapshot: Snapshot) => void
  /** Forgets at once all that may be forgotten. */
  readonly sweep: () => void
}

/** Buffered writes; an absent record is a deletion. */
type Writes = { readonly kind: Kind; readonly id: string; readonly record: AnyRecord | undefined }[]

export const createTables = (now: Now): Tables => {
  const scopes = new Map<string, Scope>()
  const scopeOf = (name: string): Scope => {
    let scope = scopes.get(name)
    if (!scope) {
      scope = new Map()
      scopes.set(name, scope)
    }
    return scope
  }
  const sectionOf = (scope: Scope, kind: Kind): Section => {
    let section = scope.get(kind)
    if (!section) {
      const table: Shelf = new Map()
      section = { table, ...sweeper(table, now) }
      scope.set(kind, section)
    }
    return section
  }

  const commit = (scope: Scope, writes: Writes): void => {
    for (const { kind, id, record } of writes) {
      const section = sectionOf(scope, kind)
      if (record === undefined) section.table.delete(id)
      else {
        section.table.set(id, record)
        section.note(record)
      }
      section.sweep()
    }
  }

  const transact = <T>(name: string, decide: (tx: Tx) => T): T => {
    const scope = scopeOf(name)
    const writes: Writes = []
    const tx: Tx = {
      get: <K extends Kind>(kind: K, id: string) => {
        for (let i = writes.length - 1; i >= 0; i -= 1) {
          const write = writes[i]
          if (write?.kind === kind && write.id === id) return write.record as Records[K] | undefined
        }
        return scope.get(kind)?.table.get(id) as Records[K] | undefined
      },
      put: (kind, id, record) => {
        writes.push({ kind, id, record })
      },
      delete: (kind, id) => {
        writes.push({ kind, id, record: undefined })
      },
    }
    const result = decide(tx)
    if (writes.length > 0) commit(scope, writes)
    return result
  }

  const walk: Tables['walk'] = () => [...scopes].map(([name, scope]) => [name, [...scope].map(([kind, { table }]) => [kind, table])])
  return {
    transact,
    list: <K extends Kind>(name: string, kind: K) =>
      Object.fromEntries(scopes.get(name)?.get(kind)?.table ?? []) as { readonly [id: string]: Records[K] },
    walk,
    snapshot: () =>
      Object.fromEntries(
        walk().map(([name, tables]) => [name, Object.fromEntries(tables.map(([kind, table]) => [kind, Object.fromEntries(table)]))]),
      ) as Snapshot,
    load: (snapshot) => {
      scopes.clear()
      for (const [name, kinds] of Object.entries(snapshot)) {
        for (const [kind, records] of Object.entries(kinds)) {
          const { table, note } = sectionOf(scopeOf(name), kind as Kind)
          for (const [id, record] of Object.entries(records as { readonly [id: string]: AnyRecord })) {
            table.set(id, record)
            note(record)
          }
        }
      }
    },
    sweep: () => {
      const at = now()
      for (const scope of scopes.values())
        for (const { table } of scope.values()) for (const [id, record] of table) if (endOf(record) < at) table.delete(id)
    },
  }
}

export const memoryStore = (now: Now): Store => {
  const tables = createTables(now)
  return {
    transact: tables.transact,
    list: async (scope, kind) => tables.list(scope, kind),
    snapshot: async () => tables.snapshot(),
    restore: async (snapshot) => tables.load(snapshot),
    close: async () => tables.load({}),
  }
}
