import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { smallDisk } from './smallDisk.js'

const disk = smallDisk()

it.runIf(disk).each([
  ['POST', '/clock', { advance: '1d' }],
  ['POST', '/clock', { freeze: 1000 }],
  ['POST', '/faults', { kind: 'status', status: 418, operation: 'token' }],
  ['DELETE', '/faults', undefined],
  ['PUT', '/quirks', { 'vcita/also-takes-form': true }],
  ['PUT', '/approvals', { deny: true }],
  ['POST', '/reset', undefined],
  ['PUT', '/state', { format: 'authdouble', version: 1, clock: { offset: 50 }, records: {} }],
] as const)('With a full disk, %s %s is a 503, and nothing of it is in force', async (method, path, body) => {
  const state = join(disk?.folder ?? '', 'state.json')
  await using double = await createServer({ providers: ['vcita'], state })
  const admin = (how: string, where: string, said?: unknown): Promise<Response> =>
    fetch(`${double.url()}/__admin${where}`, {
      method: how,
      headers: { 'content-type': 'application/json' },
      ...(said === undefined ? {} : { body: JSON.stringify(said) }),
    })
  expect((await admin('POST', '/faults', { kind: 'rate-limit', provider: 'vcita', operation: 'token' })).status).toBe(201)
  expect((await admin('POST', '/clock', { freeze: 5000 })).status).toBe(200)
  const inForce = async () => {
    const [clock, faults, quirks, approvals, kept] = await Promise.all(
      ['/clock', '/faults', '/quirks', '/approvals', '/state'].map(async (one) => (await admin('GET', one)).json()),
    )
    return { now: (clock as { now: number }).now, faults, quirks, approvals, kept }
  }
  const before = await inForce()
  disk?.fill()
  try {
    const refused = await admin(method, path, body)
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: 'store_unavailable' }])
    expect(await inForce()).toEqual(before)
  } finally {
    disk?.makeRoom()
  }
  expect(await inForce()).toEqual(before)
  expect((await admin(method, path, body)).status).toBeLessThan(300)
  await double.close()
  rmSync(state)
})
