/** Keeps records in one JSON file: whoever is answered finds what was promised after a crash. */

import { realpathSync } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Kind, Tx } from '../protocol/records.js'
import type { Schema } from '../validation/schema.js'
import { readDocument, writeDocument } from './document.js'
import type { FileLock } from './lock.js'
import { lockFile } from './lock.js'
import type { AnyRecord, Tables } from './memory.js'
import { createTables } from './memory.js'
import { removeDrafts, replaceFile } from './replaceFile.js'
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
const writingStore = (tables: Tables, write: () => Promise<void>, lock: FileLock): Store => {
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
      if (lock.lost()) throw new Unavailable(lock.taken)
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
      lock.release()
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

export interface FileOptions {
  /** A promise survives a power cut, too: each write waits for the disk. */
  readonly fsync?: boolean | undefined
  /** What the instruments keep in the file, which this floor does not know. */
  readonly instruments?: Schema | undefined
}

/** A file with its lock, which is released when what follows fails. */
const openLocked = async (path: string, file: string, lock: FileLock, { fsync = false, instruments }: FileOptions): Promise<FileStore> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const { starts, records } = readDocument(path, text, instruments)
  await removeDrafts(file)
  let time: Now = () => 0
  const tables = createTables(() => time())
  tables.load(records)
  const { Low } = await import('lowdb')
  const db = new Low<Tables>(
    {
      read: async () => tables,
      write: (kept) => replaceFile(file, writeDocument(kept, starts + 1), { sync: fsync, check: lock.check }),
    },
    tables,
  )
  await db.write()
  const store = (now: Now): Store => {
    time = now
    tables.sweep()
    return writingStore(tables, () => db.write(), lock)
  }
  return { store, starts }
}

/**
 * Opens a state file, or begins a new one, which its owner alone may read.
 *
 * @throws CannotOpen when it is no state of ours, is in use, or cannot be replaced; the file is as it was then
 */
export const openFile = async (path: string, options: FileOptions = {}): Promise<FileStore> => {
  const file = real(path)
  const explain = (error: unknown): CannotOpen => {
    if (error instanceof CannotOpen) return error
    const { code = '', message } = error as NodeJS.ErrnoException
    return new CannotOpen(`${path} cannot be kept up: ${reasons[code] ?? message}`)
  }
  let lock: FileLock
  try {
    await access(dirname(file))
    lock = lockFile(file)
  } catch (error) {
    throw explain(error)
  }
  try {
    return await openLocked(path, file, lock, options)
  } catch (error) {
    lock.release()
    throw explain(error)
  }
}
