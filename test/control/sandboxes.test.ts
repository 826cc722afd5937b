import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { calling } from './calls.js'

const double = await createServer()
afterAll(() => double.close())
const call = calling(double.url())

it('begins as it was asked to, and goes back to that on reset', async () => {
  const options = { name: 'begun', clock: { freeze: 1_565_876_581 }, quirks: { 'vcita/code-lives-30-seconds': 7 } }
  const { body } = await call('POST', '/__admin/sandboxes', options)
  expect(body).toMatchObject({ name: 'begun', url: `${double.url()}/~begun`, admin: `${double.url()}/~begun/__admin` })
  const own = calling(body.url)
  await own('POST', '/__admin/clock', { run: true })
  await own('PUT', '/__admin/quirks/vcita/code-lives-30-seconds', { value: true })
  await own('POST', '/__admin/reset')
  expect((await own('GET', '/__admin/clock')).body).toMatchObject({ now: 1_565_876_581, frozen: true })
  expect((await own('GET', '/__admin/quirks/vcita/code-lives-30-seconds')).body).toMatchObject({ value: 7, toggled: true })
  await own('DELETE', '/__admin/quirks')
  expect((await own('GET', '/__admin/quirks/vcita/code-lives-30-seconds')).body).toMatchObject({ value: 7 })
})

it('goes away when nobody used it for so long, and stays while somebody does', async () => {
  const { body: short } = await call('POST', '/__admin/sandboxes', { ttl: '1s' })
  expect(short.expiresAt).toBeGreaterThan(Date.now() / 1000)
  for (let i = 0; i < 6; i += 1) expect((await calling(short.url)('GET', '/__admin/journal/await?timeout=250ms')).status).toBe(408)
  const gone = async () => (await fetch(`${short.url}/zettle/token`, { method: 'POST' })).status === 404
  await expect
    .poll(async () => (await call('GET', '/__admin/sandboxes')).body.sandboxes.some(({ name }: { name: string }) => name === short.name))
    .toBe(false)
  expect(await gone()).toBe(true)
})

it('a name that nobody has answers 404, whatever is below it', async () => {
  expect((await fetch(`${double.url()}/~nobody/zettle/token`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(`${double.url()}/~nobody/__admin`)).status).toBe(404)
})

it('a sandbox can be carried to another server and goes on there', async () => {
  await using here = await double.sandbox({ quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
  const { refreshToken = '' } = await here.tokens.mint('zettle')
  here.clock.advance('1h')
  const document = (await calling(here.url())('GET', '/__admin/state')).body
  await using there = await createServer()
  expect((await calling(there.url())('PUT', '/__admin/state', document)).status).toBe(204)
  const { tokenUrl, clientId, clientSecret = '' } = there.provider('zettle')
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  const answer = (await (await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })).json()) as { refresh_token: string }
  expect(answer.refresh_token).not.toBe(refreshToken)
  expect(there.clock.now() - Date.now() / 1000).toBeGreaterThan(3590)
})
