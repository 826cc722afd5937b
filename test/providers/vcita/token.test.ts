import { describe, expect, it } from 'vitest'
import { basic, form, json, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('vcita')
const invalidGrant =
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.'

describe('the token endpoint of vcita', () => {
  it('answers JSON: a token of 64 hex digits for twenty years, with created_at', async () => {
    stage.double.clock.freeze(1_565_876_581)
    const { clientId, clientSecret, redirectUri, tokenUrl } = stage.play.address
    const fields = { grant_type: 'authorization_code', client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri }
    {
      const answer = await json(tokenUrl, { ...fields, code: await stage.play.code({ scope: undefined }) })
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({
        access_token: expect.stringMatching(/^[0-9a-f]{64}$/),
        token_type: 'bearer',
        expires_in: 631_152_000,
        created_at: 1_565_876_581,
      })
      expect(answer.headers.get('cache-control')).toContain('no-store')
    }
  })

  it('with openid it gives an ID token for two minutes, which its keys verify and which names the business', async () => {
    const { createLocalJWKSet, jwtVerify } = await import('jose')
    const { answer } = await stage.play.connect({ scope: 'openid', nonce: 'n-0S6_WzA2Mj' })
    const { body } = await send(`${stage.play.url}/oauth/discovery/keys`)
    const { payload } = await jwtVerify(String(answer.body['id_token']), createLocalJWKSet(body as never), {
      issuer: 'https://app.vcita.com',
      audience: stage.play.address.clientId,
    })
    expect(payload).toMatchObject({ sub: 'b1c2d3e4f5a60718', business_id: 'a0b1c2d3e4f50617', nonce: 'n-0S6_WzA2Mj' })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(120)
    const { body: userinfo } = await send(stage.play.address.userinfoUrl ?? '', {
      headers: { authorization: `Bearer ${answer.body['access_token']}` },
    })
    expect([payload.sub, payload['business_id']]).toEqual([userinfo['sub'], userinfo['business_id']])
  })

  quirkTest(
    'vcita/id-token-names-the-business',
    stage,
    async ({ play }) => {
      const replies = [await play.connect({ scope: undefined }), await play.connect({ scope: 'openid' })]
      return replies.map(({ answer }) => 'id_token' in answer.body)
    },
    { on: [false, true], off: [false, false] },
  )

  it('a code that is handed out without a word on scope is that of the documented request: it brings no ID token', async () => {
    const reply = async (scope?: string) =>
      (await stage.play.redeem((await stage.double.codes.mint('vcita', scope ? { scope } : {})).code)).body
    expect(Object.keys(await reply())).toEqual(['access_token', 'token_type', 'expires_in', 'created_at'])
    expect(Object.keys(await reply('openid'))).toEqual(['access_token', 'token_type', 'expires_in', 'scope', 'created_at', 'id_token'])
  })

  it('a code works once, for its own client', async () => {
    const { code } = await stage.play.connect()
    const again = await stage.play.redeem(code)
    expect([again.status, again.body]).toEqual([400, { error: 'invalid_grant', error_description: invalidGrant }])
  })

  it('looks at what is missing before it looks at the client', async () => {
    const wrong = { client_id: 'nobody', client_secret: 'x' }
    expect((await stage.play.token({ ...wrong })).body['error_description']).toBe('Missing required parameter: grant_type.')
    expect((await stage.play.token({ ...wrong, grant_type: 'authorization_code' })).body['error_description']).toBe(
      'Missing required parameter: code.',
    )
    expect((await stage.play.token({ ...wrong, grant_type: 'authorization_code', code: 'x' })).body['error_description']).toBe(
      'Missing required parameter: redirect_uri.',
    )
    const client = await stage.play.token({ ...wrong, grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' })
    expect([client.status, client.body['error']]).toEqual([401, 'invalid_client'])
  })

  quirkTest(
    'vcita/code-lives-30-seconds',
    stage,
    async ({ play, double }) => {
      const [first, second] = [await play.code(), await play.code()]
      double.clock.advance(29)
      const early = (await play.redeem(first)).status
      double.clock.advance(1)
      return [early, (await play.redeem(second)).status]
    },
    { on: [200, 400], off: [200, 200] },
  )

  quirkTest(
    'vcita/redirect-uri-for-identification-only',
    stage,
    async ({ play }) => {
      const other = (await play.redeem(await play.code(), { redirect_uri: 'https://example.com/callback' })).status
      return [other, (await play.redeem(await play.code(), { redirect_uri: undefined })).status, (await play.connect()).answer.status]
    },
    { on: [200, 200, 200], off: [400, 400, 200] },
  )

  quirkTest('vcita/takes-json', stage, async ({ play }) => (await play.connect()).answer.status, { on: 200, off: 400 })

  quirkTest(
    'vcita/also-takes-form',
    stage,
    async ({ play }) => {
      const { clientId, clientSecret, redirectUri, tokenUrl } = play.address
      const fields = { grant_type: 'authorization_code', client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri }
      return (await form(tokenUrl, { ...fields, code: await play.code() })).status
    },
    { on: 200, off: 415 },
  )

  quirkTest(
    'vcita/grants-client-credentials',
    stage,
    async ({ play }) => {
      const { status, body } = await play.token({ grant_type: 'client_credentials' })
      return [status, body['error'] ?? body['token_type']]
    },
    { on: [200, 'bearer'], off: [400, 'unsupported_grant_type'] },
  )

  quirkTest('vcita/token-type-in-lower-case', stage, async ({ play }) => (await play.connect()).answer.body['token_type'], {
    on: 'bearer',
    off: 'Bearer',
  })

  quirkTest(
    'vcita/tells-created-at',
    stage,
    async ({ play, double }) => {
      double.clock.freeze(1_565_876_581)
      return (await play.connect()).answer.body['created_at']
    },
    { on: 1_565_876_581, off: undefined },
  )

  quirkTest(
    'vcita/tokens-live-twenty-years',
    stage,
    async ({ play, double }) => {
      const { answer, access } = await play.connect()
      double.clock.advance(631_139_039)
      const late = (await play.call(access)).status
      double.clock.advance(1)
      return [answer.body['expires_in'], late, (await play.call(access)).status]
    },
    { on: [631_152_000, 200, 200], off: [7200, 401, 401], gregorian: [631_139_040, 200, 401] },
  )

  quirkTest(
    'vcita/no-refresh-token',
    stage,
    async ({ play }) => {
      const { answer, refresh } = await play.connect()
      const again = await play.refresh(refresh || 'x')
      return ['refresh_token' in answer.body, again.body['error']]
    },
    { on: [false, 'unsupported_grant_type'], off: [true, undefined] },
  )

  quirkTest(
    'vcita/also-takes-basic',
    stage,
    async ({ play }) => {
      const { clientId, clientSecret = '', redirectUri, tokenUrl } = play.address
      const fields = { grant_type: 'authorization_code', code: await play.code(), redirect_uri: redirectUri }
      return (await json(tokenUrl, fields, { authorization: basic(clientId, clientSecret) })).status
    },
    { on: 200, off: 401 },
  )

  quirkTest(
    'vcita/bearer-challenge-on-every-error',
    stage,
    async ({ play }) => {
      const answers = [await play.redeem('nonsense'), await play.redeem('x', { client_secret: 'wrong' })]
      return answers.map(({ headers }) => headers.get('www-authenticate')?.split(', error_description')[0])
    },
    {
      on: ['Bearer realm="Doorkeeper", error="invalid_grant"', 'Bearer realm="Doorkeeper", error="invalid_client"'],
      off: [undefined, undefined],
    },
  )
})
