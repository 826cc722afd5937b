/** Opens Redis, and keeps there which sandboxes there are. */

import type { Now, Store } from '../store.js'
import { connect, guard } from './client.js'
import type { RedisKeys } from './keys.js'
import { redisKeys } from './keys.js'
import { redisStore } from './store.js'

/** What all processes know of a sandbox. */
export interface RedisSandbox {
  /** What it was made with, as JSON. */
  readonly made: string
  /** Milliseconds without a request after which it goes away. */
  readonly lease?: number
}

export interface RedisRegistryStore {
  readonly store: (
    sandbox: string,
    options?: { readonly lease?: number; readonly journalLimit?: number | undefined },
  ) => (now: Now) => Store
  /** A number for this process that no other had: what is minted from a seed must not come twice. */
  readonly starts: number
  /** False when another process was faster. */
  readonly addSandbox: (name: string, sandbox: RedisSandbox) => Promise<boolean>
  /** Looking a sandbox up keeps it alive. */
  readonly sandbox: (name: string) => Promise<RedisSandbox | undefined>
  readonly sandboxNames: () => Promise<readonly string[]>
  readonly removeSandbox: (name: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

const defaultLimit = 10_000

/**
 * @param url `redis://` or `rediss://`; `?prefix=` goes before all keys, `authdouble:` unless told
 * @throws CannotOpen when ioredis is not installed or Redis does not answer
 */
export const openRedis = async (url: string): Promise<RedisRegistryStore> => {
  const where = new URL(url)
  const prefix = where.searchParams.get('prefix') ?? 'authdouble:'
  where.search = ''
  const { client, starts } = await connect(where, prefix)
  const keys = (name: string): RedisKeys => redisKeys(prefix, name)
  return {
    starts,
    store:
      (sandbox, { lease, journalLimit = defaultLimit } = {}) =>
      (now) =>
        redisStore(client, keys(sandbox), now, lease, journalLimit),
    addSandbox: async (name, { made, lease }) => {
      const { sandbox } = keys(name)
      const value = JSON.stringify({ made, ...(lease === undefined ? {} : { lease }) })
      return (await guard(lease === undefined ? client.set(sandbox, value, 'NX') : client.set(sandbox, value, 'PX', lease, 'NX'))) === 'OK'
    },
    sandbox: async (name) => {
      const own = keys(name)
      const value = await guard(client.get(own.sandbox))
      if (value === null) return undefined
      const sandbox = JSON.parse(value) as RedisSandbox
      if (sandbox.lease !== undefined)
        for (const key of [own.sandbox, own.records, own.until, own.journal, own.serial]) client.pexpire(key, sandbox.lease).catch(() => {})
      return sandbox
    },
    sandboxNames: async () => {
      const found: string[] = []
      let cursor = '0'
      do {
        const [next, page] = await guard(client.scan(cursor, 'MATCH', `${prefix}{*}:room`, 'COUNT', 1000))
        found.push(...page.map((key) => key.slice(prefix.length + 1, -'}:room'.length)))
        cursor = next
      } while (cursor !== '0')
      return [...new Set(found)].sort()
    },
    removeSandbox: async (name) => {
      const own = keys(name)
      const [removed] = await Promise.all([
        guard(client.del(own.sandbox)),
        guard(client.unlink(own.records, own.until, own.journal, own.serial, own.lock)),
      ])
      return removed === 1
    },
    close: async () => {
      await client.quit().catch(() => client.disconnect())
    },
  }
}
