import { expect, test } from 'vitest'
import { createServer } from '../../../src/index.js'

const documentedScopes = ['write_payment_intents', 'write_refunds', 'write_webhooks', 'write_transfers', 'offline_access']

test('Ziina gives a token with every scope on its business connect page', async () => {
  await using double = await createServer({ providers: ['ziina'] })
  const page = await fetch(`${double.url('ziina')}/business/connect`, { method: 'POST', body: new URLSearchParams() })
  expect(page.status).toBe(200)
  const token = /[\w-]+\.[\w-]+\.[\w-]{100,}/.exec(await page.text())?.[0] ?? ''
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(claims.scope.split(' ')).toEqual(expect.arrayContaining(documentedScopes))
  const account = await fetch(`${double.url('ziina')}/api/account`, { headers: { authorization: `Bearer ${token}` } })
  expect(account.status).toBe(200)
})
