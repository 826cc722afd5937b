import { expect, test } from 'vitest'
import { createServer } from '../../../src/index.js'

test('Zentail gives each customer account a token of its own, which reaches that account only', async () => {
  await using double = await createServer({ providers: ['zentail'] })
  const { baseUrl, tokenUrl, clientId, clientSecret } = double.provider('zentail')
  const install = async (user: string): Promise<string> => {
    const pressed = await fetch(`${baseUrl}/apps/install`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, user }),
      redirect: 'manual',
    })
    const sent = new URL(pressed.headers.get('location') ?? '')
    expect([...sent.searchParams.keys()]).toEqual(['client_id', 'code'])
    const redirect_uri = `${sent.origin}${sent.pathname.replace(/\/$/, '')}`.replace('your_domain', 'YOUR_DOMAIN')
    const exchanged = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code: sent.searchParams.get('code') ?? '', redirect_uri }),
    })
    expect(exchanged.status).toBe(200)
    return ((await exchanged.json()) as { readonly access_token: string }).access_token
  }
  const account = async (token: string): Promise<string> => {
    const response = await fetch(`${baseUrl}/v1/warehouses`, { headers: { authorization: token } })
    expect(response.status).toBe(200)
    return ((await response.json()) as { readonly results: readonly [{ readonly name: string }] }).results[0].name
  }
  const first = await install('customer-1')
  const second = await install('customer-2')
  expect(first).not.toBe(second)
  expect([await account(first), await account(second)]).toEqual(['Acme Outfitters', 'Globex Goods'])
})
