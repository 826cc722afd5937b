/** The authorization endpoint, as RFC 6749, RFC 9700 and OpenID Connect Core have it. */

import { describe, expect, it } from 'vitest'
import { form, formsOf, jwtPart, query, send, serving, text } from '../../kit.js'

const stage = serving('plain')
const redirect_uri = 'http://127.0.0.1:4741/callback'

const idToken = async (fields: { readonly [name: string]: string }) =>
  jwtPart(text((await stage.play.connect({ scope: 'openid', ...fields })).answer, 'id_token'), 'claims')

describe('what goes where', () => {
  it('code, state and iss come back in the query; parameters nobody knows are ignored', async () => {
    const { at, params } = await stage.play.authorize({ state: 'a b', colour: 'blue' })
    expect(at).toBe(redirect_uri)
    expect(params).toEqual({ code: expect.any(String), state: 'a b', iss: stage.play.url })
  })

  it('an error comes back with state and iss, and in the mode that was asked for', async () => {
    const answer = await stage.play.authorize({ scope: 'nonsense', state: 's', response_mode: 'fragment' })
    const [, fragment] = (answer.headers.get('location') ?? '').split('#')
    expect(Object.fromEntries(new URLSearchParams(fragment))).toMatchObject({ error: 'invalid_scope', state: 's', iss: stage.play.url })
  })

  it('form_post brings a page whose form holds the response, and which may run no other script', async () => {
    const answer = await stage.play.authorize({ state: 's"', response_mode: 'form_post' })
    expect(formsOf(answer.text)).toEqual([
      { method: 'post', action: redirect_uri, fields: { code: expect.any(String), state: 's"', iss: stage.play.url } },
    ])
    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[^']+'$/)
  })

  it('no token comes from here, and nobody is sent to a redirect URI that is not registered', async () => {
    for (const type of ['token', 'id_token', 'code token'])
      expect((await stage.play.authorize({ response_type: type })).params['error']).toBe('unsupported_response_type')
    const stranger = await stage.play.authorize({ redirect_uri: 'https://evil.example/cb' })
    expect([stranger.status, stranger.headers.get('location')]).toEqual([400, null])
  })

  it('a client without a secret needs a challenge', async () => {
    const { params } = await stage.play.authorize({ client_id: 'plain-public' })
    expect(params['error']).toBe('invalid_request')
  })
})

describe('authentication requests', () => {
  it('max_age and acr_values show in the ID token; single claims come as asked', async () => {
    const claims = JSON.stringify({ id_token: { email: null, nickname: null }, userinfo: { phone_number: { essential: true } } })
    const token = await idToken({ max_age: '60', acr_values: 'urn:unknown urn:authdouble:mfa', claims })
    expect(token).toMatchObject({
      auth_time: Math.floor(stage.double.clock.now()),
      acr: 'urn:authdouble:mfa',
      email: 'jane@example.com',
      amr: ['pwd'],
    })
    const { access } = await stage.play.connect({ scope: 'openid', claims })
    expect((await send(stage.play.address.userinfoUrl ?? '', { headers: { authorization: `Bearer ${access}` } })).body).toEqual({
      sub: '248289761001',
      phone_number: '+44 20 7946 0018',
    })
  })

  it('an essential acr that nobody has is an error, and so are claims that cannot be read', async () => {
    const essential = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:unknown'] } } })
    expect((await stage.play.authorize({ claims: essential })).params['error']).toBe('unmet_authentication_requirements')
    expect((await stage.play.authorize({ claims: '{' })).params['error']).toBe('invalid_request')
  })

  it('login_hint and id_token_hint say who it is, where nobody is asked', async () => {
    expect((await idToken({ login_hint: 'john@example.com' }))['sub']).toBe('248289761002')
    const { answer } = await stage.play.connect({ scope: 'openid', login_hint: '248289761002' })
    expect((await idToken({ id_token_hint: text(answer, 'id_token') }))['sub']).toBe('248289761002')
    expect((await stage.play.authorize({ id_token_hint: 'a.b.c' })).params['error']).toBe('login_required')
  })

  it('prompt=none shows no page, and stands alone', async () => {
    stage.double.approve({ ask: true })
    expect((await stage.play.authorize({ prompt: 'none' })).params['error']).toBe('login_required')
    expect((await stage.play.authorize({ prompt: 'none login' })).params['error']).toBe('invalid_request')
  })
})

describe('a person at the browser', () => {
  const visit = async (fields: { readonly [name: string]: string }, cookie?: string) =>
    send(
      `${stage.play.address.authorizeUrl}?${query({ response_type: 'code', client_id: stage.play.address.clientId, redirect_uri, ...fields })}`,
      { headers: cookie === undefined ? {} : { cookie } },
    )
  const logIn = async (page: string): Promise<{ readonly cookie: string; readonly back: string }> => {
    const [login] = formsOf(page)
    const answer = await form(`${stage.double.url()}${login?.action}`, { ...login?.fields, password: 'x' })
    return {
      cookie: answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '',
      back: `${stage.double.url()}${answer.headers.get('location')}`,
    }
  }
  const is = (page: string): string => /<h1>([^<]*)/.exec(page)?.[1] ?? ''

  it('logs in once; prompt=login and a login older than max_age ask again, once each', async () => {
    stage.double.approve({ ask: true })
    const { cookie, back } = await logIn((await visit({})).text)
    expect(is((await send(back, { headers: { cookie } })).text)).toBe('Allow Demo app?')
    expect(is((await visit({}, cookie)).text)).toBe('Allow Demo app?')
    expect(is((await visit({ prompt: 'login' }, cookie)).text)).toBe('Log in')
    expect(is((await visit({ max_age: '100' }, cookie)).text)).toBe('Allow Demo app?')
    stage.double.clock.advance(101)
    const again = await visit({ max_age: '100', login_hint: 'john@example.com' }, cookie)
    expect(formsOf(again.text)[0]?.fields['email']).toBe('john@example.com')
    const second = await logIn((await visit({ prompt: 'login' }, cookie)).text)
    const consent = await send(second.back, { headers: { cookie: second.cookie } })
    expect(is(consent.text)).toBe('Allow Demo app?')
    const approve = formsOf(consent.text).find(({ fields }) => fields['choice'] === 'approve')
    const landed = await form(`${stage.double.url()}${approve?.action}`, approve?.fields ?? {}, { cookie: second.cookie })
    expect(landed.headers.get('location')).toContain('code=')
    expect(is((await send(second.back, { headers: { cookie: second.cookie } })).text)).toBe('Log in')
  })

  it('types the code of a device, logs in, agrees, and is told so', async () => {
    stage.double.approve({ ask: true })
    const { clientId, clientSecret } = stage.play.address
    const device = await form(`${stage.play.url}/device_authorization`, { client_id: clientId, client_secret: clientSecret, scope: 'read' })
    expect(is((await send(text(device, 'verification_uri'))).text)).toBe('Connect a device')
    const wrong = await send(`${text(device, 'verification_uri')}?user_code=XXXX`)
    expect(wrong.text).toContain('No device waits with this code.')
    const typed = text(device, 'user_code').toLowerCase().replace('-', ' ')
    const { cookie, back } = await logIn((await send(`${text(device, 'verification_uri')}?${query({ user_code: typed })}`)).text)
    const consent = await send(back, { headers: { cookie } })
    expect(consent.text).toContain(text(device, 'user_code'))
    const deny = formsOf(consent.text).find(({ fields }) => fields['choice'] === 'deny')
    expect(is((await form(`${stage.double.url()}${deny?.action}`, deny?.fields ?? {}, { cookie })).text)).toBe(
      'The device is not connected',
    )
    const poll = await stage.play.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: text(device, 'device_code'),
    })
    expect(poll.body['error']).toBe('access_denied')
  })
})
