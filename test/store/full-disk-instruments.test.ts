import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const folder = join(mkdtempSync(join(tmpdir(), 'authdouble-full-')), 'disk')
const ballast = join(folder, 'ballast')
let mounted = false
beforeAll(() => {
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
    mounted = true
  } catch {
    if (process.env['CI'] === 'true') throw new Error('mount is not allowed here, and CI=true leaves nothing out')
    console.warn('not tested: mount is not allowed here')
  }
})
afterAll(() => {
  if (mounted) execFileSync('umount', [folder])
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const fill = (): void => {
  writeFileSync(ballast, '')
  try {
    writeFileSync(ballast, Buffer.alloc(64 * 1024))
  } catch {
    // As much as fits is what was wanted.
  }
}

it.each([
  ['POST', '/clock', { advance: '1d' }],
  ['POST', '/clock', { freeze: 1000 }],
  ['POST', '/faults', { kind: 'status', status: 418, operation: 'token' }],
  ['DELETE', '/faults', undefined],
  ['PUT', '/quirks', { 'vcita/also-takes-form': true }],
  ['PUT', '/approvals', { deny: true }],
  ['POST', '/reset', undefined],
  ['PUT', '/state', { format: 'authdouble', version: 1, clock: { offset: 50 }, records: {} }],
] as const)('With a full disk, %s %s is a 503, and nothing of it is in force', async (method, path, body) => {
  if (!mounted) return
  const state = join(folder, 'state.json')
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
  fill()
  try {
    const refused = await admin(method, path, body)
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: 'store_unavailable' }])
    expect(await inForce()).toEqual(before)
  } finally {
    rmSync(ballast)
  }
  expect(await inForce()).toEqual(before)
  expect((await admin(method, path, body)).status).toBeLessThan(300)
  await double.close()
  rmSync(state)
})
