import { expect, test } from 'vitest'
import { createServer } from '../../../src/index.js'

test("Zoho's credentials become invalid when the user is removed", async () => {
  await using double = await createServer({ providers: ['zoho-payments'] })
  const { tokenUrl, clientId, clientSecret = '' } = double.provider('zoho-payments')
  const seeded = '1000.8ecd0123456789abcdef012345675cb7.46380123456789abcdef01234567ebdc'
  const refresh = async (): Promise<object> => {
    const query = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: seeded,
      client_id: clientId,
      client_secret: clientSecret,
    })
    const response = await fetch(`${tokenUrl}?${query}`, { method: 'POST' })
    expect(response.status).toBe(200)
    return (await response.json()) as object
  }
  expect(await refresh()).toHaveProperty('access_token')
  const removed = await fetch(`${double.url()}/__admin/users/60001234567?provider=zoho-payments`, { method: 'DELETE' })
  expect(removed.status).toBe(204)
  expect(await refresh()).toEqual({ error: 'invalid_code' })
})
