import { describe, expect, it } from 'vitest'
import { json, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('vcita')
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const directory = bearer('d17ec701d17ec701d17ec701d17ec701d17ec701d17ec701d17ec701d17ec701')

describe('the platform of vcita', () => {
  it('GET /oauth/userinfo tells the business of the token', async () => {
    const { access } = await stage.play.connect()
    const { status, body } = await send(`${stage.play.url}/oauth/userinfo`, { headers: { accept: 'application/json', ...bearer(access) } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      sub: 'b1c2d3e4f5a60718',
      business_id: 'a0b1c2d3e4f50617',
      business_uid: 'a0b1c2d3e4f50617',
      role: 'owner',
    })
  })

  it('GET /oauth/userinfo without a token, with a wrong one and with an expired one is 401 with a challenge', async () => {
    const { access } = await stage.play.connect()
    stage.double.clock.advance(631_152_000)
    for (const [headers, description] of [
      [{}, 'The access token is invalid'],
      [bearer('nonsense'), 'The access token is invalid'],
      [bearer(access), 'The access token expired'],
    ] as const) {
      const answer = await send(`${stage.play.url}/oauth/userinfo`, { headers })
      expect([answer.status, answer.body]).toEqual([401, { error: 'invalid_token', error_description: description }])
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="Doorkeeper", error="invalid_token", error_description="${description}"`,
      )
    }
  })

  it('POST /platform/v1/tokens/revoke ends a token that is one’s own, once', async () => {
    const [mine, other] = [await stage.play.connect(), await stage.play.connect()]
    const url = `${stage.play.url}/platform/v1/tokens/revoke`
    const answer = await json(url, { token: mine.access }, bearer(other.access))
    expect([answer.status, answer.body]).toEqual([201, { status: 'OK', data: { revoked_tokens: [mine.access] } }])
    expect((await stage.play.call(mine.access)).status).toBe(401)
    const again = await json(url, { token: mine.access }, bearer(other.access))
    expect([again.status, again.body]).toEqual([422, { status: 'Error', error: 'invalid token' }])
    const itself = await json(url, { token: other.access }, bearer(other.access))
    expect(itself.status).toBe(201)
    expect((await json(url, { token: other.access }, bearer(other.access))).status).toBe(401)
  })

  it('POST /platform/v1/tokens/revoke does not end what belongs to somebody else, nor anything without a token', async () => {
    const mine = await stage.play.connect()
    stage.double.approve({ as: 'c1c2d3e4f5a60719' }, { once: true })
    const theirs = await stage.play.connect()
    const url = `${stage.play.url}/platform/v1/tokens/revoke`
    const answer = await json(url, { token: theirs.access }, bearer(mine.access))
    expect([answer.status, answer.body]).toEqual([422, { status: 'Error', error: 'Unauthorized' }])
    const nobody = await json(url, { token: theirs.access })
    expect([nobody.status, nobody.body]).toEqual([401, { status: 'Error', message: 'Unauthorized' }])
    expect((await stage.play.call(theirs.access)).status).toBe(200)
  })

  it('POST /platform/v1/apps registers an app that can be used at once', async () => {
    const app = { name: 'My app', oauth_redirect_uris: ['https://my.example/cb'], scopes: ['openid'], trusted: true }
    const answer = await json(`${stage.play.url}/platform/v1/apps`, app, directory)
    expect(answer.status).toBe(201)
    const data = answer.body['data'] as { [member: string]: string }
    expect(data).toMatchObject({
      client_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      client_secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const landed = await stage.play.authorize({ client_id: data['client_id'], redirect_uri: 'https://my.example/cb' })
    const credentials = { client_id: data['client_id'], client_secret: data['client_secret'], redirect_uri: 'https://my.example/cb' }
    expect((await stage.play.redeem(landed.params['code'] ?? '', credentials)).status).toBe(200)
  })

  it('POST /platform/v1/apps needs a token, a name and https redirect URIs', async () => {
    const url = `${stage.play.url}/platform/v1/apps`
    expect((await json(url, { name: 'x', oauth_redirect_uris: ['https://a.example'] })).status).toBe(401)
    expect((await json(url, { oauth_redirect_uris: ['https://a.example'] }, directory)).status).toBe(422)
    for (const uri of ['http://a.example/cb', 'nonsense', '', 7, null])
      expect((await json(url, { name: 'x', oauth_redirect_uris: [uri] }, directory)).status).toBe(422)
    expect((await json(url, { name: 'x', oauth_redirect_uris: '[' }, directory)).status).toBe(422)
  })

  quirkTest(
    'vcita/unauthorized-body',
    stage,
    async () => {
      const answer = await send(`${stage.play.url}/platform/v1/clients`, { headers: bearer('nonsense') })
      return [answer.status, answer.text === '' ? null : answer.body]
    },
    {
      on: [401, { success: false, errors: [{ code: 'unauthorized', message: '401 Unauthorized' }] }],
      off: [401, null],
      context: [401, { success: false, errors: [{ code: 'unauthorized', message: 'Unauthorized' }] }],
      jwt: [401, { message: '401 Unauthorized', status: 'Failure' }],
      directory: [401, { error: 'Unauthorized' }],
      'non-api': [401, { status: 'failure', message: '401 Unauthorized' }],
      handler: [401, { message: 'Unauthorized', status: 'Failure' }],
      platform: [401, { status: 'Error', message: 'Unauthorized' }],
    },
  )

  quirkTest(
    'vcita/eight-requests-a-second',
    stage,
    async ({ play, double }) => {
      double.clock.freeze()
      const { access } = await play.connect()
      const statuses: number[] = []
      for (let i = 0; i < 9; i += 1) statuses.push((await play.call(access)).status)
      double.clock.advance(1)
      return [statuses.slice(0, 8).every((status) => status === 200), statuses[8], (await play.call(access)).status]
    },
    { on: [true, 429, 200], off: [true, 200, 200] },
  )
})
