import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer()
})
afterAll(() => double.close())

describe('what is no endpoint', () => {
  it.each(['/healthz', '/readyz', '/health', '/isalive'])('%s says that the server is up', async (path) => {
    const { body } = await request(double.url()).get(path).expect(200)
    expect(body).toEqual({ status: 'ok', version: expect.any(String) })
  })

  it('a path that nobody serves is 404, names the nearest endpoint, and is in the journal', async () => {
    const { body, headers } = await request(double.url()).post('/zettle/tokens').send('grant_type=refresh_token').expect(404)
    expect(body).toMatchObject({ error: 'not_found', nearest: { method: 'POST', path: '/zettle/token' } })
    expect(double.journal.get(headers['x-authdouble-request-id'] ?? '')).toMatchObject({
      outcome: 'unknown',
      request: { url: '/zettle/tokens' },
    })
  })

  it('a sandbox that does not exist is 404', async () => {
    const { body } = await request(double.url()).get('/~nobody/zettle/users/self').expect(404)
    expect(body.message).toContain('nobody')
  })

  it('a provider is reached by its real host name as well', async () => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'y', client_secret: 'z' }).toString()
    await request(double.url())
      .post('/token')
      .set('Host', 'oauth.zettle.com')
      .send(body)
      .expect(400, { error: 'invalid_client', error_description: 'Invalid client_id' })
    expect(double.journal.last({ provider: 'zettle' })).toMatchObject({ reason: 'client_unknown' })
  })
})
