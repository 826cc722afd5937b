import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { smallDisk } from './smallDisk.js'

const disk = smallDisk()

it.runIf(disk)('A full disk is a 503 that promises nothing, and the same request works once there is room', async () => {
  await using double = await createServer({
    providers: ['vcita'],
    state: join(disk?.folder ?? '', 'state.json'),
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
  disk?.fill()
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
  disk?.makeRoom()
  expect((await redeem()).status).toBe(200)
  expect((await redeem()).status).toBe(400)
})
