/**
 * Keeps records in Redis, where several processes share them.
 *
 * A sandbox is one hash, so that it is copied, replaced, and thrown away whole. A decision runs on what this process last
 * saw; the commit is a script that first compares every record that was read and answers with those that have changed,
 * and then the decision runs again. Where nothing has changed that is one round trip.
 */

import type { Kind, Records, Tx } from '../../protocol/records.js'
import type { AnyRecord } from '../memory.js'
import type { Now, Snapshot, Store } from '../store.js'
import { Unavailable } from '../store.js'
import type { RedisAttempt, Seen } from './attempt.js'
import { fieldOf, newMark, partsOf, seenIn, txOf, untilOf } from './attempt.js'
import type { Scripted } from './client.js'
import { redisUnavailable } from './client.js'
import type { RedisKeys } from './keys.js'
import { sharedOf } from './shared.js'

/** How many records this process remembers to decide on; what is not remembered is asked for. */
const mostSeen = 50_000
/** A decision that is overtaken so often is given up. */
const mostAttempts = 200

/** @param lease milliseconds of disuse after which the sandbox is gone; undefined: never */
export const redisStore = (client: Scripted, keys: RedisKeys, now: Now, lease: number | undefined, journalLimit: number): Store => {
  const seen = new Map<string, Seen>()
  const remember = (field: string, what: Seen): void => {
    if (seen.size >= mostSeen) seen.clear()
    seen.set(field, what)
  }
  /** What is in doubt is asked for again. */
  const forgetAll = (error: unknown): never => {
    seen.clear()
    throw redisUnavailable(error)
  }
  const fetchField = async (field: string): Promise<void> => {
    const value = await client.hget(keys.records, field).catch(forgetAll)
    // A commit of this process that went out meanwhile knows better.
    if (!seen.has(field)) remember(field, seenIn(value))
  }

  /** True when everything read was still so and everything written is. */
  const commit = async ({ reads, writes }: RedisAttempt): Promise<boolean> => {
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
      const attempt: RedisAttempt = { reads: new Map(), writes: new Map() }
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
      // Maps, because an id may be any word, `__proto__` too.
      const scopes = new Map<string, Map<Kind, Map<string, AnyRecord>>>()
      for (const [field, record] of await all()) {
        const [scope, kind, id] = partsOf(field)
        const tables = scopes.get(scope) ?? new Map<Kind, Map<string, AnyRecord>>()
        scopes.set(scope, tables)
        tables.set(kind, (tables.get(kind) ?? new Map<string, AnyRecord>()).set(id, record))
      }
      return Object.fromEntries(
        [...scopes].map(([scope, tables]) => [
          scope,
          Object.fromEntries([...tables].map(([kind, records]) => [kind, Object.fromEntries(records)])),
        ]),
      ) as Snapshot
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
