import { request } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const open = await createServer({ providers: ['zettle'], allowedHosts: ['double.corp.example'] })
const locked = await createServer({ providers: ['zettle'], adminToken: 's3cret' })
afterAll(async () => {
  await open.close()
  await locked.close()
})

/** By node:http: a fetch chooses its Host itself. */
const ask = (url: string, headers: { readonly [name: string]: string }, path = '/__admin/clock', method = 'GET') =>
  new Promise<{ readonly status: number | undefined; readonly error?: string; readonly challenge: string | undefined }>(
    (resolve, reject) => {
      const asked = request(`${url}${path}`, { headers, method }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode, challenge: response.headers['www-authenticate'], ...JSON.parse(text || '{}') }),
        )
      })
      asked.on('error', reject)
      asked.end()
    },
  )

describe('a name that somebody else can make to point here', () => {
  it.each(['evil.example', 'evil.example:4740', 'localhost.evil.example', '127.0.0.1.evil.example'])('%s is refused', async (host) => {
    expect(await ask(open.url(), { host })).toMatchObject({ status: 403, error: 'forbidden_host' })
  })

  it.each([
    'localhost',
    '127.0.0.1:9',
    '[::1]:4740',
    '192.168.1.5',
    'authdouble:4740',
    'app.localhost',
    'double.corp.example',
    'host.docker.internal',
  ])('%s is none', async (host) => {
    expect(await ask(open.url(), { host })).toMatchObject({ status: 200 })
  })

  it('still reaches the providers: their own names point here, too', async () => {
    expect((await ask(open.url(), { host: 'evil.example' }, '/zettle/token', 'POST')).status).toBe(400)
  })
})

describe('a page of another origin', () => {
  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://localhost:1' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
  ])('with %j is refused, and nothing happens', async (headers) => {
    expect(await ask(open.url(), headers, '/__admin/reset', 'POST')).toMatchObject({ status: 403, error: 'cross_origin' })
  })

  it('a page of our own, a visit and a program are not', async () => {
    const { host } = new URL(open.url())
    for (const headers of [
      { origin: open.url(), host },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { 'sec-fetch-site': 'none' },
    ])
      expect((await ask(open.url(), headers as never)).status).toBe(200)
  })
})

describe('a server with an admin token', () => {
  it.each([[{}], [{ authorization: 'Bearer wrong!' }], [{ authorization: 'Bearer s3cre' }], [{ authorization: 'Basic s3cret' }]])(
    'refuses %j',
    async (headers) => {
      expect(await ask(locked.url(), headers as never)).toMatchObject({ status: 401, error: 'unauthorized', challenge: 'Bearer' })
    },
  )

  it('answers who has it, guards its sandboxes, and leaves the providers open', async () => {
    expect((await ask(locked.url(), { authorization: 'Bearer s3cret' })).status).toBe(200)
    await using sandbox = await locked.sandbox()
    expect((await ask(sandbox.url(), {})).status).toBe(401)
    expect((await ask(locked.url(), {}, '/zettle/token', 'POST')).status).toBe(400)
    expect((await fetch(`${locked.url()}/healthz`)).status).toBe(200)
  })
})
