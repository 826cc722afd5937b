import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { absent, createServer, defineErrors, defineProvider, inferred, opaque, quirk } from '../../src/index.js'

const host = 'auth.acme.example'

/** A provider that nobody ships, with a quirk, its own words and its own data. */
const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  docs: 'https://acme.example/docs',
  settings: {
    issuer: 'https://auth.acme.example',
    endpoints: {
      authorize: { operation: 'authorize', methods: ['GET'], path: '/authorize', host },
      token: { operation: 'token', methods: ['POST'], path: '/token', host },
      revoke: { operation: 'revoke', methods: ['POST'], path: '/revoke', host },
      things: {
        operation: 'resource',
        methods: ['GET'],
        path: '/things',
        host,
        scope: 'things',
        answer: { status: 200, body: { owner: '{user.id}' } },
      },
    },
    scopes: ['things'],
    authorize: {},
    pkce: {},
    revoke: {},
    token: {
      grants: { client_credentials: true },
      reply: {
        access_token: '{access_token}',
        refresh_token: '{refresh_token}',
        expires_in: '{expires_in}',
        token_type: quirk('no-token-type', inferred('made up for this test'), {
          provider: absent,
          standard: 'Bearer',
          description: 'Acme leaves token_type out of its reply',
        }),
      },
    },
    refresh: { format: opaque('acme-{hex8}'), rotates: 'always', returned: 'always' },
    dialect: defineErrors({ invalid_grant: { status: 418, error: 'no_way', description: '' } }),
  },
  seed: {
    clients: [
      { clientId: 'acme-client', clientSecret: 's3cret', name: 'Demo', redirectUris: ['https://client.example/cb'], scope: ['things'] },
    ],
    users: [{ id: 'wile', email: 'wile@acme.example', name: 'Wile E.' }],
  },
})

describe('a sixth provider, through the public door', () => {
  let double: Double
  beforeAll(async () => {
    double = await createServer({ providers: [acme] })
  })
  afterAll(() => double.close())

  const token = async (params: { [name: string]: string }) => {
    const authorization = `Basic ${Buffer.from('acme-client:s3cret').toString('base64')}`
    const response = await fetch(double.provider('acme').tokenUrl, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(params),
    })
    return { status: response.status, body: (await response.json()) as { [member: string]: string } }
  }
  const code = async (): Promise<string> => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'acme-client',
      redirect_uri: 'https://client.example/cb',
      state: 'xyz',
    })
    const response = await fetch(`${double.provider('acme').authorizeUrl}?${query}`, { redirect: 'manual' })
    const landed = new URL(response.headers.get('location') ?? '')
    expect(landed.searchParams.get('state')).toBe('xyz')
    return landed.searchParams.get('code') ?? ''
  }

  it('runs the code grant, the resource call, two refreshes and the revocation', async () => {
    const first = await token({ grant_type: 'authorization_code', code: await code(), redirect_uri: 'https://client.example/cb' })
    expect(first.status).toBe(200)
    expect(Object.keys(first.body)).toEqual(['access_token', 'refresh_token', 'expires_in'])
    const call = await fetch(`${double.url('acme')}/things`, { headers: { authorization: `Bearer ${first.body['access_token']}` } })
    expect(await call.json()).toEqual({ owner: 'wile' })
    const second = await token({ grant_type: 'refresh_token', refresh_token: first.body['refresh_token'] ?? '' })
    expect(second.body['refresh_token']).toMatch(/^acme-[0-9a-f]{8}$/)
    const third = await token({ grant_type: 'refresh_token', refresh_token: second.body['refresh_token'] ?? '' })
    expect(third.status).toBe(200)
    const authorization = `Basic ${Buffer.from('acme-client:s3cret').toString('base64')}`
    const revoked = await fetch(`${double.url('acme')}/revoke`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ token: third.body['refresh_token'] ?? '' }),
    })
    expect(revoked.status).toBe(200)
    const after = await token({ grant_type: 'refresh_token', refresh_token: third.body['refresh_token'] ?? '' })
    expect(after).toEqual({ status: 418, body: { error: 'no_way' } })
  })

  it('runs the client credentials grant', async () => {
    const { status, body } = await token({ grant_type: 'client_credentials' })
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['access_token', 'expires_in'])
  })

  it('has its quirk turned off like any other', async () => {
    double.quirks.set('acme/no-token-type', false)
    const { body } = await token({ grant_type: 'client_credentials' })
    expect(body['token_type']).toBe('Bearer')
    double.quirks.reset('acme/no-token-type')
  })
})
