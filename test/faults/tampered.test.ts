import { afterAll, beforeEach, expect, it } from 'vitest'
import { createServer, tamper } from '../../src/index.js'

const double = await createServer({ providers: ['ziina'] })
beforeEach(() => double.reset())
afterAll(() => double.close())

const callback = async () => {
  const { authorizeUrl = '', clientId, redirectUri, scope = '' } = double.provider('ziina')
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state: 'right' })
  return new URL((await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })).headers.get('location') ?? '').searchParams
}

it('the callback comes without its state, with another, with an empty one, or with two', async () => {
  for (const how of ['missing', 'wrong', 'empty', 'doubled'] as const) double.faults.next('ziina', 'authorize', tamper('state', how))
  expect((await callback()).has('state')).toBe(false)
  expect((await callback()).get('state')).toBe('not-the-state')
  expect((await callback()).get('state')).toBe('')
  expect((await callback()).getAll('state')).toEqual(['right', 'right'])
  expect((await callback()).getAll('state')).toEqual(['right'])
})

it('the callback comes with a code that was never issued, or from another issuer', async () => {
  double.faults.next('ziina', 'authorize', tamper('code', 'wrong'))
  double.faults.next('ziina', 'authorize', tamper('iss', 'wrong'))
  expect((await callback()).get('code')).toBe('not-the-code')
  const second = await callback()
  expect(second.get('iss')).toBe('not-the-iss')
  expect(second.get('code')).toMatch(/./)
})

it('waits for a redirect: a request that ends on a page does not use it up', async () => {
  double.faults.next('ziina', 'authorize', tamper('state', 'missing'))
  await fetch(`${double.provider('ziina').authorizeUrl}?client_id=nobody`)
  expect(double.faults.list()).toHaveLength(1)
  expect((await callback()).has('state')).toBe(false)
})
