/** Hundreds of worlds on one server, at once. */

import { afterAll, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer, status } from '../../src/index.js'

const double = await createServer({ providers: ['vcita', 'zoho-payments'] })
afterAll(() => double.close())

const post = async (url: string, form: { readonly [name: string]: string }) => {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
  return { status: response.status, body: (await response.json()) as { readonly [member: string]: unknown } }
}

const postJson = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** What world number n is like, and what must be seen in it, whatever happens in the others. */
const live = async (world: Double, n: number): Promise<readonly unknown[]> => {
  const { tokenUrl, clientId, clientSecret = '', redirectUri } = world.provider('vcita')
  const credentials = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri }
  const redeem = (code: string) => postJson(tokenUrl, { grant_type: 'authorization_code', code, ...credentials })
  const code = await world.codes.mint('vcita', { redirectUri })
  // Half of the worlds let the code grow too old for their own clock.
  world.clock.advance(n % 2 === 0 ? 10 + n : 0)
  if (n % 5 === 0) world.faults.next('vcita', 'token', status(500 + n))
  const struck = n % 5 === 0 ? (await redeem(code.code)).status : 500 + n
  const { status: redeemed } = await redeem(code.code)
  const zoho = world.provider('zoho-payments')
  const held: string[] = []
  for (let i = 0; i < 4; i += 1) held.push((await world.tokens.mint('zoho-payments')).refreshToken ?? '')
  const alive: boolean[] = []
  for (const refresh_token of held) {
    const form = { grant_type: 'refresh_token', refresh_token, client_id: zoho.clientId, client_secret: zoho.clientSecret ?? '' }
    alive.push('access_token' in (await post(zoho.tokenUrl, form)).body)
  }
  return [struck, redeemed, alive.filter(Boolean).length, world.clock.now(), world.journal.size()]
}

it('two hundred sandboxes in parallel, with different quirks, clocks and faults, never see each other', async () => {
  const numbers = Array.from({ length: 200 }, (_, n) => n)
  const worlds = await Promise.all(
    numbers.map((n) =>
      double.sandbox({
        seed: 1,
        clock: { freeze: 1_000_000_000 + n * 100_000 },
        quirks: { 'vcita/code-lives-30-seconds': n % 4 === 0 ? 5 : 100_000, 'zoho-payments/twenty-refresh-tokens': 1 + (n % 4) },
      }),
    ),
  )
  const seen = await Promise.all(worlds.map((world, n) => live(world, n)))
  const expected = numbers.map((n) => [
    500 + n,
    n % 4 === 0 ? 400 : 200,
    1 + (n % 4),
    1_000_000_000 + n * 100_000 + (n % 2 === 0 ? 10 + n : 0),
    5 + (n % 5 === 0 ? 1 : 0),
  ])
  expect(seen.map(([struck, redeemed, ...rest]) => [struck, redeemed === 200 ? 200 : 400, ...rest])).toEqual(expected)
  expect(double.journal.size()).toBe(0)
  await Promise.all(worlds.map((world) => world.close()))
  expect(double.registry.sandboxes.size).toBe(0)
}, 60_000)
