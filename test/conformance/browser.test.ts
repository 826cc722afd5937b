import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeIn, visit } from '../../src/conformance/drivers/browser.js'

/** Sends a browser to wherever the path says; without a path, nowhere. */
const server = createServer((request, response) => {
  const to = decodeURIComponent(request.url?.slice(1) ?? '')
  if (to === '') return
  if (to === 'page') response.end('a page')
  else response.writeHead(302, { location: to }).end()
})
let base = ''
const via = (to: string): string => `${base}/${encodeURIComponent(to)}`

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('The browser of a run', () => {
  it('stops at the redirect URI wherever that is, and does not go there', async () => {
    expect(await authorizeIn(via('https://app.example/callback?code=1'), 'https://app.example/callback')).toEqual({
      url: 'https://app.example/callback?code=1',
      status: 302,
    })
    expect(await authorizeIn(via('app.example:/callback?code=1'), 'app.example:/callback')).toMatchObject({
      url: 'app.example:/callback?code=1',
    })
  })

  it.each(['https://other.example/callback?code=1', 'http://10.0.0.1/', 'http://127.0.0.1.example/', 'other:/callback?code=1'])(
    'is not sent to %s, and says so',
    async (place) => {
      const landing = await authorizeIn(via(place), 'https://app.example/callback')
      expect(landing).toMatchObject({ status: 0, outside: place })
      expect(landing.page).toContain('did not go there')
    },
  )

  it('does not begin beyond the machine', async () => {
    expect(await authorizeIn('https://other.example/authorize', 'https://app.example/callback')).toMatchObject({
      outside: 'https://other.example/authorize',
    })
  })

  it('goes to any place on the machine', async () => {
    expect(await visit(via(`${base}/page`))).toEqual({ status: 200, page: 'a page' })
  })

  it('does not wait for ever for a page', async () => {
    expect(await visit(`${base}/`, { within: 100 })).toEqual({ status: 0, page: 'no page came within 0.1 s' })
  })

  it('says what is not a URL', async () => {
    expect(await visit('nowhere')).toEqual({ status: 0, page: '"nowhere" is not a URL' })
    expect(await visit(via('http://['))).toEqual({ status: 302, page: 'the location "http://[" is not a URL' })
  })
})
