/** What the specifications let a client or a browser send by POST where GET is usual, and how each endpoint refuses whom it does not know. */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { basic, form, formsOf, json, query, send, serving, text } from '../../kit.js'

const stage = serving('plain')
const at = (path: string): string => `${stage.play.url}${path}`
const request = () => ({
  response_type: 'code',
  client_id: stage.play.address.clientId,
  redirect_uri: stage.play.address.redirectUri,
  state: 's',
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('by POST', () => {
  it('an authorization request is answered as by GET (OpenID Connect Core 1.0 §3.1.2.1)', async () => {
    const answer = await form(at('/authorize'), request())
    expect(answer.status).toBe(302)
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('state')).toBe('s')
    stage.double.approve({ ask: true })
    const page = await form(at('/authorize'), request())
    expect([page.status, formsOf(page.text)[0]?.fields]).toEqual([200, expect.objectContaining({ email: expect.any(String) })])
  })

  it('a person types the code of a device', async () => {
    stage.double.approve({ ask: true })
    const { clientId, clientSecret } = stage.play.address
    const device = await form(at('/device_authorization'), { client_id: clientId, client_secret: clientSecret })
    const page = await form(at('/device'), { user_code: text(device, 'user_code') })
    expect([page.status, /<h1>([^<]*)/.exec(page.text)?.[1]]).toEqual([200, 'Log in'])
  })

  it('a person is logged out, with and without a client to go back to (RP-Initiated Logout 1.0 §2)', async () => {
    const registered = await json(at('/register'), {
      redirect_uris: ['https://client.example/cb'],
      post_logout_redirect_uris: ['https://client.example/bye'],
    })
    const back = await form(at('/logout'), {
      client_id: text(registered, 'client_id'),
      post_logout_redirect_uri: 'https://client.example/bye',
      state: 'z',
    })
    expect([back.status, back.headers.get('location')]).toEqual([303, 'https://client.example/bye?state=z'])
    const page = await form(at('/logout'), {})
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })

  it('userinfo is asked for (OpenID Connect Core 1.0 §5.3.1)', async () => {
    const { access } = await stage.play.connect({ scope: 'openid' })
    const answer = await form(at('/userinfo'), {}, bearer(access))
    expect([answer.status, answer.body['sub']]).toEqual([200, '248289761001'])
  })

  it('resources are called, and a call without a token is told of no error', async () => {
    for (const path of ['/resource', '/mcp']) {
      const { access } = await stage.play.connect({ resource: at(path) })
      expect((await json(at(path), {}, bearer(access))).status).toBe(200)
      const answer = await json(at(path), {})
      expect([answer.status, answer.text]).toEqual([401, ''])
    }
  })
})

describe('whom an endpoint does not know', () => {
  it.each(['/par', '/device_authorization'])('%s answers 401 to a client with a wrong secret', async (path) => {
    const answer = await form(at(path), request(), { authorization: basic(stage.play.address.clientId, 'wrong') })
    expect([answer.status, answer.body['error'], answer.headers.get('www-authenticate')]).toEqual([
      401,
      'invalid_client',
      expect.stringMatching(/^Basic /),
    ])
  })

  it('a pushed request that is bound to one key and proved with another is refused (RFC 9449 §10.1)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    const proof = () =>
      new SignJWT({ htm: 'POST', htu: at('/par'), jti: crypto.randomUUID(), iat: Math.floor(stage.double.clock.now()) })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .sign(privateKey)
    const { clientId, clientSecret = '' } = stage.play.address
    const push = async (dpop_jkt: string) =>
      form(at('/par'), { ...request(), dpop_jkt }, { authorization: basic(clientId, clientSecret), dpop: await proof() })
    expect((await push(await calculateJwkThumbprint(jwk))).status).toBe(201)
    expect((await push('another')).status).toBe(400)
  })

  it('introspection without a token is answered 400 (RFC 7662 §2.1)', async () => {
    const { clientId, clientSecret = '' } = stage.play.address
    const answer = await form(at('/introspect'), {}, { authorization: basic(clientId, clientSecret) })
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request'])
  })

  it('nobody is sent to where no client registered (RP-Initiated Logout 1.0 §3)', async () => {
    const fields = { client_id: stage.play.address.clientId, post_logout_redirect_uri: 'https://evil.example/bye' }
    for (const answer of [await send(`${at('/logout')}?${query(fields)}`), await form(at('/logout'), fields)])
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('a registration is changed with its own token only', async () => {
    const registered = await json(at('/register'), { redirect_uris: ['https://client.example/cb'] })
    const answer = await send(text(registered, 'registration_client_uri'), {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...bearer('wrong') },
      body: JSON.stringify({ client_id: text(registered, 'client_id'), redirect_uris: ['https://other.example/cb'] }),
    })
    expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_token'])
  })

  it('a token without the scope is answered 403 with the scope that it needs (RFC 6750 §3.1)', async () => {
    const { access } = await stage.play.connect({ scope: 'read' })
    const answers = await Promise.all([
      send(at('/userinfo'), { headers: bearer(access) }),
      form(at('/userinfo'), {}, bearer(access)),
      send(at('/step_up'), { headers: bearer(access) }),
    ])
    expect(answers.map(({ status, headers }) => [status, /scope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1]])).toEqual([
      [403, 'openid'],
      [403, 'openid'],
      [403, 'write'],
    ])
  })
})
