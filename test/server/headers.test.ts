import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ quirks: { 'vcita/also-takes-form': true } })
})
afterAll(() => double.close())

it('what a client sent cannot break a header or end its quoted string', async () => {
  const name = encodeURIComponent('x"\r\nset-cookie: a=b\u{1f600}')
  const response = await fetch(double.provider('vcita').tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${name}=1&${name}=2`,
  })
  expect(response.status).toBe(400)
  expect(response.headers.get('set-cookie')).toBeNull()
  expect(response.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="Doorkeeper", error="invalid_request", error_description="parameter x\?+set-cookie: a=b\?+ is repeated"$/,
  )
})

it.each([
  'http://127.0.0.1/ü',
  'http://127.0.0.1@evil.example/',
  'http://127.0.0.1:80@evil.example/',
  'http://127.0.0.1\\@evil.example/',
  'http://127.0.0.1/\r\nx: y',
  'https://127.0.0.1/',
  'http://127.0.0.1.evil.example/',
])('a redirect URI that only looks like a loopback address is not redirected to: %j', async (uri) => {
  const { authorizeUrl = '', clientId } = double.provider('zettle')
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: uri })
  const response = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
  expect(response.status).toBe(400)
  expect(response.headers.get('location')).toBeNull()
})
