/**
 * Keeps records in Redis, where several processes share them.
 *
 * A sandbox is one hash, so that it is copied, replaced, and thrown away whole. A decision runs on what this process last
 * saw; the commit is a script that first compares every record that was read and answers with those that have changed,
 * and then the decision runs again. Where nothing has changed that is one round trip.
 */

import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Kind, Records, Tx } from '../protocol/records.js'
import type { AnyRecord } from './memory.js'
import { commitScript, replaceScript, unlockScript } from './scripts.js'
import type { Now, Shared, Snapshot, Store } from './store.js'
import { CannotOpen, Unavailable } from './store.js'

/** A record as it was last seen, and the mark of the commit that wrote it; an empty mark stands for no record. */
interface Seen {
  readonly mark: string
  readonly record: AnyRecord | undefined
}

const markLength = 12
const mine = randomBytes(4).toString('base64url').slice(0, 5)
let serial = 0
const newMark = (): string => {
  serial += 1
  return mine + serial.toString(36).padStart(markLength - mine.length, '0')
}

const absent: Seen = { mark: '', record: undefined }
const seenIn = (value: string | null): Seen =>
  value === null || value === '' ? absent : { mark: value.slice(0, markLength), record: JSON.parse(value.slice(markLength)) }

/** How many records this process remembers to decide on; what is not remembered is asked for. */
const mostSeen = 50_000
/** A decision that is overtaken so often is given up. */
const mostAttempts = 200

const fieldOf = (scope: string, kind: Kind, id: string): string => `${scope}\n${kind}\n${id}`
const partsOf = (field: string): readonly [scope: string, kind: Kind, id: string] => {
  const first = field.indexOf('\n')
  const second = field.indexOf('\n', first + 1)
  return [field.slice(0, first), field.slice(first + 1, second) as Kind, field.slice(second + 1)]
}

/** Thrown inside a decision that asks for what is not known yet. */
const unknown = new Error('not known yet')

interface Attempt {
  readonly reads: Map<string, Seen>
  readonly writes: Map<string, AnyRecord | undefined>
  missing?: string
}

const txOf = (scope: string, seen: ReadonlyMap<string, Seen>, attempt: Attempt): Tx => ({
  get: <K extends Kind>(kind: K, id: string) => {
    const field = fieldOf(scope, kind, id)
    if (attempt.writes.has(field)) return attempt.writes.get(field) as Records[K] | undefined
    const known = seen.get(field)
    if (!known) {
      attempt.missing = field
      throw unknown
    }
    attempt.reads.set(field, known)
    return known.record as Records[K] | undefined
  },
  put: (kind, id, record) => void attempt.writes.set(fieldOf(scope, kind, id), record),
  delete: (kind, id) => void attempt.writes.set(fieldOf(scope, kind, id), undefined),
})

const untilOf = (record: AnyRecord | undefined): string =>
  record !== undefined && 'until' in record && record.until !== undefined ? String(record.until) : ''

interface Scripted extends Redis {
  readonly authdoubleCommit: (keys: number, ...args: (string | number)[]) => Promise<readonly string[]>
  readonly authdoubleReplace: (keys: number, ...args: (string | number)[]) => Promise<number>
  readonly authdoubleUnlock: (keys: number, ...args: (string | number)[]) => Promise<number>
}

const away = (error: unknown): Unavailable =>
  error instanceof Unavailable ? error : new Unavailable(`Redis cannot be asked: ${error instanceof Error ? error.message : String(error)}`)

/** Where the parts of a sandbox are; braces keep them on one node of a cluster. */
const keysOf = (prefix: string, sandbox: string) => {
  const base = `${prefix}{${sandbox}}`
  return {
    records: `${base}:records`,
    until: `${base}:until`,
    journal: `${base}:journal`,
    serial: `${base}:serial`,
    lock: `${base}:lock`,
    room: `${base}:room`,
  }
}
type Keys = ReturnType<typeof keysOf>

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** How long a process may hold the lock before it counts as dead. */
const lockFor = 10_000

const sharedOf = (client: Scripted, keys: Keys, journalLimit: number): Shared => {
  const guard = <T>(asked: Promise<T>): Promise<T> => asked.catch((error) => Promise.reject(away(error)))
  let turn: Promise<unknown> = Promise.resolve()
  const locked = async <T>(act: () => Promise<T>): Promise<T> => {
    const token = newMark()
    while ((await guard(client.set(keys.lock, token, 'PX', lockFor, 'NX'))) === null) await wait(1 + Math.random() * 4)
    try {
      return await act()
    } finally {
      await client.authdoubleUnlock(1, keys.lock, token).catch(() => {})
    }
  }
  return {
    serial: () => guard(client.incr(keys.serial)),
    exclusive: (act) => {
      const mine = turn.then(() => locked(act))
      turn = mine.catch(() => {})
      return mine
    },
    log: async (entry) => void (await guard(client.xadd(keys.journal, 'MAXLEN', '~', journalLimit, '*', 'entry', entry))),
    logged: async (after) =>
      (await guard(client.xrange(keys.journal, `(${after}`, '+', 'COUNT', journalLimit))).map(([at, [, entry = '']]) => ({ at, entry })),
    clearLog: async () => void (await guard(client.del(keys.journal))),
  }
}

/** @param lease milliseconds of disuse after which the sandbox is gone; undefined: never */
const redisStore = (client: Scripted, keys: Keys, now: Now, lease: number | undefined, journalLimit: number): Store => {
  const seen = new Map<string, Seen>()
  const remember = (field: string, what: Seen): void => {
    if (seen.size >= mostSeen) seen.clear()
    seen.set(field, what)
  }
  /** What is in doubt is asked for again. */
  const forgetAll = (error: unknown): never => {
    seen.clear()
    throw away(error)
  }
  const fetchField = async (field: string): Promise<void> => {
    const value = await client.hget(keys.records, field).catch(forgetAll)
    // A commit of this process that went out meanwhile knows better.
    if (!seen.has(field)) remember(field, seenIn(value))
  }

  /** True when everything read was still so and everything written is. */
  const commit = async ({ reads, writes }: Attempt): Promise<boolean> => {
    const args: (string | number)[] = [now(), lease ?? '', reads.size]
    for (const [field, { mark }] of reads) args.push(field, mark)
    const written: (readonly [field: string, what: Seen])[] = []
    for (const [field, record] of writes) {
      const mark = record === undefined ? '' : newMark()
      written.push([field, { mark, record }])
      args.push(field, record === undefined ? '' : mark + JSON.stringify(record), untilOf(record))
    }
    // The next decisions build on this one before it is certain: commits of one connection run in order, and those that
    // build on one that failed fail with it.
    for (const [field, what] of written) remember(field, what)
    const changed = await client.authdoubleCommit(2, keys.records, keys.until, ...args).catch(forgetAll)
    if (changed.length === 0) return true
    for (const [field, what] of written) if (seen.get(field) === what) seen.delete(field)
    for (let i = 0; i + 1 < changed.length; i += 2) {
      const field = changed[i] ?? ''
      if (seen.get(field) === reads.get(field)) remember(field, seenIn(changed[i + 1] ?? ''))
      else if (!seen.get(field)) remember(field, seenIn(changed[i + 1] ?? ''))
    }
    return false
  }

  const transact = async <T>(scope: string, decide: (tx: Tx) => T): Promise<T> => {
    for (let overtaken = 0; overtaken < mostAttempts; ) {
      const attempt: Attempt = { reads: new Map(), writes: new Map() }
      let decided: (() => T) | undefined
      try {
        const result = decide(txOf(scope, seen, attempt))
        decided = () => result
      } catch (error) {
        // A decision that threw may have read what is no longer so.
        attempt.writes.clear()
        decided = () => {
          throw error
        }
      }
      if (attempt.missing !== undefined) await fetchField(attempt.missing)
      else if (attempt.reads.size + attempt.writes.size === 0 || (await commit(attempt))) return decided()
      else overtaken += 1
    }
    throw new Unavailable('other processes kept changing what this decision read')
  }

  const all = async (): Promise<readonly (readonly [string, AnyRecord])[]> =>
    Object.entries(await client.hgetall(keys.records).catch(forgetAll)).map(([field, value]) => [field, seenIn(value).record as AnyRecord])

  return {
    transact,
    outlives: true,
    shared: sharedOf(client, keys, journalLimit),
    list: async <K extends Kind>(scope: string, kind: K) => {
      const prefix = fieldOf(scope, kind, '')
      const mine = (await all()).filter(([field]) => field.startsWith(prefix))
      return Object.fromEntries(mine.map(([field, record]) => [field.slice(prefix.length), record])) as {
        readonly [id: string]: Records[K]
      }
    },
    snapshot: async () => {
      const snapshot: { [scope: string]: { [kind: string]: { [id: string]: AnyRecord } } } = {}
      for (const [field, record] of await all()) {
        const [scope, kind, id] = partsOf(field)
        snapshot[scope] ??= {}
        const shelves = snapshot[scope]
        shelves[kind] ??= {}
        shelves[kind][id] = record
      }
      return snapshot as Snapshot
    },
    restore: async (snapshot) => {
      const args: string[] = []
      for (const [scope, kinds] of Object.entries(snapshot))
        for (const [kind, records] of Object.entries(kinds))
          for (const [id, record] of Object.entries(records))
            args.push(fieldOf(scope, kind as Kind, id), newMark() + JSON.stringify(record), untilOf(record as AnyRecord))
      await client.authdoubleReplace(2, keys.records, keys.until, ...args).catch(forgetAll)
      seen.clear()
    },
    close: async () => {},
  }
}

/** What all processes know of a sandbox. */
export interface Room {
  /** What it was made with, as JSON. */
  readonly made: string
  /** Milliseconds without a request after which it goes away. */
  readonly lease?: number
}

export interface RedisHouse {
  readonly store: (
    sandbox: string,
    options?: { readonly lease?: number; readonly journalLimit?: number | undefined },
  ) => (now: Now) => Store
  /** A number for this process that no other had: what is minted from a seed must not come twice. */
  readonly starts: number
  /** False when another process was faster. */
  readonly addRoom: (name: string, room: Room) => Promise<boolean>
  /** Looking a sandbox up keeps it alive. */
  readonly room: (name: string) => Promise<Room | undefined>
  readonly rooms: () => Promise<readonly string[]>
  readonly removeRoom: (name: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

const defaultLimit = 10_000

/**
 * @param url `redis://` or `rediss://`; `?prefix=` goes before all keys, `authdouble:` unless told
 * @throws CannotOpen when ioredis is not installed or Redis does not answer
 */
export const openRedis = async (url: string): Promise<RedisHouse> => {
  const where = new URL(url)
  const prefix = where.searchParams.get('prefix') ?? 'authdouble:'
  where.search = ''
  const { Redis: Client } = await import('ioredis').catch(() => {
    throw new CannotOpen('--store redis://... needs the package ioredis: npm install ioredis')
  })
  const client = new Client(where.href, {
    lazyConnect: true,
    // While Redis is away a request is refused at once: it must not pile up, and it may be asked again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 5000,
    connectTimeout: 3000,
    retryStrategy: (times) => Math.min(50 * times, 500),
  }) as Scripted
  client.defineCommand('authdoubleCommit', { lua: commitScript })
  client.defineCommand('authdoubleReplace', { lua: replaceScript })
  client.defineCommand('authdoubleUnlock', { lua: unlockScript })
  // Every command tells of it; an event that nobody hears would end the process.
  client.on('error', () => {})
  let starts: number
  try {
    await client.connect()
    starts = (await client.incr(`${prefix}starts`)) - 1
  } catch (error) {
    client.disconnect()
    throw new CannotOpen(`Redis at ${where.host} does not answer: ${error instanceof Error ? error.message : String(error)}`)
  }
  const keys = (name: string): Keys => keysOf(prefix, name)
  const guard = <T>(asked: Promise<T>): Promise<T> => asked.catch((error) => Promise.reject(away(error)))
  return {
    starts,
    store:
      (sandbox, { lease, journalLimit = defaultLimit } = {}) =>
      (now) =>
        redisStore(client, keys(sandbox), now, lease, journalLimit),
    addRoom: async (name, { made, lease }) => {
      const { room } = keys(name)
      const value = JSON.stringify({ made, ...(lease === undefined ? {} : { lease }) })
      return (await guard(lease === undefined ? client.set(room, value, 'NX') : client.set(room, value, 'PX', lease, 'NX'))) === 'OK'
    },
    room: async (name) => {
      const own = keys(name)
      const value = await guard(client.get(own.room))
      if (value === null) return undefined
      const room = JSON.parse(value) as Room
      if (room.lease !== undefined)
        for (const key of [own.room, own.records, own.until, own.journal, own.serial]) client.pexpire(key, room.lease).catch(() => {})
      return room
    },
    rooms: async () => {
      const found: string[] = []
      let cursor = '0'
      do {
        const [next, page] = await guard(client.scan(cursor, 'MATCH', `${prefix}{*}:room`, 'COUNT', 1000))
        found.push(...page.map((key) => key.slice(prefix.length + 1, -'}:room'.length)))
        cursor = next
      } while (cursor !== '0')
      return [...new Set(found)].sort()
    },
    removeRoom: async (name) => {
      const own = keys(name)
      const [removed] = await Promise.all([
        guard(client.del(own.room)),
        guard(client.unlink(own.records, own.until, own.journal, own.serial, own.lock)),
      ])
      return removed === 1
    },
    close: async () => {
      await client.quit().catch(() => client.disconnect())
    },
  }
}
