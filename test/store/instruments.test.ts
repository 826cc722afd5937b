import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-instruments-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const post = (url: string, body: unknown, method = 'POST'): Promise<Response> =>
  fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

it('A clock that was moved is where it was after a restart, and so is what it made expire', async () => {
  const state = join(folder, 'state.json')
  const ask = async (base: string): Promise<number> => ((await (await fetch(`${base}/__admin/clock`)).json()) as { now: number }).now
  const first = await createServer({ state })
  const before = await ask(first.url())
  expect((await post(`${first.url()}/__admin/clock`, { advance: '2h' })).status).toBe(200)
  await first.close()
  expect(readFileSync(state, 'utf8')).toContain('7200')
  const again = await createServer({ state })
  expect((await ask(again.url())) - before).toBeGreaterThanOrEqual(7200)
  await again.close()
})

it('A seed does not make the same tokens again for records that outlived the first run', async () => {
  const state = join(folder, 'seeded.json')
  const mint = async (): Promise<string> => {
    const double = await createServer({ state, seed: 7 })
    const { code } = (await (await post(`${double.url()}/__admin/providers/vcita/codes`, {})).json()) as { code: string }
    await double.close()
    return code
  }
  const codes = [await mint(), await mint(), await mint()]
  expect(new Set(codes).size).toBe(3)
})
