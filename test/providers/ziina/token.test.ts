import { describe, expect, it } from 'vitest'
import { jwtPart, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('ziina')
const offline = { scope: 'read_account offline_access', prompt: 'consent' }

describe('tokens of Ziina', () => {
  it('the reply has its members in the order of the engine', async () => {
    const { answer } = await stage.play.connect({ scope: 'openid read_account offline_access', prompt: 'consent', nonce: 'n1' })
    expect(Object.keys(answer.body)).toEqual(['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(jwtPart(text(answer, 'id_token'), 'claims')).toMatchObject({
      iss: 'https://auth.ziina.com',
      aud: stage.play.address.clientId,
      nonce: 'n1',
      sub: '5f0c7a52-93d5-4bb8-8f2c-0f6a5d1f3c11',
    })
  })

  it('an id token comes only with openid', async () => {
    expect((await stage.play.connect(offline)).answer.body['id_token']).toBeUndefined()
  })

  it('a refresh may narrow the scope and not widen it', async () => {
    const { refresh } = await stage.play.connect(offline)
    expect((await stage.play.refresh(refresh, { scope: 'read_account' })).body['scope']).toBe('read_account')
    expect((await stage.play.refresh(refresh, { scope: 'read_account write_refunds' })).body).toEqual({
      error: 'invalid_scope',
      error_description: 'refresh token missing requested scope',
    })
  })

  it('a code and a refresh token that are too old are refused in the one text for all', async () => {
    const refused = { error: 'invalid_grant', error_description: 'grant request is invalid' }
    const code = await stage.play.code()
    const { refresh } = await stage.play.connect(offline)
    stage.double.clock.advance(600)
    expect((await stage.play.redeem(code)).body).toEqual(refused)
    stage.double.clock.advance('14d')
    expect((await stage.play.refresh(refresh)).body).toEqual(refused)
    expect((await stage.play.redeem(await stage.play.code(), { redirect_uri: 'https://example.com/callback' })).body).toEqual(refused)
  })

  quirkTest(
    'ziina/replayed-code-ends-the-grant',
    stage,
    async ({ play }) => {
      const { code, access, refresh } = await play.connect(offline)
      const replay = (await play.redeem(code)).status
      return [replay, (await play.call(access)).status, (await play.refresh(refresh)).status]
    },
    { on: [400, 401, 400], off: [400, 200, 200] },
  )

  quirkTest(
    'ziina/rotates-late',
    stage,
    async ({ play, double }) => {
      const { refresh } = await play.connect(offline)
      const early = text(await play.refresh(refresh), 'refresh_token')
      double.clock.advance(0.7 * 14 * 86_400)
      const late = text(await play.refresh(early), 'refresh_token')
      return [early === refresh, late === early]
    },
    { on: [true, false], off: [true, true], late: [true, false], always: [false, false], never: [true, true] },
  )

  quirkTest(
    'ziina/replayed-refresh-token-ends-the-grant',
    stage,
    async ({ play, double }) => {
      double.quirks.set('ziina/rotates-late', 'always')
      const { refresh } = await play.connect(offline)
      const next = await play.refresh(refresh)
      const replay = (await play.refresh(refresh)).status
      return [replay, (await play.call(text(next, 'access_token'))).status, (await play.refresh(text(next, 'refresh_token'))).status]
    },
    { on: [400, 401, 400], off: [400, 200, 200] },
  )

  quirkTest(
    'ziina/access-tokens-are-jwts',
    stage,
    async ({ play, double }) => {
      double.clock.freeze(1_700_000_000)
      const { access } = await play.connect({ scope: 'read_account' })
      const call = (await play.call(access)).status
      if (!access.includes('.')) return [/^[\w-]{43}$/.test(access), call]
      const { jti, ...claims } = jwtPart(access, 'claims')
      return [jwtPart(access, 'header')['typ'], String(jti).length, claims, call]
    },
    {
      on: [
        'at+jwt',
        43,
        {
          sub: '5f0c7a52-93d5-4bb8-8f2c-0f6a5d1f3c11',
          iat: 1_700_000_000,
          exp: 1_700_003_600,
          scope: 'read_account',
          client_id: 'test',
          iss: 'https://auth.ziina.com',
          aud: 'https://auth.ziina.com',
        },
        200,
      ],
      off: [true, 200],
    },
  )

  quirkTest(
    'ziina/access-lives-one-hour',
    stage,
    async ({ play, double }) => {
      const { access, answer } = await play.connect({ scope: 'read_account' })
      double.clock.advance(3599)
      const late = (await play.call(access)).status
      double.clock.advance(1)
      return [answer.body['expires_in'], late, (await play.call(access)).status]
    },
    { on: [3600, 200, 401], off: [600, 401, 401] },
  )
})
