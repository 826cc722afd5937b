/** How each endpoint of an API refuses a call without a token, and one that cannot be read. */

import { afterAll, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import { send } from '../kit.js'

const refusals: readonly (readonly [provider: string, method: string, path: string, fields: string | undefined, status: number])[] = [
  ...['payment_intent', 'refund', 'webhook', 'transfer'].flatMap((path) => [
    ['ziina', 'POST', `/api/${path}`, undefined, 401] as const,
    ['ziina', 'POST', `/api/${path}?a=%zz`, undefined, 400] as const,
  ]),
  ...(['POST /payments', 'PUT /payments', 'GET /refunds', 'POST /refunds'] as const).flatMap((request) => {
    const [method = '', path = ''] = request.split(' ')
    return [
      ['zoho-payments', method, `/api/v1${path}?account_id=1`, undefined, 401] as const,
      ['zoho-payments', method, `/api/v1${path}?account_id=%zz`, undefined, 400] as const,
    ]
  }),
  ['plain', 'POST', '/authorize', 'client_id=nobody', 400],
  ['plain', 'POST', '/device_authorization', 'client_id=plain-public&client_id=plain-public', 400],
  ['plain', 'DELETE', '/register', undefined, 401],
  ['plain', 'POST', '/userinfo', 'a=b', 401],
  ['zentail', 'POST', '/user/settings', '{', 400],
]

const double: Double = await createServer()
afterAll(() => double.close())

it.each(refusals)('%s %s %s with %s is answered %i', async (provider, method, path, body, status) => {
  const type = body?.startsWith('{') ? 'text/plain' : 'application/x-www-form-urlencoded'
  const form = body === undefined ? {} : { headers: { 'content-type': type }, body }
  expect((await send(`${double.url(provider)}${path}`, { method, ...form })).status).toBe(status)
})
