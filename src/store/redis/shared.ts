/** What the processes share besides records: numbers, a lock, and the journal. */

import type { Shared } from '../store.js'
import { newMark } from './attempt.js'
import type { Scripted } from './client.js'
import { guard } from './client.js'
import type { RedisKeys } from './keys.js'

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** How long a process may hold the lock before it counts as dead. */
const lockFor = 10_000

export const sharedOf = (client: Scripted, keys: RedisKeys, journalLimit: number): Shared => {
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
