/** Words for what real servers need, each in a provider file that says no more than it. */

import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createServer, type Double } from '../../src/index.js'
import { form, query, send, text } from '../kit.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-words-'))
afterAll(() => rmSync(folder, { recursive: true }))

const serve = async (settings: string, errors = ''): Promise<Double> => {
  const path = join(folder, 'acme.yaml')
  const endpoints =
    'endpoints:\n    authorize: { operation: authorize, path: "/{shop}/authorize" }\n    token: { operation: token, path: "/{shop}/token" }\n    things: { operation: resource, path: /things, answer: { status: 200, body: { id: "{user.id}" } } }\n'
  writeFileSync(path, `settings:\n  scopes: [read, write]\n  client: { takes: { body: true } }\n  ${endpoints}${settings}${errors}`)
  return createServer({ providers: [path as `/${string}`], host: '127.0.0.1' })
}

const client = { client_id: 'demo-client', client_secret: 'demo-secret' }
const redirect_uri = 'https://example.com/callback'
const authorize = async (double: Double, fields = {}) =>
  new URL(
    (
      await send(
        `${double.url('acme')}/one/authorize?${query({ response_type: 'code', client_id: 'demo-client', redirect_uri, ...fields })}`,
      )
    ).headers.get('location') ?? '',
  ).searchParams
const redeem = async (double: Double, code: string, fields = {}) =>
  form(`${double.url('acme')}/one/token`, { grant_type: 'authorization_code', code, redirect_uri, ...client, ...fields })

it('a shop in the path comes back in a redirect that the client can verify by a keyed hash', async () => {
  await using double = await serve('  authorize: { adds: { shop: "{query.shop}.example.com" }, signs: { parameter: hmac } }\n')
  const params = await authorize(double, { state: 's' })
  const { hmac, ...rest } = Object.fromEntries(params)
  const message = Object.entries(rest)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  expect(rest['shop']).toBe('one.example.com')
  expect(hmac).toBe(createHmac('sha256', 'demo-secret').update(message).digest('hex'))
  expect((await redeem(double, params.get('code') ?? '')).status).toBe(200)
})

it('a person grants a part of what was asked for', async () => {
  await using double = await serve('  authorize: { partialConsent: true }\n')
  double.approve({ as: 'demo-user', scope: ['read'] })
  const answer = await redeem(double, (await authorize(double, { scope: 'read write' })).get('code') ?? '')
  expect(answer.body['scope']).toBe('read')
  const kept = await double.state.export()
  await double.state.import(kept)
  expect((await redeem(double, (await authorize(double, { scope: 'read write' })).get('code') ?? '')).body['scope']).toBe('read')
})

it('a refresh token says how long it lives; an access token travels in another header', async () => {
  await using double = await serve(
    '  authorize: {}\n  refresh: { lifetime: 7776000 }\n  resource: { header: x-acme-access-token, scheme: "" }\n  token:\n    reply: { access_token: "{access_token}", refresh_token_expires_in: "{refresh_expires_in}" }\n',
  )
  const answer = await redeem(double, (await authorize(double)).get('code') ?? '')
  expect(answer.body['refresh_token_expires_in']).toBe(7_776_000)
  const call = (headers: { readonly [name: string]: string }) => send(`${double.url('acme')}/things`, { headers })
  expect((await call({ 'x-acme-access-token': text(answer, 'access_token') })).body).toEqual({ id: 'demo-user' })
  expect((await call({ authorization: `Bearer ${text(answer, 'access_token')}` })).status).toBe(401)
})

it('an error has an identifier and a date of its own', async () => {
  const body = '{ error: "{error}", trace_id: "{error_id}", timestamp: "{date}" }'
  await using double = await serve('  authorize: {}\n  errorId: "{uuid}"\n', `errors:\n  invalid_grant: { body: ${body} }\n`)
  double.clock.freeze(1_565_876_581)
  const [first, second] = [await redeem(double, 'x'), await redeem(double, 'x')]
  expect(first.body).toEqual({
    error: 'invalid_grant',
    trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    timestamp: '2019-08-15T13:43:01.000Z',
  })
  expect(second.body['trace_id']).not.toBe(first.body['trace_id'])
})

it('any port of a loopback address will do where one is registered', async () => {
  const seed =
    'seed:\n  clients:\n    - { clientId: native, clientSecret: s, name: N, redirectUris: ["http://127.0.0.1/cb"], scope: [read] }\n  users: [{ id: kim, email: kim@example.com, name: Kim }]\n'
  await using double = await serve('  authorize: {}\n', seed)
  const ask = async (uri: string) =>
    (await send(`${double.url('acme')}/one/authorize?${query({ response_type: 'code', client_id: 'native', redirect_uri: uri })}`)).status
  expect(await ask('http://127.0.0.1:5555/cb')).toBe(400)
  writeFileSync(join(folder, 'acme2.yaml'), 'extends: ./acme.yaml\nsettings: { client: { redirectUris: { loopbackPorts: any } } }\n')
  await using lax = await createServer({ providers: [join(folder, 'acme2.yaml') as `/${string}`], host: '127.0.0.1' })
  const lenient = async (uri: string) =>
    (await send(`${lax.url('acme2')}/one/authorize?${query({ response_type: 'code', client_id: 'native', redirect_uri: uri })}`)).status
  expect([await lenient('http://127.0.0.1:5555/cb'), await lenient('http://127.0.0.1:5555/other')]).toEqual([302, 400])
})

it('old refresh tokens go on for ever where nothing ends them', async () => {
  await using double = await serve('  authorize: {}\n  refresh: { rotates: always, replayWindow: { seconds: null, answers: new-pair } }\n')
  const first = await redeem(double, (await authorize(double)).get('code') ?? '')
  const again = () =>
    form(`${double.url('acme')}/one/token`, { grant_type: 'refresh_token', refresh_token: text(first, 'refresh_token'), ...client })
  const second = await again()
  double.clock.advance('30d')
  const third = await again()
  expect([second.status, third.status]).toEqual([200, 200])
  expect(second.body['refresh_token']).not.toBe(third.body['refresh_token'])
})

it('a host has two parts of its own, and both come back', async () => {
  const path = join(folder, 'regions.yaml')
  writeFileSync(
    path,
    `settings:
  scopes: [read]
  client: { takes: { body: true } }
  endpoints:
    authorize: { operation: authorize, path: /authorize, host: "{shop}.{region}.acme.example" }
    token: { operation: token, path: /token, host: "{shop}.{region}.acme.example" }
    things: { operation: resource, path: "/{version}/things", host: "api.{region}.acme.example", answer: { status: 200, body: { at: "{query.region} {query.version}" } } }
  authorize: { adds: { from: "{query.shop} in {query.region}" } }
`,
  )
  await using double = await createServer({ providers: [path as `/${string}`], host: '127.0.0.1' })
  const at = (host: string, target: string, headers = {}) => send(`${double.url()}${target}`, { headers: { host, ...headers } })
  const asked = query({ response_type: 'code', client_id: 'demo-client', redirect_uri })
  const answer = await at('tea.eu.acme.example', `/authorize?${asked}`)
  expect([answer.status, answer.text]).toEqual([302, ''])
  expect(new URL(answer.headers.get('location') ?? '').searchParams.get('from')).toBe('tea in eu')
  expect([
    (await at('tea.acme.example', `/authorize?${asked}`)).status,
    (await at('a.b.c.acme.example', `/authorize?${asked}`)).status,
  ]).toEqual([404, 404])
  const { accessToken } = await double.tokens.mint('regions')
  const headers = { authorization: `Bearer ${accessToken}` }
  expect((await at('api.us.acme.example', '/v2/things', headers)).body).toEqual({ at: 'us v2' })
})
