/** Keeps records in memory: a look-up is a Map look-up, a commit a few Map writes. */

import type { Kind, Records, Tx } from '../protocol/records.js'
import type { Now, Snapshot, Store } from './store.js'

type Record_ = Records[Kind]
type Shelf = Map<string, Record_>

/** How many records are looked at for each one written: more than one, so that sweeping outruns writing. */
const looks = 2

const mayGo = (record: Record_, now: number): boolean => 'until' in record && record.until !== undefined && record.until < now

/** Forgets, a few at a time, what may be forgotten: the cost of a write stays constant however much is kept. */
const sweeper = (shelf: Shelf, now: Now): (() => void) => {
  let hand = shelf.entries()
  return () => {
    for (let i = 0; i < looks; i += 1) {
      const next = hand.next()
      if (next.done) {
        hand = shelf.entries()
        return
      }
      if (mayGo(next.value[1], now())) shelf.delete(next.value[0])
    }
  }
}

interface Scope {
  readonly shelves: Map<Kind, Shelf>
  readonly sweep: Map<Kind, () => void>
}

export const memoryStore = (now: Now): Store => {
  const scopes = new Map<string, Scope>()
  const scopeOf = (name: string): Scope => {
    let scope = scopes.get(name)
    if (!scope) {
      scope = { shelves: new Map(), sweep: new Map() }
      scopes.set(name, scope)
    }
    return scope
  }
  const shelfOf = (scope: Scope, kind: Kind): Shelf => {
    let shelf = scope.shelves.get(kind)
    if (!shelf) {
      shelf = new Map()
      scope.shelves.set(kind, shelf)
      scope.sweep.set(kind, sweeper(shelf, now))
    }
    return shelf
  }
  /** Buffered writes; an absent record is a deletion. */
  type Writes = { readonly kind: Kind; readonly id: string; readonly record: Record_ | undefined }[]

  const commit = (scope: Scope, writes: Writes): void => {
    for (const { kind, id, record } of writes) {
      const shelf = shelfOf(scope, kind)
      if (record === undefined) shelf.delete(id)
      else shelf.set(id, record)
      scope.sweep.get(kind)?.()
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
        return scope.shelves.get(kind)?.get(id) as Records[K] | undefined
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

  return {
    transact,
    snapshot: async () =>
      Object.fromEntries(
        [...scopes].map(([name, scope]) => [
          name,
          Object.fromEntries([...scope.shelves].map(([kind, shelf]) => [kind, Object.fromEntries(shelf)])),
        ]),
      ) as Snapshot,
    restore: async (snapshot) => {
      scopes.clear()
      for (const [name, kinds] of Object.entries(snapshot)) {
        for (const [kind, records] of Object.entries(kinds)) {
          const shelf = shelfOf(scopeOf(name), kind as Kind)
          for (const [id, record] of Object.entries(records)) shelf.set(id, record as Record_)
        }
      }
    },
    close: async () => scopes.clear(),
  }
}
