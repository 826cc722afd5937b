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
  it('does not grow with tokens that may be forgotten', async () => {
    let time = 0
    const store = memoryStore(() => time)
    const put = (id: string): unknown =>
      store.transact('s', (tx) =>
        tx.put('access', id, {
          client: 'c',
          user: 'u',
          scope: '',
          connection: 'x',
          generation: 0,
          expires: time,
          from: 'f',
          until: time + 10,
        }),
      )
    for (let i = 0; i < 20_000; i += 1) {
      if (i % 100 === 0) time += 1
      put(String(i))
    }
    // 1,000 of them may still be asked for; the sweep is behind by as many again at most.
    expect(Object.keys(await store.list('s', 'access')).length).toBeLessThan(4000)
    expect((await store.list('s', 'access'))['19999']).toBeDefined()
  })
})
