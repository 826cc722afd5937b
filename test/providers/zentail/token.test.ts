import { describe, expect, it } from 'vitest'
import { basic, form, json, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zentail')
const credentials = (tail = '') => basic(stage.play.address.clientId, `${stage.play.address.clientSecret}${tail}`)

describe('the token endpoint of Zentail', () => {
  it('answers with access_token and token_type, exactly', async () => {
    const { answer } = await stage.play.connect()
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ access_token: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/), token_type: 'bearer' })
  })

  it('needs the registered redirect URI', async () => {
    for (const redirect_uri of ['https://YOUR_DOMAIN/oauth_callback/', 'https://evil.example']) {
      const answer = await stage.play.redeem(await stage.play.code(), { redirect_uri })
      expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant' }])
    }
    const without = await stage.play.redeem(await stage.play.code(), { redirect_uri: undefined })
    expect([without.status, without.body]).toEqual([400, { error: 'invalid_request' }])
  })

  it('refuses wrong credentials with a Basic challenge, and JSON', async () => {
    const wrong = await form(stage.play.address.tokenUrl, { grant_type: 'authorization_code' }, { authorization: basic('a', 'b') })
    expect([wrong.status, wrong.body, wrong.headers.get('www-authenticate')]).toEqual([401, { error: 'invalid_client' }, 'Basic'])
    const asJson = await json(stage.play.address.tokenUrl, { grant_type: 'authorization_code' }, { authorization: credentials() })
    expect(asJson.status).toBe(400)
  })

  it('a code works once', async () => {
    const { code } = await stage.play.connect()
    expect((await stage.play.redeem(code)).body).toEqual({ error: 'invalid_grant' })
  })

  quirkTest('zentail/takes-code', stage, async ({ play }) => (await play.redeem(await play.code())).status, { on: 200, off: 400 })

  quirkTest(
    'zentail/takes-authorization-code',
    stage,
    async ({ play }) => (await play.redeem(await play.code(), { code: undefined, authorization_code: await play.code() })).status,
    { on: 200, off: 400 },
  )

  quirkTest(
    'zentail/newline-in-basic',
    stage,
    async ({ play }) => {
      const fields = { grant_type: 'authorization_code', redirect_uri: play.address.redirectUri }
      const exchange = async (tail: string) =>
        (await form(play.address.tokenUrl, { ...fields, code: await play.code() }, { authorization: credentials(tail) })).status
      return [await exchange('\n'), await exchange('')]
    },
    { on: [200, 200], off: [401, 200] },
  )

  quirkTest(
    'zentail/survives-broken-escapes',
    stage,
    async () => {
      const answer = await send(stage.play.address.tokenUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: credentials() },
        body: 'grant_type=authorization_code&authorization_code=l4b6iplj3r&redirect_uri=https%3A%2F%2YOUR_DOMAIN%2Eoauth_callback',
      })
      return [answer.status, answer.body['error']]
    },
    { on: [200, undefined], off: [400, 'invalid_request'] },
  )

  quirkTest('zentail/token-type-in-lower-case', stage, async ({ play }) => (await play.connect()).answer.body['token_type'], {
    on: 'bearer',
    off: 'Bearer',
  })

  quirkTest(
    'zentail/also-takes-body-credentials',
    stage,
    async ({ play }) => {
      const { clientId, clientSecret, redirectUri, tokenUrl } = play.address
      const fields = { grant_type: 'authorization_code', code: await play.code(), redirect_uri: redirectUri }
      return (await form(tokenUrl, { ...fields, client_id: clientId, client_secret: clientSecret })).status
    },
    { on: 200, off: 401 },
  )

  quirkTest(
    'zentail/tokens-do-not-expire',
    stage,
    async ({ play, double }) => {
      const { answer, access } = await play.connect()
      double.clock.advance('3650d')
      return [answer.body['expires_in'], (await play.call(access)).status]
    },
    { on: [undefined, 200], off: [3600, 401] },
  )

  quirkTest(
    'zentail/no-refresh-token',
    stage,
    async ({ play }) => {
      const { answer, refresh } = await play.connect()
      const again = await play.refresh(refresh || 'x')
      return ['refresh_token' in answer.body, again.body['error']]
    },
    { on: [false, 'unsupported_grant_type'], off: [true, undefined] },
  )
})

describe('what else the text of Zentail says', () => {
  it('a scheme that is not Basic is told which one is, at the token endpoint', async () => {
    const fields = { grant_type: 'authorization_code', code: await stage.play.code(), redirect_uri: stage.play.address.redirectUri }
    const answer = await form(stage.play.address.tokenUrl, fields, { authorization: 'Bearer x' })
    expect([answer.status, answer.headers.get('www-authenticate'), answer.body['error']]).toEqual([401, 'Basic', 'invalid_client'])
  })

  it('a client has the scopes that were agreed on at its registration, and its tokens carry them', async () => {
    const client = await stage.double.clients.register('zentail', { scope: 'orders inventory', redirectUris: ['https://app.example/cb'] })
    expect(client.scope).toBe('orders inventory')
    const minted = await stage.double.tokens.mint('zentail', { clientId: client.clientId })
    expect(minted.scope).toBe('orders inventory')
  })

  it('a redirect URI with a fragment is refused at registration', async () => {
    const answer = await stage.play.admin('/clients', { provider: 'zentail', redirectUris: ['https://app.example/cb#here'] })
    expect(answer).toMatchObject({ status: 400, body: { field: 'redirectUris.0' } })
  })

  it('an ad-hoc token is made on a page of the account’s own', async () => {
    const page = await form(`${stage.play.url}/user/settings`, { user: 'customer-2' })
    const token = /[A-Za-z0-9+/]{43}=/.exec(page.text)?.[0] ?? ''
    expect([page.status, (await stage.play.call(token)).status]).toEqual([200, 200])
  })
})
