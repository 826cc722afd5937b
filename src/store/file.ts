/** Keeps records in one JSON file: whoever is answered finds what was promised after a crash. */

import { realpathSync } from 'node:fs'
import { access, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Kind, Tx } from '../protocol/records.js'
import { readDocument, writeDocument } from './document.js'
import { lockFile } from './lock.js'
import type { AnyRecord, Tables } from './memory.js'
import { createTables } from './memory.js'
import type { Now, Store } from './store.js'
import { CannotOpen, Unavailable } from './store.js'

/** What changes together: the promises made since a write began ride on the next one. */
interface Batch {
  /** Records that are not in the file yet as they are in memory. */
  readonly dirty: Set<string>
  /** Takes the changes back, the last one first. */
  readonly undo: (() => void)[]
  readonly written: Promise<void>
  readonly settle: (error?: Unavailable) => void
}

const newBatch = (): Batch => {
  let settle: Batch['settle'] = () => {}
  const written = new Promise<void>((fulfil, reject) => {
    settle = (error) => (error ? reject(error) : fulfil())
  })
  // A batch that nobody waits for may fail all the same.
  written.catch(() => {})
  return { dirty: new Set(), undo: [], written, settle }
}

const keyOf = (scope: string, kind: Kind, id: string): string => `${scope}\n${kind}\n${id}`

/** Sees what a decision read and wrote. */
const watched = (
  tx: Tx,
  scope: string,
  read: Set<string>,
  before: Map<string, { kind: Kind; id: string; record: AnyRecord | undefined }>,
): Tx => {
  const note = (kind: Kind, id: string): void => {
    const key = keyOf(scope, kind, id)
    if (!before.has(key)) before.set(key, { kind, id, record: tx.get(kind, id) })
  }
  return {
    get: (kind, id) => {
      read.add(keyOf(scope, kind, id))
      return tx.get(kind, id)
    },
    put: (kind, id, record) => {
      note(kind, id)
      tx.put(kind, id, record)
    },
    delete: (kind, id) => {
      note(kind, id)
      tx.delete(kind, id)
    },
  }
}

const restoreRecords = (tables: Tables, scope: string, before: Iterable<{ kind: Kind; id: string; record: AnyRecord | undefined }>): void =>
  tables.transact(scope, (tx) => {
    for (const { kind, id, record } of before) {
      if (record === undefined) tx.delete(kind, id)
      else tx.put(kind, id, record as never)
    }
  })

/** A store whose every promise is kept by `write`, of which one at a time is under way. */
const writingStore = (tables: Tables, write: () => Promise<void>, release: () => Promise<void>): Store => {
  let collecting = newBatch()
  let writing: Batch | undefined
  let due = false
  let closed = false

  const writeBatch = async (): Promise<void> => {
    const batch = collecting
    writing = batch
    collecting = newBatch()
    try {
      await write()
      batch.settle()
    } catch (error) {
      const unavailable = new Unavailable(`the state file cannot be written: ${(error as Error).message}`)
      const behind = collecting
      collecting = newBatch()
      for (const undo of [...batch.undo, ...behind.undo].reverse()) undo()
      batch.settle(unavailable)
      behind.settle(unavailable)
    }
  }
  const writeAll = async (): Promise<void> => {
    while (collecting.undo.length > 0) await writeBatch()
    writing = undefined
    due = false
  }
  const schedule = (): void => {
    if (due) return
    due = true
    // All that arrives in this turn of the loop rides on the same write.
    setImmediate(() => void writeAll())
  }
  const change = (dirty: Iterable<string>, undo: () => void): Promise<void> => {
    for (const key of dirty) collecting.dirty.add(key)
    collecting.undo.push(undo)
    schedule()
    return collecting.written
  }
  /** The write that an answer has to wait for because it tells of something that is not in the file yet. */
  const pending = (read: Set<string>): Promise<void> | undefined => {
    for (const batch of writing ? [collecting, writing] : [collecting])
      if (batch.dirty.size > 0) for (const key of read) if (batch.dirty.has(key)) return batch.written
    return undefined
  }

  return {
    transact: (scope, decide) => {
      if (closed) throw new Unavailable('the state file is closed')
      const read = new Set<string>()
      const before: Parameters<typeof watched>[3] = new Map()
      const result = tables.transact(scope, (tx) => decide(watched(tx, scope, read, before)))
      const wait = before.size > 0 ? change(before.keys(), () => restoreRecords(tables, scope, before.values())) : pending(read)
      return wait ? wait.then(() => result) : result
    },
    outlives: true,
    list: async (scope, kind) => tables.list(scope, kind),
    snapshot: async () => tables.snapshot(),
    restore: (snapshot) => {
      const before = tables.snapshot()
      tables.load(snapshot)
      return change([], () => tables.load(before))
    },
    close: async () => {
      if (closed) return
      closed = true
      while (due) await (writing ?? collecting).written.catch(() => {})
      await release()
    },
  }
}

const reasons: { readonly [code: string]: string } = {
  EBUSY: 'it is a mount of its own, and a mount cannot be replaced by a whole new file: mount its folder instead',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder does not exist',
  EISDIR: 'it is a folder',
}

/** The file a link leads to: the file is replaced as a whole, and the link must stay one. */
const real = (file: string): string => {
  try {
    return realpathSync(file)
  } catch {
    return resolve(file)
  }
}

export interface FileStore {
  readonly store: (now: Now) => Store
  /** How often the file was opened before: what is minted from a seed must not come twice. */
  readonly starts: number
}

/**
 * Opens a state file, or begins a new one.
 *
 * @throws CannotOpen when it is no state of ours, is in use, or cannot be replaced; the file is as it was then
 */
export const openFile = async (path: string): Promise<FileStore> => {
  const file = real(path)
  const explain = (error: unknown): CannotOpen => {
    if (error instanceof CannotOpen) return error
    const { code = '', message } = error as NodeJS.ErrnoException
    return new CannotOpen(`${path} cannot be kept up: ${reasons[code] ?? message}`)
  }
  let unlock: () => void
  try {
    await access(dirname(file))
    unlock = lockFile(file)
  } catch (error) {
    throw explain(error)
  }
  try {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const found = readDocument(path, text)
    const starts = found.starts
    const { Low } = await import('lowdb')
    const { DataFile } = await import('lowdb/node')
    let time: Now = () => 0
    const tables = createTables(() => time())
    tables.load(found.records)
    const stringify = (): string => writeDocument(tables, starts + 1)
    const db = new Low(new DataFile<Tables>(file, { parse: () => tables, stringify }), tables)
    const temporary = join(dirname(file), `.${basename(file)}.tmp`)
    const write = async (): Promise<void> => {
      try {
        await db.write()
      } catch (error) {
        // What could be written of it must not keep the disk full.
        await rm(temporary, { force: true })
        throw error
      }
    }
    await write()
    const store = (now: Now): Store => {
      time = now
      tables.sweep()
      return writingStore(tables, write, async () => unlock())
    }
    return { store, starts }
  } catch (error) {
    unlock()
    throw explain(error)
  }
}
