import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccessToken } from '../../src/protocol/records.js'
import type { RedisRegistryStore } from '../../src/store/redis/open.js'
import { openRedis } from '../../src/store/redis/open.js'
import { CannotOpen, Unavailable } from '../../src/store/store.js'
import type { RedisServer } from './redis-server.js'
import { redisInstalled, startRedis } from './redis-server.js'
import { describeStore } from './suite.js'

const record = (until: number): AccessToken => ({
  client: 'c',
  user: 'u',
  scope: '',
  connection: 'x',
  generation: 0,
  expires: until,
  from: 'f',
  until,
})

describe.runIf(redisInstalled)('Redis', () => {
  let redis: RedisServer
  let houses: RedisRegistryStore[]
  let number = 0
  beforeAll(async () => {
    redis = await startRedis()
    houses = await Promise.all([1, 2, 3].map(() => openRedis(redis.url)))
  })
  afterAll(async () => {
    for (const house of houses) await house.close()
    await redis.stop()
  })
  const fresh = (now: () => number) => {
    number += 1
    const [store, ...others] = houses.map((house) => house.store(`s${number}`)(now))
    if (!store) throw new Error('no house')
    return { store, others, close: async () => {} }
  }

  describeStore('the Redis store, seen by three processes', async (now) => fresh(now), 60)

  it('forgets what may be forgotten by the clock of the sandbox', async () => {
    let time = 1000
    const { store } = fresh(() => time)
    for (let i = 0; i < 50; i += 1) await store.transact('s', (tx) => tx.put('access', `old ${i}`, record(2000)))
    time = 3000
    for (let i = 0; i < 30; i += 1) await store.transact('s', (tx) => tx.put('access', `new ${i}`, record(4000)))
    const left = Object.keys(await store.list('s', 'access'))
    expect(left.filter((id) => id.startsWith('old'))).toEqual([])
    expect(left).toHaveLength(30)
  })

  it('lets a sandbox go when nobody has used it for its lease', async () => {
    const [one, other] = houses
    expect(await one?.addSandbox('leased', { made: '{}', lease: 1500 })).toBe(true)
    expect(await other?.addSandbox('leased', { made: '{}', lease: 1500 })).toBe(false)
    const store = one?.store('leased', { lease: 1500 })(() => 1000)
    await store?.transact('s', (tx) => tx.put('access', 'a', record(9999)))
    expect(await other?.sandbox('leased')).toEqual({ made: '{}', lease: 1500 })
    expect(await other?.sandboxNames()).toContain('leased')
    await expect.poll(() => other?.sandboxNames(), { timeout: 10_000 }).not.toContain('leased')
    expect(await store?.transact('s', (tx) => tx.get('access', 'a'))).toBeUndefined()
  })

  it('numbers requests and keeps one journal for all', async () => {
    const { store, others } = fresh(() => 1)
    const all = [store, ...others]
    const numbers = await Promise.all(Array.from({ length: 30 }, (_, i) => all[i % 3]?.shared?.serial()))
    expect(new Set(numbers).size).toBe(30)
    for (const [i, one] of all.entries()) await one.shared?.log(`line ${i}`)
    const lines = (await others[0]?.shared?.logged('0')) ?? []
    expect(lines.map(({ entry }) => entry)).toEqual(['line 0', 'line 1', 'line 2'])
    expect((await store.shared?.logged(lines[1]?.at ?? ''))?.map(({ entry }) => entry)).toEqual(['line 2'])
  })

  it('lets one process at a time into what is exclusive', async () => {
    const { store, others } = fresh(() => 1)
    let inside = 0
    let most = 0
    await Promise.all(
      [store, ...others].flatMap((one) =>
        Array.from({ length: 5 }, () =>
          one.shared?.exclusive(async () => {
            inside += 1
            most = Math.max(most, inside)
            await new Promise((resolve) => setImmediate(resolve))
            inside -= 1
          }),
        ),
      ),
    )
    expect(most).toBe(1)
  })

  it('is refused with a reason where none answers', async () => {
    await expect(openRedis('redis://127.0.0.1:1')).rejects.toThrow(CannotOpen)
    await expect(openRedis('redis://127.0.0.1:1')).rejects.toThrow('does not answer')
  })

  it('says at once that it is away, comes back by itself, and has lost nothing', async () => {
    const { store } = fresh(() => 1000)
    await store.transact('s', (tx) => tx.put('access', 'promised', record(9999)))
    await redis.kill()
    const put = async (id: string): Promise<void> => store.transact('s', (tx) => tx.put('access', id, record(9999)))
    // If each waited until something timed out, the test would.
    for (let i = 0; i < 20; i += 1) await expect(put('while away')).rejects.toThrow(Unavailable)
    await redis.start()
    await expect
      .poll(
        () =>
          put('back').then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true)
    expect(Object.keys(await store.list('s', 'access')).sort()).toEqual(['back', 'promised'])
  })
})
