/** What the specifications ask of every server in passing, one statement each. */

import { describe, expect, it } from 'vitest'
import { basic, form, jwtPart, query, send, serving, text } from '../../kit.js'

const stage = serving('plain')

const secrets = () => {
  const { clientId, clientSecret = '', tokenUrl } = stage.play.address
  return { clientId, clientSecret, tokenUrl, authorization: basic(clientId, clientSecret) }
}

const register = async (redirect_uris: readonly string[]) =>
  (
    await send(`${stage.play.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris }),
    })
  ).body as { readonly client_id: string; readonly client_secret: string; readonly error?: string }

describe('the authorization endpoint', () => {
  it('treats a parameter without a value as one that was left out (RFC 6749 §3.1)', async () => {
    const { params } = await stage.play.authorize({ scope: '', nonce: '', max_age: '', prompt: '', login_hint: '', resource: '' })
    expect(params['code']).toMatch(/.{20}/)
    expect(params).not.toHaveProperty('state')
  })

  it('is not stopped by wishes about languages and windows (OpenID Connect Core 1.0 §3.1.2.1)', async () => {
    const { params } = await stage.play.authorize({ ui_locales: 'tlh', claims_locales: 'x-none', display: 'wap' })
    expect(params['code']).toMatch(/.{20}/)
  })

  it('asks for redirect_uri, also where one alone is registered (RFC 6749 §3.1.2.3, OpenID Connect Core 1.0 §3.1.2.1)', async () => {
    const [one, two] = [await register(['https://a.example/cb']), await register(['https://a.example/cb', 'https://a.example/other'])]
    const ask = async (client_id: string) =>
      (await send(`${stage.play.address.authorizeUrl}?${query({ response_type: 'code', client_id, scope: 'openid' })}`)).status
    expect([await ask(one.client_id), await ask(two.client_id)]).toEqual([400, 400])
  })
})

describe('registration', () => {
  it('takes no redirect URI with a fragment, and none that is relative (RFC 6749 §3.1.2)', async () => {
    expect((await register(['https://a.example/cb#there'])).error).toBe('invalid_redirect_uri')
    expect((await register(['/cb'])).error).toBe('invalid_redirect_uri')
  })

  it('gives each client an identifier of its own, that nobody chooses and no user has (RFC 6749 §2.2, RFC 9700 §4.15)', async () => {
    const [one, two] = [await register(['https://a.example/cb']), await register(['https://a.example/cb'])]
    expect(one.client_id).not.toBe(two.client_id)
    const users = (await stage.double.users.list('plain')).map(({ id }) => id)
    expect(users).not.toContain(one.client_id)
  })
})

describe('the token endpoint', () => {
  it('treats a parameter without a value as one that was left out (RFC 6749 §3.2)', async () => {
    const { refresh } = await stage.play.connect({ scope: 'read write' })
    const answer = await stage.play.refresh(refresh, { scope: '', resource: '' })
    expect([answer.status, answer.body['scope']]).toEqual([200, 'read write'])
  })

  it('authenticates a client that has a secret (RFC 6749 §3.2.1)', async () => {
    const { clientId, tokenUrl } = secrets()
    const answer = await form(tokenUrl, { grant_type: 'authorization_code', code: await stage.play.code(), client_id: clientId })
    expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client'])
  })

  it('answers in JSON with a token type, and gives what was granted again where a refresh asks for no scope (RFC 6749 §5.1, §6)', async () => {
    const { answer, refresh } = await stage.play.connect({ scope: 'read write' })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) })
    expect((await stage.play.refresh(refresh)).body['scope'] ?? 'read write').toBe('read write')
  })

  it('mints nothing that can be guessed: 128 bits and more (RFC 6749 §10.10)', async () => {
    const [one, two] = [await stage.play.connect(), await stage.play.connect()]
    for (const [a, b] of [
      [one.code, two.code],
      [one.refresh, two.refresh],
      [String(jwtPart(one.access, 'claims')['jti']), String(jwtPart(two.access, 'claims')['jti'])],
    ] as const) {
      expect(a).not.toBe(b)
      // A character of URL-safe base64 has six bits.
      expect(a.length * 6).toBeGreaterThanOrEqual(128)
    }
  })
})

describe('an API', () => {
  it('tells a token that is no good with a challenge, and whoever sent none of no error (RFC 6750 §3)', async () => {
    for (const path of ['/resource', '/userinfo']) {
      const bad = await send(`${stage.play.url}${path}`, { headers: { authorization: 'Bearer none' } })
      expect([path, bad.status, bad.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        expect.stringMatching(/^Bearer .*error="invalid_token"/),
      ])
      const none = await send(`${stage.play.url}${path}`)
      expect([path, none.status, none.headers.get('www-authenticate')]).toEqual([path, 401, expect.not.stringContaining('error=')])
    }
  })

  it('goes on with tokens of a key that was rotated, which stays published (OpenID Connect Core 1.0 §10.1.1)', async () => {
    const { access } = await stage.play.connect()
    const keys = async () =>
      ((await send(`${stage.play.url}/jwks`)).body['keys'] as readonly { readonly kid: string }[]).map(({ kid }) => kid)
    const before = await keys()
    await stage.double.keys.rotate('plain')
    expect(await keys()).toEqual(expect.arrayContaining([...before]))
    expect((await stage.play.call(access)).status).toBe(200)
    const fresh = (await stage.play.connect()).access
    expect(jwtPart(fresh, 'header')['kid']).not.toBe(jwtPart(access, 'header')['kid'])
  })
})

it('a client revokes no token of another (RFC 7009 §2.1)', async () => {
  const { access } = await stage.play.connect()
  const other = await register(['https://a.example/cb'])
  await form(String(stage.play.address.revokeUrl), { token: access }, { authorization: basic(other.client_id, other.client_secret) })
  expect((await stage.play.call(access)).status).toBe(200)
})

it('a client without a user is nobody else: its tokens say the client (RFC 9700 §4.15)', async () => {
  const { tokenUrl, authorization, clientId } = secrets()
  const answer = await form(tokenUrl, { grant_type: 'client_credentials' }, { authorization })
  expect(jwtPart(text(answer, 'access_token'), 'claims')['sub']).toBe(clientId)
})

it('a consent that no page of ours asked for is none (RFC 6749 §10.12)', async () => {
  stage.double.approvals.ask()
  const request = query({
    response_type: 'code',
    client_id: secrets().clientId,
    redirect_uri: stage.play.address.redirectUri,
    scope: 'read',
  })
  const login = await form(`${stage.play.url}/__login`, { email: 'jane@example.com', password: 'x', request, path: '/authorize' })
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0]
  const consent = (proof: string) =>
    form(`${stage.play.url}/__consent`, { choice: 'approve', request, path: '/authorize', proof }, { cookie })
  const forged = await consent('guessed')
  expect([forged.status, forged.headers.get('location')]).toEqual([200, null])
  const [, proof = ''] = /name="proof" value="([^"]*)"/.exec(forged.text) ?? []
  expect((await consent(proof)).headers.get('location')).toContain('code=')
})
