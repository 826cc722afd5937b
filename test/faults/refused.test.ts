import { afterAll, beforeEach, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer, delay, hang, rateLimit, refuse, status } from '../../src/index.js'
import { exchange, post } from './wire.js'

const double: Double = await createServer()
beforeEach(() => double.reset())
afterAll(() => double.close())

const refresh = async (provider: string) => {
  const { refreshToken = '' } = await double.tokens.mint(provider)
  const { tokenUrl, clientId, clientSecret = '' } = double.provider(provider)
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  return fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
}

it('a refusal comes in the words of the provider: Zoho says 200 and invalid_code', async () => {
  double.faults.next('zoho-payments', 'token', refuse('refresh_token_revoked'))
  const response = await refresh('zoho-payments')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ error: 'invalid_code' })
  expect(double.journal.last()).toMatchObject({ outcome: 'refused', reason: 'refresh_token_revoked', fault: { kind: 'refuse' } })
})

it('a refusal at the authorization endpoint goes back to the client, with its state', async () => {
  double.faults.next('zettle', 'authorize', refuse('server_error'))
  const { authorizeUrl = '', clientId, redirectUri, scope = '' } = double.provider('zettle')
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state: 's-1' })
  const location = new URL((await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })).headers.get('location') ?? '')
  expect(location.origin + location.pathname).toBe(redirectUri)
  expect(location.searchParams.get('state')).toBe('s-1')
  expect(location.searchParams.has('error')).toBe(true)
  expect(location.searchParams.has('code')).toBe(false)
})

it('a status comes with the body that was given, or else in the words of the provider', async () => {
  double.faults.next('zettle', 'token', status(503))
  double.faults.next('zettle', 'token', status(418, { body: { tea: true }, headers: { 'X-Pot': 'short' } }))
  double.faults.next('zettle', 'token', status(500, { body: 'oops' }))
  const own = await refresh('zettle')
  expect(own.status).toBe(503)
  expect(await own.json()).toHaveProperty('error')
  const given = await refresh('zettle')
  expect([given.status, await given.json(), given.headers.get('x-pot')]).toEqual([418, { tea: true }, 'short'])
  const text = await refresh('zettle')
  expect([text.status, await text.text()]).toEqual([500, 'oops'])
  expect((await refresh('zettle')).status).toBe(200)
})

it('a rate limit says when to come back, and nothing was decided', async () => {
  double.faults.next('zettle', 'token', rateLimit(7))
  const response = await refresh('zettle')
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
  expect((await double.tokens.list({ provider: 'zettle', kind: 'access_token', state: 'live' })).length).toBe(1)
})

it('a delay holds the answer back in real time, and then it is the usual one', async () => {
  double.faults.next('zettle', 'token', delay('150ms'))
  const started = performance.now()
  expect((await refresh('zettle')).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThanOrEqual(140)
})

it('a request that is never answered is in the journal, and can be made to end', async () => {
  double.faults.next('zettle', 'token', hang('50ms'))
  const { tokenUrl } = double.provider('zettle')
  expect(await exchange(tokenUrl, post(tokenUrl, { grant_type: 'refresh_token' }))).toMatchObject({ text: '', end: 'closed' })
  expect(double.journal.last()).toMatchObject({ outcome: 'faulted', fault: { kind: 'hang' }, response: { complete: false } })
})

it('a server with hanging requests still stops', async () => {
  const other = await createServer({ providers: ['zettle'] })
  other.faults.next('zettle', 'token', hang())
  const { tokenUrl } = other.provider('zettle')
  const asked = exchange(tokenUrl, post(tokenUrl, { grant_type: 'refresh_token' }))
  await other.journal.await({ operation: 'token' }, 5000)
  await other.close()
  expect((await asked).text).toBe('')
})
