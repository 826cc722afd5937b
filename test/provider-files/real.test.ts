/** What two providers document of their exchanges, written as files: the words suffice. */

import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createServer, type Double } from '../../src/index.js'
import { basic, form, json, query, renew, send, text } from '../kit.js'

const file = (name: string) => fileURLToPath(new URL(`files/${name}.yaml`, import.meta.url)) as `/${string}`

let double: Double
beforeAll(async () => {
  double = await createServer({ providers: [file('github'), file('slack')], host: '127.0.0.1' })
})
beforeEach(() => renew(double))
afterAll(() => double.close())

const landing = async (url: string, fields: { readonly [name: string]: string }) => {
  const answer = await send(`${url}?${query(fields)}`)
  return new URL(answer.headers.get('location') ?? `https://none.example/?page=${answer.status}`)
}

describe('GitHub', () => {
  const redirect_uri = 'http://example.com/path'
  const client = () => ({ client_id: double.provider('github').clientId, client_secret: 'github-demo-secret' })
  const code = async (fields = {}) =>
    (
      await landing(double.provider('github').authorizeUrl ?? '', {
        client_id: client().client_id,
        redirect_uri,
        scope: 'repo,gist',
        ...fields,
      })
    ).searchParams.get('code') ?? ''
  const redeem = async (fields: { readonly [name: string]: string }, headers = {}) =>
    form(double.provider('github').tokenUrl, { ...client(), redirect_uri, ...fields }, headers)

  it('answers with a form by default, with JSON or XML where Accept asks for it; there is no grant_type', async () => {
    const plain = await redeem({ code: await code() })
    expect(plain.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(plain.text).toMatch(/^access_token=gho_[A-Za-z0-9]{36}&scope=repo%2Cgist&token_type=bearer$/)
    const asJson = await redeem({ code: await code() }, { accept: 'application/json' })
    expect(asJson.body).toEqual({ access_token: expect.stringMatching(/^gho_/), scope: 'repo,gist', token_type: 'bearer' })
    const asXml = await redeem({ code: await code() }, { accept: 'application/xml' })
    expect(asXml.text).toMatch(
      /<OAuth><access_token>gho_\w+<\/access_token><scope>repo,gist<\/scope><token_type>bearer<\/token_type><\/OAuth>$/,
    )
  })

  it('answers mistakes with 200, words of its own and a page about them', async () => {
    const bad = await redeem({ code: 'nonsense' }, { accept: 'application/json' })
    expect([bad.status, bad.body]).toEqual([
      200,
      {
        error: 'bad_verification_code',
        error_description: 'The code passed is incorrect or expired.',
        error_uri: expect.stringContaining('#bad-verification-code'),
      },
    ])
    const wrong = await redeem({ code: await code(), client_secret: 'x' })
    expect(new URLSearchParams(wrong.text).get('error')).toBe('incorrect_client_credentials')
  })

  it('takes a path below the registered callback, and no other', async () => {
    expect(
      (await landing(double.provider('github').authorizeUrl ?? '', { client_id: client().client_id, redirect_uri: `${redirect_uri}/sub` }))
        .pathname,
    ).toBe('/path/sub')
    for (const other of ['http://example.com/bar', 'http://example.com/pathological', 'http://example.com/path/../bar'])
      expect(
        (await landing(double.provider('github').authorizeUrl ?? '', { client_id: client().client_id, redirect_uri: other })).host,
      ).toBe('none.example')
  })

  it('keeps ten tokens of a user and an app, and ends the oldest; one is ended at a path with the client in it', async () => {
    const tokens: string[] = []
    for (let i = 0; i < 11; i += 1) tokens.push(text(await redeem({ code: await code() }, { accept: 'application/json' }), 'access_token'))
    const call = (token: string) => send(`${double.url('github')}/user`, { headers: { authorization: `token ${token}` } })
    expect([(await call(tokens[0] ?? '')).status, (await call(tokens[1] ?? '')).body]).toEqual([401, { login: 'octocat', id: 583231 }])
    const ended = await send(`${double.url('github')}/applications/${client().client_id}/token`, {
      method: 'DELETE',
      headers: { authorization: basic(client().client_id, client().client_secret), 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: tokens[1] }),
    })
    expect([ended.status, (await call(tokens[1] ?? '')).status]).toEqual([204, 401])
  })
})

describe('Slack', () => {
  const address = () => double.provider('slack')
  const client = () => ({ client_id: address().clientId, client_secret: 'slack-demo-secret' })
  const code = async () =>
    (
      await landing(address().authorizeUrl ?? '', {
        client_id: client().client_id,
        scope: 'chat:write,channels:read',
        user_scope: 'search:read',
        redirect_uri: 'https://example.com/callback',
      })
    ).searchParams.get('code') ?? ''
  const connect = async () => form(address().tokenUrl, { ...client(), code: await code(), redirect_uri: 'https://example.com/callback' })
  const refresh = (token: string) => form(address().tokenUrl, { ...client(), grant_type: 'refresh_token', refresh_token: token })
  const call = async (token: string) =>
    (await json(`${double.url('slack')}/api/chat.postMessage`, {}, { authorization: `Bearer ${token}` })).body

  it('brings the bot its token and the user one of its own, with scopes joined by commas', async () => {
    const answer = await connect()
    expect(answer.body).toMatchObject({
      ok: true,
      token_type: 'bot',
      scope: 'chat:write,channels:read',
      expires_in: 43_200,
      team: { id: 'T9TK3CUKW' },
      enterprise: null,
      authed_user: { id: 'U1234', access_token: expect.stringMatching(/^xoxe\.xoxb-1-/) },
    })
    const { authed_user } = answer.body as { readonly authed_user: { readonly access_token: string } }
    expect(authed_user.access_token).not.toBe(answer.body['access_token'])
    expect(await call(text(answer, 'access_token'))).toEqual({ ok: true })
    expect(await call(authed_user.access_token)).toEqual({ ok: false, error: 'missing_scope' })
  })

  it('answers every mistake with 200 and a bare word', async () => {
    const say = async (fields: { readonly [name: string]: string }) => {
      const { status, body } = await form(address().tokenUrl, { ...client(), ...fields })
      return [status, body]
    }
    expect(await say({ code: 'x' })).toEqual([200, { ok: false, error: 'invalid_code' }])
    expect(await say({ code: await code(), client_secret: 'x' })).toEqual([200, { ok: false, error: 'bad_client_secret' }])
    expect(await say({ grant_type: 'refresh_token', refresh_token: 'x' })).toEqual([200, { ok: false, error: 'invalid_refresh_token' }])
    expect(await call('x')).toEqual({ ok: false, error: 'invalid_auth' })
  })

  it('rotates; a used refresh token goes on for a while, and no more than two access tokens are live', async () => {
    const first = await connect()
    const second = await refresh(text(first, 'refresh_token'))
    const again = await refresh(text(first, 'refresh_token'))
    expect(again.body['refresh_token']).not.toBe(second.body['refresh_token'])
    double.clock.advance(60)
    expect((await refresh(text(first, 'refresh_token'))).body['error']).toBe('invalid_refresh_token')
    const third = await refresh(text(second, 'refresh_token'))
    expect((await call(text(third, 'access_token')))['ok']).toBe(true)
    const fourth = await refresh(text(third, 'refresh_token'))
    expect((await call(text(fourth, 'access_token')))['ok']).toBe(true)
    expect(await call(text(first, 'access_token'))).toEqual({ ok: false, error: 'token_revoked' })
  })
})
