import { request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ host: '127.0.0.1', providers: ['vcita'] })
})
afterAll(() => double.close())

const admin = (path: string, body: unknown): Promise<Response> =>
  fetch(`${double.url()}/__admin${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Node warns of a timer that it cannot hold, and fires it at once. */
const warnings: string[] = []
process.on('warning', ({ name }) => warnings.push(name))

it.each([
  { kind: 'delay', for: '24d' },
  { kind: 'hang', for: '24d' },
  { kind: 'drip', pause: '24d' },
])('A fault that lasts as long as a timer holds lasts, and a longer one is refused: $kind', async (fault) => {
  const longer = Object.fromEntries(Object.entries(fault).map(([name, value]) => [name, value === '24d' ? '25d' : value]))
  expect((await admin('/faults', longer)).status).toBe(400)
  expect((await admin('/faults', { ...fault, provider: 'vcita', operation: 'token' })).status).toBe(201)
  let over = false
  const waiting = request(double.provider('vcita').tokenUrl, { method: 'POST', agent: false }, (response) =>
    response.resume().on('close', () => {
      over = true
    }),
  )
  waiting.on('close', () => {
    over = true
  })
  waiting.on('error', () => {})
  waiting.end()
  await expect.poll(() => double.faults.list().length).toBe(0)
  // Many turns of the loop, in which a timer that was too long would have fired.
  for (let i = 0; i < 20; i += 1) await fetch(`${double.url()}/healthz`)
  expect(over).toBe(false)
  waiting.destroy()
  expect(warnings).toEqual([])
})

it('A sandbox that lives longer than a timer holds lives', async () => {
  expect((await admin('/sandboxes', { name: 'long', ttl: '60d' })).status).toBe(201)
  for (let i = 0; i < 20; i += 1) expect((await fetch(`${double.url()}/~long/__admin/status`)).status).toBe(200)
  expect(warnings).toEqual([])
})

it('Whoever waits for the journal without an end waits', async () => {
  let over = false
  const waiting = double.journal.await(
    { provider: 'vcita', operation: 'token', reason: 'none of this name' } as never,
    Number.POSITIVE_INFINITY,
  )
  void waiting.then(() => {
    over = true
  })
  for (let i = 0; i < 20; i += 1) await fetch(`${double.url()}/healthz`)
  expect(over).toBe(false)
  expect(warnings).toEqual([])
})
