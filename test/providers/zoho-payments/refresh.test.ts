import { describe, expect, it } from 'vitest'
import { basic, form, query, send, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments')

describe('refreshing and revoking at Zoho Payments', () => {
  it('a refresh token is permanent and never rotates', async () => {
    const { refresh } = await stage.play.connect()
    for (const years of [0, 5, 20]) {
      stage.double.clock.advance(`${years * 365}d`)
      const answer = await stage.play.refresh(refresh)
      expect(Object.keys(answer.body)).toEqual(['access_token', 'scope', 'api_domain', 'token_type', 'expires_in'])
      expect((await stage.play.call(text(answer, 'access_token'))).status).toBe(200)
    }
  })

  quirkTest(
    'zoho-payments/no-refresh-token-on-refresh',
    stage,
    async ({ play }) => {
      const { refresh } = await play.connect()
      return (await play.refresh(refresh)).body['refresh_token'] === refresh
    },
    { on: false, off: true },
  )

  it('a refresh token that is wrong, or sent as a code, is called invalid_code', async () => {
    const { refresh } = await stage.play.connect()
    expect((await stage.play.refresh('1000.x.y')).body).toEqual({ error: 'invalid_code' })
    expect((await stage.play.redeem(refresh)).body).toEqual({ error: 'invalid_code' })
  })

  it('revoking a refresh token ends it and every access token that was made from it, and no other', async () => {
    const { access, refresh } = await stage.play.connect()
    const second = text(await stage.play.refresh(refresh), 'access_token')
    const other = await stage.play.connect()
    const answer = await send(`${stage.play.address.revokeUrl}?${query({ token: refresh })}`, { method: 'POST' })
    expect([answer.status, answer.body]).toEqual([200, { status: 'success' }])
    expect((await stage.play.refresh(refresh)).body).toEqual({ error: 'invalid_code' })
    for (const token of [access, second]) expect((await stage.play.call(token)).status).toBe(401)
    expect((await stage.play.call(other.access)).status).toBe(200)
    expect((await stage.play.refresh(other.refresh)).body['error']).toBeUndefined()
  })

  it('revoking ends what was made from a refresh token even where nothing counts its access tokens', async () => {
    stage.double.quirks.set('zoho-payments/fifteen-access-tokens', false)
    const { access, refresh } = await stage.play.connect()
    await send(`${stage.play.address.revokeUrl}?${query({ token: refresh })}`, { method: 'POST' })
    expect((await stage.play.call(access)).status).toBe(401)
  })

  it('revoking a token that nobody has is answered 400', async () => {
    const answer = await send(`${stage.play.address.revokeUrl}?token=1000.x.y`, { method: 'POST' })
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_token'])
  })

  quirkTest(
    'zoho-payments/revokes-at-token-revoke',
    stage,
    async ({ play }) => {
      const { refresh } = await play.connect()
      const older = await send(`${play.url}/oauth/v2/token/revoke?token=${refresh}`, { method: 'POST' })
      const newer = await send(`${play.url}/oauth/v2/revoke/token?token=${refresh}`, { method: 'POST' })
      return [older.status, newer.status]
    },
    { on: [200, 404], off: [404, 200] },
  )

  quirkTest(
    'zoho-payments/revokes-without-credentials',
    stage,
    async ({ play }) => {
      const { refresh } = await play.connect()
      const bare = await send(`${play.address.revokeUrl}?token=${refresh}`, { method: 'POST' })
      return bare.body['status'] ?? bare.body['error']
    },
    { on: 'success', off: 'invalid_client' },
  )

  it('the revocation of the newer portal has its own path, authenticates with Basic and names the type of the token', async () => {
    const portal = {
      'zoho-payments/revokes-at-token-revoke': false,
      'zoho-payments/revokes-without-credentials': false,
      'zoho-payments/revocation-names-the-type': true,
      'zoho-payments/also-takes-basic': true,
    } as const
    for (const [name, value] of Object.entries(portal)) stage.double.quirks.set(name as keyof typeof portal, value)
    const { clientId, clientSecret = '' } = stage.play.address
    const { refresh } = await stage.play.connect()
    const revoke = async (authorization: string | undefined, token_type?: string) => {
      const answer = await form(`${stage.play.url}/oauth/v2/revoke/token`, { token: refresh, token_type }, { authorization })
      return [answer.status, answer.body]
    }
    const own = basic(clientId, clientSecret)
    expect(await revoke(undefined, 'refresh_token')).toEqual([200, { error: 'invalid_client' }])
    expect(await revoke(basic(clientId, 'wrong'), 'refresh_token')).toEqual([200, { error: 'invalid_client_secret' }])
    expect(await revoke(own)).toEqual([400, { error: 'invalid_token' }])
    expect(await revoke(own, 'access_token')).toEqual([400, { error: 'invalid_token' }])
    expect((await stage.play.refresh(refresh)).body['token_type']).toBe('Bearer')
    expect(await revoke(own, 'refresh_token')).toEqual([200, { status: 'success' }])
    expect((await stage.play.refresh(refresh)).body).toEqual({ error: 'invalid_code' })
    expect((await send(`${stage.play.url}/oauth/v2/token/revoke?token=${refresh}`, { method: 'POST' })).status).toBe(404)
  })

  it('whoever authenticates revokes only tokens of its own', async () => {
    stage.double.quirks.set('zoho-payments/revokes-without-credentials', false)
    stage.double.quirks.set('zoho-payments/also-takes-basic', true)
    const other = await stage.double.clients.register('zoho-payments', { scope: 'ZohoPay.payments.READ' })
    const { refresh } = await stage.play.connect()
    const authorization = basic(other.clientId, other.clientSecret ?? '')
    const answer = await send(`${stage.play.address.revokeUrl}?token=${refresh}`, { method: 'POST', headers: { authorization } })
    expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_token' }])
    expect((await stage.play.refresh(refresh)).body['token_type']).toBe('Bearer')
  })

  it('the credentials of a user end when the user is removed', async () => {
    const { access, refresh } = await stage.play.connect()
    const state = JSON.parse((await stage.play.admin('/state')).text)
    state.records['zoho-payments'].user['60001234567'].removed = true
    await stage.play.admin('/state', state, 'PUT')
    expect((await stage.play.call(access)).status).toBe(401)
    expect((await stage.play.refresh(refresh)).body).toEqual({ error: 'invalid_code' })
  })

  quirkTest(
    'zoho-payments/access-lives-one-hour',
    stage,
    async ({ play, double }) => {
      const { access, answer } = await play.connect()
      double.clock.advance(3599)
      const late = (await play.call(access)).status
      double.clock.advance(1)
      return [answer.body['expires_in'], late, (await play.call(access)).status]
    },
    { on: [3600, 200, 401], off: [600, 401, 401] },
  )
})
