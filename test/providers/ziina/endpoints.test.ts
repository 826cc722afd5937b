import { describe, expect, it } from 'vitest'
import { form, landing, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('ziina')
const me = (token: string, query = '') => send(`${stage.play.url}/oidc/me${query}`, { headers: { authorization: `Bearer ${token}` } })

describe('the other endpoints of Ziina', () => {
  it('the metadata names the bare issuer, and endpoints below /oidc that answer here', async () => {
    const { body } = await send(`${stage.play.url}/oidc/.well-known/openid-configuration`)
    expect(body).toMatchObject({
      issuer: 'https://auth.ziina.com',
      authorization_endpoint: `${stage.play.url}/oidc/auth`,
      token_endpoint: `${stage.play.url}/oidc/token`,
      userinfo_endpoint: `${stage.play.url}/oidc/me`,
      jwks_uri: `${stage.play.url}/oidc/jwks`,
      end_session_endpoint: `${stage.play.url}/oidc/session/end`,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      request_uri_parameter_supported: false,
      claims_parameter_supported: false,
    })
    expect(body['revocation_endpoint']).toBeUndefined()
  })

  quirkTest(
    'ziina/metadata-not-at-the-issuer',
    stage,
    async ({ play, double }) => {
      const where = [
        '/oidc/.well-known/openid-configuration',
        '/.well-known/openid-configuration',
        '/.well-known/oauth-authorization-server',
      ]
      const statuses: number[] = []
      for (const path of where) {
        statuses.push((await send(`${play.url}${path}`)).status)
        statuses.push((await send(`${double.url()}${path}`, { headers: { host: 'auth.ziina.com' } })).status)
      }
      return statuses
    },
    { on: [200, 200, 404, 404, 404, 404], off: [404, 404, 200, 200, 404, 404] },
  )

  it('the keys are public ones, and the one that signs is among them', async () => {
    const { access } = await stage.play.connect({ scope: 'read_account' })
    const { body } = await send(`${stage.play.url}/oidc/jwks`)
    const { createLocalJWKSet, jwtVerify } = await import('jose')
    const { payload } = await jwtVerify(access, createLocalJWKSet(body as never), { issuer: 'https://auth.ziina.com' })
    expect(payload['client_id']).toBe('test')
    for (const key of body['keys'] as readonly object[]) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('userinfo needs openid, which none of the documented scopes is', async () => {
    const plain = await stage.play.connect({ scope: 'read_account' })
    const refused = await me(plain.access)
    expect([refused.status, refused.body]).toEqual([
      403,
      { error: 'insufficient_scope', error_description: 'access token missing openid scope', scope: 'openid' },
    ])
    expect(refused.headers.get('www-authenticate')).toContain('scope="openid"')
    const { access } = await stage.play.connect({ scope: 'openid' })
    expect((await me(access)).body).toEqual({ sub: '5f0c7a52-93d5-4bb8-8f2c-0f6a5d1f3c11' })
  })

  it('userinfo answers no token, a wrong one, one in the query and two at once as the engine does', async () => {
    const { access } = await stage.play.connect({ scope: 'openid' })
    const none = await send(`${stage.play.url}/oidc/me`)
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([400, 'Bearer realm="https://auth.ziina.com"'])
    expect(none.body).toEqual({ error: 'invalid_request', error_description: 'no access token provided' })
    const wrong = await me('nonsense')
    expect([wrong.status, wrong.body]).toEqual([401, { error: 'invalid_token', error_description: 'invalid token provided' }])
    const inQuery = await send(`${stage.play.url}/oidc/me?access_token=${access}`)
    expect(inQuery.body['error_description']).toBe('access tokens must not be provided via query parameter')
    const twice = await form(`${stage.play.url}/oidc/me`, { access_token: access }, { authorization: `Bearer ${access}` })
    expect(twice.body['error_description']).toBe('access token must only be provided using one mechanism')
  })

  it('the account is read with Bearer and the scope read_account', async () => {
    const { access } = await stage.play.connect({ scope: 'read_account' })
    expect((await stage.play.call(access)).body).toEqual({
      account_id: '5f0c7a52-93d5-4bb8-8f2c-0f6a5d1f3c11',
      account_type: 'business',
      status: 'active',
      ziiname: 'amal',
      display_name: 'Amal Haddad',
      profile_picture_url: null,
    })
    const other = await stage.play.connect({ scope: 'write_refunds' })
    expect((await stage.play.call(other.access)).status).toBe(403)
    for (const scheme of ['', 'Zoho-oauthtoken ']) expect((await stage.play.call(access, scheme)).status).toBe(401)
  })

  it('the session ends with a page, or at a registered URI with the state', async () => {
    const url = `${stage.play.url}/oidc/session/end`
    expect((await send(url)).text).toContain('logged out')
    const { clientId, redirectUri } = stage.play.address
    const back = landing(await send(`${url}?client_id=${clientId}&post_logout_redirect_uri=${redirectUri}&state=z`))
    expect([back.status, back.at, back.params]).toEqual([303, redirectUri, { state: 'z' }])
    const posted = landing(await form(url, { client_id: clientId, post_logout_redirect_uri: redirectUri, state: 'z' }))
    expect([posted.status, posted.at, posted.params]).toEqual([303, redirectUri, { state: 'z' }])
    const stranger = landing(await send(`${url}?client_id=${clientId}&post_logout_redirect_uri=https://evil.example`))
    expect([stranger.status, stranger.at]).toEqual([200, ''])
  })

  it('the business connect page hands out a token with every scope', async () => {
    const { text } = await form(`${stage.play.url}/business/connect`, { client_id: stage.play.address.clientId })
    const token = /<code data-value="Access token"[^>]*>([^<]+)</.exec(text)?.[1] ?? ''
    expect((await stage.play.call(token)).status).toBe(200)
    expect((await me(token)).status).toBe(200)
    const scope = String((JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { scope: string }).scope).split(' ')
    for (const one of ['write_payment_intents', 'write_refunds', 'write_webhooks', 'write_transfers']) expect(scope).toContain(one)
  })

  it('a wrong method is answered 404 in the words of the engine', async () => {
    const answer = await send(`${stage.play.url}/oidc/token`)
    expect([answer.status, answer.body]).toEqual([
      404,
      { error: 'invalid_request', error_description: 'unrecognized route or not allowed method (GET on /oidc/token)' },
    ])
  })
})
