/** Nothing is ever redirected to a URI that is not registered. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer, type Double } from '../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer()
})
afterAll(() => double.close())

const strangers = (registered: string) => [
  'https://attacker.example/',
  `${registered}/../else`,
  `${registered}?more=1`,
  `${registered.toUpperCase()}`,
  `https://example.com@attacker.example/callback`,
  'javascript:alert(1)',
  '//attacker.example/',
]

describe.each([
  ['ziina', 'https://example.com/callback'],
  ['zettle', 'http://httpbin.org/get'],
  ['vcita', 'https://example.com/callback'],
])('%s', (provider, redirectUri) => {
  test('shows a page instead of redirecting to a URI that is not registered to the character', async () => {
    const { authorizeUrl = '', clientId } = double.provider(provider)
    for (const redirect_uri of strangers(redirectUri)) {
      const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri, state: 'x' })
      const response = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual', headers: { accept: 'text/html' } })
      expect(response.status, redirect_uri).toBe(400)
      expect(response.headers.get('location'), redirect_uri).toBeNull()
      expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    }
  })

  test('redirects to the one that is', async () => {
    const { authorizeUrl = '', clientId } = double.provider(provider)
    const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state: 'x' })
    const response = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
    expect(response.headers.get('location')).toContain(`${redirectUri}?code=`)
  })
})
