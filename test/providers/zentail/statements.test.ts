/** What the text of Zentail says, statement by statement, each beside a server that breaks it. */

import { describe, expect } from 'vitest'
import { opaque } from '../../../src/index.js'
import type { Player } from '../../kit.js'
import { basic, form, landing, send, text } from '../../kit.js'
import { statementsOf } from '../../statement.js'

const statement = statementsOf('zentail')
const nameOf = async (play: Player, authorization: string) =>
  ((await send(`${play.url}/v1/warehouses`, { headers: { authorization } })).body['results'] as { name: string }[] | undefined)?.[0]?.name
const install = (play: Player) => form(`${play.url}/apps/install`, {}).then(landing)

describe('the registration', () => {
  statement(
    'ad-hoc-tokens',
    { 'endpoints.adHocTokens.path': '/user/tokens' },
    async ({ play }) => {
      const page = await form(`${play.url}/user/settings`, { user: 'customer-2' })
      return [page.status, await nameOf(play, /[A-Za-z0-9+/]{43}=/.exec(page.text)?.[0] ?? '')]
    },
    [200, 'Globex Goods'],
  )

  statement(
    'has-credentials',
    { 'seed.clients.0.clientId': '0'.repeat(20) },
    async ({ play, double }) => {
      const fields = { grant_type: 'authorization_code', redirect_uri: 'https://app.example/cb' }
      const client = await double.clients.register('zentail', { redirectUris: ['https://app.example/cb'] })
      const { code } = await double.codes.mint('zentail', { clientId: client.clientId })
      const made = await form(
        play.address.tokenUrl,
        { ...fields, code },
        { authorization: basic(client.clientId, client.clientSecret ?? '') },
      )
      const nobody = await form(
        play.address.tokenUrl,
        { ...fields, code: await play.code() },
        { authorization: basic('0'.repeat(20), play.address.clientSecret ?? '') },
      )
      return [made.status, nobody.status, nobody.body['error']]
    },
    [200, 401, 'invalid_client'],
  )

  statement(
    'scopes-at-registration',
    { 'seed.clients.0.scope': ['orders'] },
    async ({ play, double }) => {
      const client = await double.clients.register('zentail', { scope: 'orders inventory', redirectUris: ['https://app.example/cb'] })
      const { scope } = await double.tokens.mint('zentail', { clientId: client.clientId })
      const { access } = await play.connect()
      return [scope, (await double.tokens.list({ value: access }))[0]?.scope]
    },
    ['orders inventory', ''],
  )

  statement(
    'token-by-code-grant',
    { 'token.grants.authorization_code': false },
    async ({ play }) => {
      const others = ['client_credentials', 'password'].map((grant_type) => play.token({ grant_type }))
      return [(await play.connect()).answer.status, ...(await Promise.all(others)).map(({ body }) => body['error'])]
    },
    [200, 'unsupported_grant_type', 'unsupported_grant_type'],
  )
})

describe('accounts', () => {
  statement(
    'token-identifies',
    { 'endpoints.warehouses.answer': { status: 200, body: { results: [{ name: 'everybody' }] } } },
    async ({ play, double }) => {
      const { access } = await play.connect({ user: 'customer-2' })
      const [token] = await double.tokens.list({ value: access })
      return [token?.clientId === play.address.clientId, token?.user, await nameOf(play, access)]
    },
    [true, 'customer-2', 'Globex Goods'],
  )

  statement(
    'calls-scoped',
    { 'endpoints.warehouses.answer.body': { results: [{ name: 'Acme Outfitters' }] } },
    async ({ play }) => {
      const [first, second] = [await play.connect(), await play.connect({ user: 'customer-2' })]
      return [await nameOf(play, first.access), await nameOf(play, second.access)]
    },
    ['Acme Outfitters', 'Globex Goods'],
  )
})

describe('the flow', () => {
  statement(
    'install-starts',
    { 'endpoints.install.portal': 'code' },
    async ({ play }) => {
      const page = await send(`${play.url}/apps/install`)
      const { status, params } = await install(play)
      const answer = await play.redeem(params['code'] ?? '', { redirect_uri: 'https://YOUR_DOMAIN/oauth_callback' })
      return [play.address.authorizeUrl, page.text.includes('Install</button>'), status, answer.status]
    },
    [undefined, true, 302, 200],
  )

  statement(
    'redirect-parameters',
    { 'install.parameters': { code: '{code}', client_id: '{client}', state: 'x' } },
    async ({ play }) => Object.entries((await install(play)).params),
    [
      ['client_id', '6779ef20e75817b79602'],
      ['code', expect.stringMatching(/^[0-9a-z]{10}$/)],
    ],
  )

  statement(
    'code-is-no-token',
    { 'dialect.token_is_a_code': { status: 200, error: '', body: { results: [] } } },
    async ({ play }) => (await play.call(await play.code())).status,
    401,
  )

  statement(
    'exchange-takes-form',
    { 'token.reads': { query: false, form: false, multipart: false, json: true } },
    async ({ play, double }) => {
      const { clientId, clientSecret = '' } = play.address
      const fields = { grant_type: 'authorization_code', code: await play.code(), redirect_uri: 'https://YOUR_DOMAIN/oauth_callback' }
      const headers = { host: 'api.zentail.com', authorization: basic(clientId, clientSecret) }
      return (await form(`${double.url()}/v1/token`, fields, headers)).status
    },
    200,
  )

  statement(
    'redirect-uri-compared',
    { 'code.redirectUri': 'ignored' },
    async ({ play }) => {
      const uris = ['https://YOUR_DOMAIN/oauth_callback', 'https://YOUR_DOMAIN/oauth_callback/', 'https://elsewhere.example', undefined]
      const statuses: number[] = []
      for (const redirect_uri of uris) statuses.push((await play.redeem(await play.code(), { redirect_uri })).status)
      return statuses
    },
    [200, 400, 400, 400],
  )

  statement(
    'exchange-takes-basic',
    { 'client.takes': { basic: false, body: true } },
    async ({ play }) => {
      const without = await play.redeem(await play.code(), {}).then(({ status }) => status)
      const fields = { grant_type: 'authorization_code', code: await play.code(), redirect_uri: play.address.redirectUri }
      const bare = await form(play.address.tokenUrl, fields)
      return [without, bare.status, bare.headers.get('www-authenticate')]
    },
    [200, 401, 'Basic'],
  )
})

describe('the worked example and the response', () => {
  statement(
    'example-formats',
    { 'client.id': opaque('{uuid}') },
    async ({ play, double }) => {
      const client = await double.clients.register('zentail', { redirectUris: ['https://app.example/cb'] })
      return [client.clientId, client.clientSecret, await play.code()]
    },
    [expect.stringMatching(/^[0-9a-f]{20}$/), expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-z]{10}$/)],
  )

  statement(
    'success-is-200',
    { 'token.reply.scope': 'orders' },
    async ({ play }) => {
      const { answer } = await play.connect()
      return [answer.status, answer.headers.get('content-type')?.split(';')[0], Object.keys(answer.body)]
    },
    [200, 'application/json', ['access_token', 'token_type']],
  )

  statement(
    'access-token-format',
    { 'access.format': opaque('{url43}') },
    async ({ play }) => {
      const access = text((await play.connect()).answer, 'access_token')
      return [access.length, Buffer.from(access, 'base64').toString('base64') === access]
    },
    [44, true],
  )

  statement(
    'sales-orders',
    { 'endpoints.salesOrders.path': '/v1/orders' },
    async ({ play }) => {
      const { access } = await play.connect()
      const headers = { AUTHORIZATION: access, accept: 'application/json' }
      return (await send(`${play.url}/v1/salesOrder?status=PENDING`, { headers })).status
    },
    200,
  )
})
