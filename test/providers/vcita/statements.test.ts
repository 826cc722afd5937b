/** What the text of vcita says, statement by statement, each beside a server that breaks it. */

import { describe, expect } from 'vitest'
import { opaque } from '../../../src/index.js'
import { form, formsOf, json, query, send, text } from '../../kit.js'
import { statementsOf } from '../../statement.js'

const statement = statementsOf('vcita')
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const directory = bearer('d17ec701d17ec701d17ec701d17ec701d17ec701d17ec701d17ec701d17ec701')
const hex64 = /^[0-9a-f]{64}$/
const app = { name: 'My app', oauth_redirect_uris: ['https://my.example/cb'] }

describe('the app and its business', () => {
  statement(
    'on-behalf-of-business',
    { 'endpoints.userinfo.answer': { status: 200, body: { business_id: 'a0b1c2d3e4f50617' } } },
    async ({ play, double }) => {
      const businesses: unknown[] = []
      for (const user of ['b1c2d3e4f5a60718', 'c1c2d3e4f5a60719']) {
        double.approve({ as: user }, { once: true })
        const { access } = await play.connect()
        businesses.push((await send(`${play.url}/oauth/userinfo`, { headers: bearer(access) })).body['business_id'])
      }
      return businesses
    },
    ['a0b1c2d3e4f50617', 'a0b1c2d3e4f50618'],
  )

  statement(
    'has-an-app',
    { 'seed.clients.0.clientId': 'x'.repeat(64) },
    async ({ play }) => {
      const client_id = 'x'.repeat(64)
      const nobody = await play.authorize({ client_id })
      const data = (await json(`${play.url}/platform/v1/apps`, app, directory)).body['data'] as { readonly [member: string]: string }
      const made = await play.authorize({ client_id: data['client_id'], redirect_uri: 'https://my.example/cb' })
      return [nobody.status, made.status]
    },
    [401, 302],
  )

  statement(
    'credentials-in-api-answer',
    { 'register.answer': { status: 201, body: { status: 'OK', data: { client_id: '{client_id}' } } } },
    async ({ play }) => {
      const { status, body } = await json(`${play.url}/platform/v1/apps`, app, directory)
      const data = body['data'] as { readonly [member: string]: string }
      return [status, hex64.test(data['client_id'] ?? ''), hex64.test(data['client_secret'] ?? '')]
    },
    [201, true, true],
  )
})

describe('the authorization', () => {
  statement(
    'state-appended',
    { 'authorize.adds': { state: 'another' } },
    async ({ play }) => (await play.authorize({ state: 'any string & 1=1 ü' })).params['state'],
    'any string & 1=1 ü',
  )

  statement(
    'login-first',
    { 'authorize.cookie': 'session' },
    async ({ play, double }) => {
      const proof = 'p'.repeat(22)
      const state = JSON.parse((await play.admin('/state')).text) as { records: { [id: string]: { session?: object } } }
      const kept = { ...state.records['vcita'], session: { known: { user: 'b1c2d3e4f5a60718', proof } } }
      await play.admin('/state', { ...state, records: { ...state.records, vcita: kept } }, 'PUT')
      double.approve({ ask: true })
      const pages = [await play.authorize(), await play.authorize({}, { cookie: '_vcita_session=known' })]
      return pages.map((page) => page.text.includes('<h1>Log in</h1>'))
    },
    [true, false],
  )

  statement(
    'approval-required',
    { 'seed.clients.0.trusted': true },
    async ({ play, double }) => {
      double.approve({ ask: true })
      const { clientId, redirectUri, authorizeUrl } = play.address
      const [login] = formsOf((await send(`${authorizeUrl}?${query({ client_id: clientId, redirect_uri: redirectUri })}`)).text)
      const email = { ...login?.fields, email: 'owner@example.com' }
      const loggedIn = await form(new URL(login?.action ?? '', play.url).href, email)
      const next = new URL(loggedIn.headers.get('location') ?? '', play.url).href
      const page = await send(next, { headers: { cookie: (loggedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] } })
      return [loggedIn.headers.get('location')?.includes('code='), page.status, page.headers.get('location')]
    },
    [false, 200, null],
  )

  statement(
    'redirected-after-approval',
    { 'seed.clients.0.redirectUris': ['https://example.com/callback', 'https://elsewhere.example/cb'] },
    async ({ play }) => {
      const good = await play.authorize({ redirect_uri: 'https://example.com/callback' })
      const other = await play.authorize({ redirect_uri: 'https://elsewhere.example/cb' })
      return [good.status, good.at, other.status, other.at]
    },
    [302, 'https://example.com/callback', 400, ''],
  )

  statement(
    'redirect-form',
    { 'authorize.adds': { iss: 'https://app.vcita.com' } },
    async ({ play }) => Object.keys((await play.authorize({ state: 's' })).params),
    ['code', 'state'],
  )
})

describe('the exchange', () => {
  statement(
    'exchange-post',
    { 'endpoints.token.host': 'api.example.com' },
    async ({ double }) => {
      const at = (method: string) =>
        send(`${double.url()}/oauth/token`, { method, headers: { host: 'api.vcita.biz', 'content-type': 'application/json' } })
      return [(await at('POST')).status, (await at('GET')).status]
    },
    [400, 405],
  )

  statement(
    'exchange-grant-type',
    { 'token.grantTypeRequired': false },
    async ({ play }) => {
      const redirect_uri = play.address.redirectUri
      const answers = [
        await play.token({ code: await play.code(), redirect_uri }),
        await play.token({ grant_type: 'code', code: await play.code(), redirect_uri }),
        await play.token({ grant_type: 'authorization_code', code: await play.code(), redirect_uri }),
      ]
      return answers.map(({ status, body }) => [status, body['error']])
    },
    [
      [400, 'invalid_request'],
      [400, 'unsupported_grant_type'],
      [200, undefined],
    ],
  )

  statement(
    'exchange-code',
    { 'code.once': false },
    async ({ play }) => {
      const code = await play.code()
      const answers = [await play.redeem('0'.repeat(64)), await play.redeem(code), await play.redeem(code)]
      return answers.map(({ status, body }) => [status, body['error']])
    },
    [
      [400, 'invalid_grant'],
      [200, undefined],
      [400, 'invalid_grant'],
    ],
  )

  statement(
    'exchange-checks-secret',
    { 'client.takes.body': false },
    async ({ play }) => {
      const wrong = await play.redeem(await play.code(), { client_secret: 'wrong' })
      return [wrong.status, wrong.body['error'], (await play.connect()).answer.status]
    },
    [401, 'invalid_client', 200],
  )

  statement(
    'exchange-compares-redirect-uri',
    { 'code.redirectUri': 'ignored' },
    async ({ play }) => {
      const answers = [
        await play.redeem(await play.code(), { redirect_uri: 'https://example.com/callback/' }),
        await play.redeem(await play.code(), { redirect_uri: undefined }),
        await play.redeem(await play.code()),
      ]
      return answers.map(({ status, body }) => [status, body['error']])
    },
    [
      [400, 'invalid_grant'],
      [400, 'invalid_request'],
      [200, undefined],
    ],
  )

  statement(
    'success-is-200',
    { 'token.reply': { access_token: '{access_token}', token_type: 'bearer', created_at: '{now}', expires_in: '{expires_in}' } },
    async ({ play, double }) => {
      double.clock.freeze(1_565_876_581)
      const { answer } = await play.connect({ scope: undefined })
      return [answer.status, Object.entries(answer.body).slice(1), Object.keys(answer.body)[0]]
    },
    [
      200,
      [
        ['token_type', 'bearer'],
        ['expires_in', 631_152_000],
        ['created_at', 1_565_876_581],
      ],
      'access_token',
    ],
  )

  statement(
    'access-token-format',
    { 'access.format': opaque('{url43}') },
    async ({ play }) => (await play.connect()).access,
    expect.stringMatching(hex64),
  )
})

describe('calls', () => {
  statement(
    'takes-bearer',
    { 'resource.scheme': 'Admin' },
    async ({ play }) => (await play.call((await play.connect()).access, 'Bearer ')).status,
    200,
  )

  statement(
    'userinfo',
    { 'endpoints.userinfo.answer': { status: 200, body: {} } },
    async ({ play }) => {
      const { access } = await play.connect()
      const answer = await send(`${play.url}/oauth/userinfo`, { headers: { accept: 'application/json', ...bearer(access) } })
      return [answer.status, text(answer, 'sub'), text(answer, 'business_uid')]
    },
    [200, 'b1c2d3e4f5a60718', 'a0b1c2d3e4f50617'],
  )
})
