import { afterAll, beforeEach, expect, it } from 'vitest'
import { createServer, say } from '../../src/index.js'

const double = await createServer({ providers: ['zettle', 'vcita'] })
beforeEach(() => double.reset())
afterAll(() => double.close())
const { tokenUrl, clientId, clientSecret = '', authorizeUrl, redirectUri } = double.provider('zettle')

const refreshed = async () => {
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
  return { text: await answer.clone().text(), body: (await answer.json()) as { readonly [member: string]: unknown } }
}

it('members of a reply change, come in addition and go, once', async () => {
  double.faults.next('zettle', 'token', say({ expires_in: '3600', refresh_token: '', note: [1] }, ['token_type', 'access_token']))
  const { body, text } = await refreshed()
  expect(body).toMatchObject({ expires_in: '3600', refresh_token: '', note: [1] })
  expect(Object.keys(body)).not.toContain('access_token')
  expect(double.journal.last('zettle', 'token')).toMatchObject({ fault: { kind: 'say' }, response: { body: text }, outcome: 'answered' })
  expect((await refreshed()).body['expires_in']).toBe(7200)
})

it('always, at one grant', async () => {
  double.faults.set('zettle', 'token', say({ expires_in: null }), { when: { grantType: 'refresh_token' } })
  expect([(await refreshed()).body['expires_in'], (await refreshed()).body['expires_in']]).toEqual([null, null])
  const { code } = await double.codes.mint('zettle')
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri ?? '', client_id: clientId, client_secret: clientSecret }
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
  expect(await answer.json()).toMatchObject({ expires_in: 7200 })
})

it('a member that is changed keeps its place, and is no prototype', async () => {
  const { body: before } = await refreshed()
  double.faults.next('zettle', 'token', say(JSON.parse('{ "access_token": "x", "__proto__": { "a": 1 } }')))
  const { text } = await refreshed()
  expect(Object.keys(JSON.parse(text))).toEqual([...Object.keys(before), '__proto__'])
})

it('waits for a reply that is a JSON object: a redirect does not use it up', async () => {
  double.faults.next('zettle', undefined, say({ error: 'said' }))
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri ?? '', scope: 'READ:FINANCE' })
  expect((await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })).status).toBe(302)
  expect(double.faults.list()).toHaveLength(1)
  const refused = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams({ grant_type: 'none' }) })
  expect(await refused.json()).toMatchObject({ error: 'said' })
})

it('members come in the other order when asked, the changed ones too', async () => {
  const { body: before } = await refreshed()
  double.faults.next('zettle', 'token', { kind: 'say', order: 'reversed', set: { note: 1 } })
  const { body } = await refreshed()
  expect(Object.keys(body)).toEqual(['note', ...Object.keys(before).reverse()])
})

it('headers of a reply change, whatever their case', async () => {
  double.faults.next('zettle', 'token', { kind: 'say', headers: { 'Content-Type': 'Application/JSON;charset="UTF-8"', 'x-more': '1' } })
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  const { headers } = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
  expect(headers.get('content-type')).toBe('Application/JSON;charset="UTF-8"')
  expect(headers.get('x-more')).toBe('1')
})
