/** The token endpoint and protected resources, as the specifications have them. */

import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { basic, form, json, jwtPart, send, serving, text } from '../../kit.js'

const stage = serving('plain')
const other = { client_id: 'other', client_secret: 'other-secret' }

describe('codes', () => {
  it('a code that comes twice ends the tokens that it brought', async () => {
    const { code, access, refresh } = await stage.play.connect()
    expect((await stage.play.call(access)).status).toBe(200)
    expect((await stage.play.redeem(code)).body['error']).toBe('invalid_grant')
    expect((await stage.play.call(access)).status).toBe(401)
    expect((await stage.play.refresh(refresh)).body['error']).toBe('invalid_grant')
  })

  it('a code and a refresh token are good for their own client alone, and a refresh widens nothing', async () => {
    await stage.double.clients.register('plain', { clientId: 'other', clientSecret: 'other-secret' })
    const code = await stage.play.code()
    const stolen = await form(stage.play.address.tokenUrl, { grant_type: 'authorization_code', code, ...other })
    expect(stolen.body['error']).toBe('invalid_grant')
    const { refresh } = await stage.play.connect({ scope: 'read' })
    expect((await form(stage.play.address.tokenUrl, { grant_type: 'refresh_token', refresh_token: refresh, ...other })).status).toBe(400)
    expect((await stage.play.refresh(refresh, { scope: 'read write' })).body['error']).toBe('invalid_scope')
  })

  it('a client that fails to authenticate is told with 401 how to', async () => {
    const answer = await form(
      stage.play.address.tokenUrl,
      { grant_type: 'client_credentials' },
      { authorization: basic('plain-client', 'x') },
    )
    expect([answer.status, answer.body['error'], answer.headers.get('www-authenticate')?.split(' ', 1)[0]]).toEqual([
      401,
      'invalid_client',
      'Basic',
    ])
  })
})

describe('access tokens', () => {
  it('are JWTs as RFC 9068 has them, for the resources that were named', async () => {
    const { access } = await stage.play.connect({ scope: 'openid read', resource: 'https://api.example/a' })
    expect(jwtPart(access, 'header')['typ']).toBe('at+jwt')
    expect(jwtPart(access, 'claims')).toMatchObject({
      iss: stage.play.url,
      sub: '248289761001',
      aud: 'https://api.example/a',
      client_id: 'plain-client',
      scope: 'openid read',
      acr: 'urn:authdouble:pwd',
    })
  })

  it('several resources may be named, and one of them at the exchange; no other', async () => {
    const resources = 'resource=https%3A%2F%2Fapi.example%2Fa&resource=https%3A%2F%2Fapi.example%2Fb'
    const { authorizeUrl = '', clientId, redirectUri } = stage.play.address
    const begun = await send(
      `${authorizeUrl}?response_type=code&client_id=${clientId}&redirect_uri=${encodeURIComponent(redirectUri)}&scope=read&${resources}`,
    )
    const code = new URL(begun.headers.get('location') ?? '').searchParams.get('code') ?? ''
    expect((await stage.play.redeem(code, { resource: 'https://api.example/c' })).body['error']).toBe('invalid_target')
    const answer = await stage.play.redeem(code, { resource: 'https://api.example/b' })
    expect(jwtPart(text(answer, 'access_token'), 'claims')['aud']).toBe('https://api.example/b')
    const refreshed = await stage.play.refresh(text(answer, 'refresh_token'))
    expect(jwtPart(text(refreshed, 'access_token'), 'claims')['aud']).toEqual(['https://api.example/a', 'https://api.example/b'])
  })

  it('a resource that asks for more says what: a stronger authentication, then a fresher one', async () => {
    const call = async (token: string) => send(`${stage.play.url}/step_up`, { headers: { authorization: `Bearer ${token}` } })
    const weak = await call((await stage.play.connect({ scope: 'write' })).access)
    expect(weak.body['error']).toBe('insufficient_user_authentication')
    expect(weak.headers.get('www-authenticate')).toContain('acr_values="urn:authdouble:mfa"')
    const { access } = await stage.play.connect({ scope: 'write', acr_values: 'urn:authdouble:mfa' })
    expect((await call(access)).status).toBe(200)
    stage.double.clock.advance(301)
    expect((await call(access)).headers.get('www-authenticate')).toContain('max_age="300"')
    expect((await send(`${stage.play.url}/resource`)).text).toBe('')
  })
})

describe('JWTs as grants (RFC 7523)', () => {
  it('a client signs for a user with its own key, once', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const registered = await json(`${stage.play.url}/register`, {
      grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] },
      scope: 'read',
    })
    const id = text(registered, 'client_id')
    const now = stage.double.clock.now()
    const assertion = await new SignJWT({ iss: id, sub: '248289761002', aud: stage.play.url, exp: now + 60, jti: 'one' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey)
    const ask = () => form(stage.play.address.tokenUrl, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
    const answer = await ask()
    expect(jwtPart(text(answer, 'access_token'), 'claims')).toMatchObject({ sub: '248289761002', scope: 'read' })
    expect(answer.body['refresh_token']).toBeUndefined()
    expect((await ask()).body['error']).toBe('invalid_grant')
    expect(stage.double.journal.last('plain')?.reason).toBe('assertion_revoked')
  })
})
