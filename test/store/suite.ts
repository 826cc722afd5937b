/** What every store must do, whatever it keeps its records in. */

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccessToken, Kind, Records, Tx } from '../../src/protocol/records.js'
import type { Now, Store } from '../../src/store/store.js'

/** A store as one process sees it, and as another one does where several may share it. */
export interface Opened {
  readonly store: Store
  readonly others: readonly Store[]
  readonly close: () => Promise<void>
}

const count = (tx: Tx): number => tx.get('tally', 'n')?.count ?? 0
const token = (until: number): AccessToken => ({
  client: 'c',
  user: 'u',
  scope: '',
  connection: 'x',
  generation: 0,
  expires: until,
  from: 'code',
  until,
})

/** Steps of a random transaction: what is read is compared, what is written is kept. */
type Step =
  | { readonly do: 'get'; readonly kind: Kind; readonly id: string }
  | { readonly do: 'put'; readonly kind: Kind; readonly id: string; readonly value: number }
  | { readonly do: 'delete'; readonly kind: Kind; readonly id: string }

const kinds = fc.constantFrom<Kind>('tally', 'holding')
const ids = fc.constantFrom('a', 'b', 'c', 'with space', 'ключ', '{brace}', '*')
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('get' as const), kind: kinds, id: ids }),
  fc.record({ do: fc.constant('put' as const), kind: kinds, id: ids, value: fc.nat(9) }),
  fc.record({ do: fc.constant('delete' as const), kind: kinds, id: ids }),
)
const transactions = fc.array(
  fc.record({ scope: fc.constantFrom('one', 'two'), steps: fc.array(steps, { maxLength: 6 }), fails: fc.boolean() }),
  { maxLength: 12 },
)

const play = (tx: Tx, list: readonly Step[]): readonly unknown[] =>
  list.map((step) => {
    if (step.do === 'get') return tx.get(step.kind, step.id) ?? null
    if (step.do === 'delete') tx.delete(step.kind, step.id)
    else tx.put(step.kind, step.id, { second: step.value, count: step.value, tokens: [] } as Records['tally'] & Records['holding'])
    return undefined
  })

/** The plainest store there is: what the others are compared with. */
const model = () => {
  let kept = new Map<string, Records[Kind]>()
  return {
    transact: <T>(scope: string, decide: (tx: Tx) => T): T => {
      const next = new Map(kept)
      const key = (kind: Kind, id: string): string => JSON.stringify([scope, kind, id])
      const result = decide({
        get: <K extends Kind>(kind: K, id: string) => next.get(key(kind, id)) as Records[K] | undefined,
        put: (kind, id, record) => void next.set(key(kind, id), record),
        delete: (kind, id) => void next.delete(key(kind, id)),
      })
      kept = next
      return result
    },
    records: () => new Map([...kept].sort()),
  }
}

const flat = (snapshot: Awaited<ReturnType<Store['snapshot']>>): Map<string, unknown> =>
  new Map(
    Object.entries(snapshot)
      .flatMap(([scope, tables]) =>
        Object.entries(tables).flatMap(([kind, records]) =>
          Object.entries(records).map(([id, record]) => [JSON.stringify([scope, kind, id]), record] as const),
        ),
      )
      .sort(),
  )

export const describeStore = (name: string, open: (now: Now) => Promise<Opened>, runs = 30): void => {
  describe(name, () => {
    let time = 1000
    let opened: Opened
    let store: Store
    beforeEach(async () => {
      time = 1000
      opened = await open(() => time)
      store = opened.store
    })
    afterEach(() => opened.close())

    it('shows a decision what it wrote itself, and the next one all of it', async () => {
      const seen = await store.transact('s', (tx) => {
        tx.put('tally', 'n', { second: 1, count: 1 })
        const first = tx.get('tally', 'n')
        tx.delete('tally', 'n')
        const second = tx.get('tally', 'n')
        tx.put('tally', 'n', { second: 1, count: 2 })
        return [first?.count, second]
      })
      expect(seen).toEqual([1, undefined])
      expect(await store.transact('s', count)).toBe(2)
      expect(await store.transact('other', count)).toBe(0)
    })

    it('keeps nothing of a decision that threw', async () => {
      const failing = async (): Promise<unknown> =>
        store.transact('s', (tx) => {
          tx.put('tally', 'n', { second: 1, count: 1 })
          throw new Error('changed its mind')
        })
      await expect(failing()).rejects.toThrow('changed its mind')
      expect(await store.transact('s', count)).toBe(0)
    })

    it('lets no decision act on what another has changed meanwhile', async () => {
      const all = [store, ...opened.others]
      await Promise.all(
        Array.from({ length: 60 }, async (_, i) =>
          all[i % all.length]?.transact('s', (tx) => tx.put('tally', 'n', { second: 1, count: count(tx) + 1 })),
        ),
      )
      for (const one of all) expect(await one.transact('s', count)).toBe(60)
    })

    it('gives a code to one of fifty who redeem it at once', async () => {
      await store.transact('s', (tx) => tx.put('apiKey', 'code', { user: 'u', scope: '', name: 'n', expires: 1 }))
      const all = [store, ...opened.others]
      const won = await Promise.all(
        Array.from({ length: 50 }, async (_, i) =>
          all[i % all.length]?.transact('s', (tx) => {
            const there = tx.get('apiKey', 'code')
            if (!there || there.ended) return false
            tx.put('apiKey', 'code', { ...there, ended: 'used' })
            tx.put('access', `token ${i}`, token(9999))
            return true
          }),
        ),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(Object.keys(await store.list('s', 'access'))).toHaveLength(1)
    })

    it('takes a snapshot that another store can go on from', async () => {
      await store.transact('s', (tx) => tx.put('access', 'a', token(9999)))
      await store.transact('t', (tx) => tx.put('tally', 'n', { second: 1, count: 7 }))
      const snapshot = JSON.parse(JSON.stringify(await store.snapshot()))
      await store.transact('s', (tx) => tx.delete('access', 'a'))
      await store.transact('t', (tx) => tx.put('tally', 'm', { second: 1, count: 8 }))
      await store.restore(snapshot)
      for (const one of [store, ...opened.others]) {
        expect(await one.transact('s', (tx) => tx.get('access', 'a'))).toEqual(token(9999))
        expect(await one.transact('t', (tx) => [count(tx), tx.get('tally', 'm')])).toEqual([7, undefined])
      }
      expect(flat(await store.snapshot())).toEqual(flat(snapshot))
    })

    it('keeps a record under any name', async () => {
      const named = { second: 1, count: 2 }
      await store.transact('__proto__', (tx) => tx.put('tally', '__proto__', named))
      expect(await store.transact('__proto__', (tx) => tx.get('tally', '__proto__'))).toEqual(named)
      expect(Object.entries(await store.list('__proto__', 'tally'))).toEqual([['__proto__', named]])
      const snapshot = await store.snapshot()
      expect(Object.keys(snapshot)).toContain('__proto__')
      const [, tables] = Object.entries(snapshot).find(([scope]) => scope === '__proto__') ?? []
      expect(Object.entries(tables?.tally ?? {})).toEqual([['__proto__', named]])
      await store.restore(snapshot)
      expect(await store.transact('__proto__', (tx) => tx.get('tally', '__proto__'))).toEqual(named)
    })

    it('lists the records of one kind in one scope', async () => {
      await store.transact('s', (tx) => {
        tx.put('access', 'a', token(9999))
        tx.put('access', 'b', token(9999))
        tx.put('tally', 'n', { second: 1, count: 7 })
      })
      await store.transact('t', (tx) => tx.put('access', 'c', token(9999)))
      expect(Object.keys(await store.list('s', 'access')).sort()).toEqual(['a', 'b'])
      expect(await store.list('none', 'access')).toEqual({})
    })

    it('answers every sequence of transactions as the plainest store would', async () => {
      await fc.assert(
        fc.asyncProperty(transactions, async (list) => {
          await store.restore({})
          const plain = model()
          for (const { scope, steps: todo, fails } of list) {
            const decide = (tx: Tx): readonly unknown[] => {
              const seen = play(tx, todo)
              if (fails) throw new Error('no')
              return seen
            }
            const attempt = async (run: () => unknown): Promise<unknown> => {
              try {
                return await run()
              } catch {
                return 'threw'
              }
            }
            expect(await attempt(() => store.transact(scope, decide))).toEqual(await attempt(() => plain.transact(scope, decide)))
          }
          expect(flat(await store.snapshot())).toEqual(plain.records())
        }),
        { numRuns: runs },
      )
    })
  })
}
