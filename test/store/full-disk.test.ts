import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const folder = join(mkdtempSync(join(tmpdir(), 'authdouble-full-')), 'disk')
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

it('A full disk is a 503 that promises nothing, and the same request works once there is room', async (test) => {
  if (!mounted) return test.skip()
  await using double = await createServer({
    providers: ['vcita'],
    state: join(folder, 'state.json'),
    quirks: { 'vcita/also-takes-form': true },
  })
  const { tokenUrl = '', clientId, clientSecret = '' } = double.provider('vcita')
  const mint = await fetch(`${double.url()}/__admin/providers/vcita/codes`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  const { code, url } = (await mint.json()) as { code: string; url: string }
  const redeem = (): Promise<Response> =>
    fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: url.slice(0, url.indexOf('?')),
        client_id: clientId ?? '',
        client_secret: clientSecret,
      }),
    })
  writeFileSync(join(folder, 'ballast'), '')
  try {
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(64 * 1024))
  } catch {
    // As much as fits is what was wanted.
  }
  const refused = await redeem()
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ error: 'store_unavailable' })
  expect(double.journal.get(refused.headers.get('x-authdouble-request-id') ?? '')?.reason).toBe('store_unavailable')
  const control = await fetch(`${double.url()}/__admin/providers/vcita/codes`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect([control.status, await control.json()]).toMatchObject([503, { error: 'store_unavailable' }])
  rmSync(join(folder, 'ballast'))
  expect((await redeem()).status).toBe(200)
  expect((await redeem()).status).toBe(400)
})
