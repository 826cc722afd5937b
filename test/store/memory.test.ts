import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/store/memory.js'
import { describeStore } from './suite.js'

describeStore(
  'the memory store',
  async (now) => {
    const store = memoryStore(now)
    return { store, others: [], close: () => store.close() }
  },
  200,
)

describe('what is kept in memory', () => {
  const token = (until: number) => ({
    client: 'c',
    user: 'u',
    scope: '',
    connection: 'x',
    generation: 0,
    expires: until - 10,
    from: 'f',
    until,
  })

  it('forgets nothing before its time, whatever is written meanwhile', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ lives: fc.nat(20), later: fc.nat(5), again: fc.boolean() }), { maxLength: 60 }), (written) => {
        let time = 1000
        const store = memoryStore(() => time)
        const due = new Map<string, number>()
        written.forEach(({ lives, later, again }, at) => {
          time += later
          const id = again ? String(at - 1) : String(at)
          due.set(id, time + lives)
          store.transact('s', (tx) => tx.put('access', id, token(time + lives)))
          for (const [known, until] of due)
            if (until >= time)
              expect(
                store.transact('s', (tx) => tx.get('access', known)),
                `${known} at ${time}`,
              ).toMatchObject({ until })
        })
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  it('does not grow with tokens that may be forgotten', async () => {
    let time = 0
    const store = memoryStore(() => time)
    for (let i = 0; i < 20_000; i += 1) {
      if (i % 100 === 0) time += 1
      store.transact('s', (tx) => tx.put('access', String(i), token(time + 10)))
    }
    // 1,000 of them may still be asked for; the sweep is behind by as many again at most.
    expect(Object.keys(await store.list('s', 'access')).length).toBeLessThan(4000)
    expect((await store.list('s', 'access'))['19999']).toBeDefined()
  })

  it('forgets what was restored like what was made here', async () => {
    let time = 0
    const store = memoryStore(() => time)
    await store.restore({ s: { access: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`old${i}`, token(10)])) } })
    time = 11
    for (let i = 0; i < 100; i += 1) store.transact('s', (tx) => tx.put('access', `new${i}`, token(1000)))
    expect(Object.keys(await store.list('s', 'access')).filter((id) => id.startsWith('old'))).toEqual([])
  })
})
