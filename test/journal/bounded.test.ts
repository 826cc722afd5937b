import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { createJournal } from '../../src/journal/journal.js'

const double = await createServer({ journalBytes: 300_000 })
afterAll(() => double.close())

const token = (body: string): Promise<Response> =>
  fetch(double.provider('zettle').tokenUrl, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })

it('a long body is cut, and the entry says how long it was', async () => {
  await token(`grant_type=password&note=${'x'.repeat(250_000)}`)
  const { request } = double.journal.last('zettle', 'token') ?? {}
  expect(request?.body?.length).toBe(196_608)
  expect(request?.bodyBytes).toBe(250_025)
  expect(request?.parameters['note']?.length).toBe(196_608)
})

it('a short body is whole, and nothing is said about its length', async () => {
  await token('grant_type=password')
  const { request } = double.journal.last('zettle', 'token') ?? {}
  expect(request).toMatchObject({ body: 'grant_type=password' })
  expect(request).not.toHaveProperty('bodyBytes')
})

it('is not cut within a character', async () => {
  await token(`a=${'x'.repeat(196_605)}\u{1f600}\u{1f600}`)
  expect(double.journal.last('zettle', 'token')?.request.body?.isWellFormed()).toBe(true)
})

it('the oldest exchanges make room when the journal holds too many bytes', async () => {
  double.journal.clear()
  for (let i = 0; i < 20; i += 1) await token(`grant_type=password&n=${i}&note=${'x'.repeat(30_000)}`)
  const kept = double.journal.entries()
  expect(kept.length).toBeGreaterThan(1)
  expect(kept.length).toBeLessThan(20)
  expect(kept.at(-1)?.request.parameters['n']).toBe('19')
  expect(double.journal.get('r1')).toBeUndefined()
})

it('one entry is kept however long it is, and clearing gives everything back', () => {
  const journal = createJournal(10, 1000)
  const entry = { at: 0, took: 0, outcome: 'unknown' as const, quirks: [], response: { headers: [], complete: true } }
  for (const n of [1, 2, 3])
    journal.addEntry({ ...entry, id: `r${n}`, request: { method: 'GET', url: '/', headers: [], parameters: {}, body: 'x'.repeat(5000) } })
  expect(journal.entries().map(({ id }) => id)).toEqual(['r3'])
  journal.clear()
  expect(journal.entries()).toEqual([])
})
