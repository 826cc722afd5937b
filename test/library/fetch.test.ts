import { afterAll, expect, it } from 'vitest'
import { createServer, garble, lose, truncate } from '../../src/index.js'

const double = await createServer({ providers: ['zettle'] })
afterAll(() => double.close())
const { clientId, clientSecret = '' } = double.provider('zettle')

const form = async () => {
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  return new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret })
}

it('answers in the process, under paths, under its own URLs and under the real hosts', async () => {
  for (const url of ['/zettle/token', double.provider('zettle').tokenUrl, 'https://oauth.zettle.com/token']) {
    const response = await double.fetch(url, { method: 'POST', body: await form() })
    expect(response.status, url).toBe(200)
    expect(await response.json()).toHaveProperty('access_token')
  }
})

it('meets faults as a socket would', async () => {
  double.faults.next('zettle', 'token', lose())
  await expect(double.fetch('/zettle/token', { method: 'POST', body: await form() })).rejects.toThrow()
  double.faults.next('zettle', 'token', truncate())
  const cut = await double.fetch('/zettle/token', { method: 'POST', body: await form() })
  expect(cut.status).toBe(200)
  await expect(cut.text()).rejects.toThrow()
  double.faults.next('zettle', 'token', garble())
  const garbled = await double.fetch('/zettle/token', { method: 'POST', body: await form() })
  await expect(garbled.json()).rejects.toThrow()
})

it('reaches a sandbox by its own fetch', async () => {
  await using sandbox = await double.sandbox()
  expect((await sandbox.fetch('/zettle/token', { method: 'POST' })).status).toBe(400)
  expect(sandbox.journal.size()).toBe(1)
})
