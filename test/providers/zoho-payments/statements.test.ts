/** What the text of Zoho Payments says, statement by statement, each beside a server that breaks it. */

import { describe, expect } from 'vitest'
import { opaque } from '../../../src/index.js'
import type { Fields, Player } from '../../kit.js'
import { form, query, send, text } from '../../kit.js'
import { statementsOf } from '../../statement.js'

const statement = statementsOf('zoho-payments')
const scope = 'ZohoPay.payments.READ'
/** The console's dialog, and the code that it shows. */
const generate = async (play: Player, fields: Fields = {}) => {
  const page = await form(`${play.url}/developerconsole`, { client_id: play.address.clientId, duration: '180', scope, ...fields })
  return { ...page, code: /1000\.[0-9a-f]{32}\.[0-9a-f]{32}/.exec(page.text)?.[0] ?? '' }
}
const api = (play: Player, access: string, method: string, path: string, account = '23137556') =>
  send(`${play.url}/api/v1/${path}?account_id=${account}`, { method, headers: { authorization: `Zoho-oauthtoken ${access}` } })

describe('the user, the client and the code', () => {
  statement(
    'on-behalf-of-user',
    { 'endpoints.payments.names': {} },
    async ({ play }) => {
      const { access } = await play.connect()
      return [(await api(play, access, 'GET', 'payments')).status, (await api(play, access, 'GET', 'payments', '999')).status]
    },
    [200, 404],
  )

  statement(
    'self-client',
    { 'endpoints.generateCode.portal': 'install' },
    async ({ play }) => {
      const { status, headers, code } = await generate(play)
      return [play.address.authorizeUrl, status, headers.get('location'), (await play.redeem(code)).body['token_type']]
    },
    [undefined, 200, null, 'Bearer'],
  )

  statement(
    'ends-with-the-user',
    { 'dialect.user_removed': { status: 200, error: '', body: { access_token: 'x' } } },
    async ({ play, double }) => {
      const { access, refresh } = await play.connect()
      const code = await play.code()
      await double.users.remove('zoho-payments', String((await double.tokens.list({ value: refresh }))[0]?.user))
      const answers = [await play.refresh(refresh), await play.redeem(code)]
      return [(await play.call(access)).status, ...answers.map(({ body }) => body['access_token'])]
    },
    [401, undefined, undefined],
  )

  statement(
    'register-first',
    { 'seed.clients.0.clientId': `1000.${'X'.repeat(30)}` },
    async ({ play, double }) => {
      const nobody = await play.redeem(await play.code(), { client_id: `1000.${'X'.repeat(30)}` })
      const client = await double.clients.register('zoho-payments', { scope })
      const { code } = await double.codes.mint('zoho-payments', { clientId: client.clientId })
      const made = await play.redeem(code, { client_id: client.clientId, client_secret: client.clientSecret })
      return [nobody.body['error'], made.body['token_type']]
    },
    ['invalid_client', 'Bearer'],
  )

  statement(
    'self-client-only',
    { 'seed.clients.1.clientId': '1000.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO', 'seed.clients.1.redirectUris': [] },
    async ({ play }) => {
      const others = ['1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO', '1000.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO']
      const answers = await Promise.all(others.map((client_id) => generate(play, { client_id })))
      return [(await generate(play)).status, ...answers.map(({ status }) => status)]
    },
    [200, 400, 400],
  )

  statement(
    'scopes-by-comma',
    { scopes: [scope] },
    async ({ play }) => {
      const [commas, spaces] = [`${scope},ZohoPay.refunds.READ`, `${scope} ZohoPay.refunds.READ`]
      const { code } = await generate(play, { scope: commas })
      return [(await play.redeem(code)).body['scope'], (await generate(play, { scope: spaces })).status]
    },
    [`${scope} ZohoPay.refunds.READ`, 400],
  )

  const opened = async (play: Player, one: string) => {
    const { access } = await play.connect({ scope: `ZohoPay.${one}` })
    const calls = [
      ['POST', 'payments'],
      ['GET', 'payments'],
      ['PUT', 'payments'],
      ['POST', 'refunds'],
      ['GET', 'refunds'],
    ] as const
    return Promise.all(calls.map(([method, path]) => api(play, access, method, path).then(({ status }) => status === 200)))
  }

  statement(
    'scopes-payments',
    { 'endpoints.updatePayment.scope': 'ZohoPay.payments.CREATE' },
    async ({ play }) => [await opened(play, 'payments.CREATE'), await opened(play, 'payments.READ'), await opened(play, 'payments.UPDATE')],
    [
      [true, false, false, false, false],
      [false, true, false, false, false],
      [false, false, true, false, false],
    ],
  )

  statement(
    'scopes-refunds',
    { 'endpoints.createRefund.scope': 'ZohoPay.refunds.READ' },
    async ({ play }) => [await opened(play, 'refunds.CREATE'), await opened(play, 'refunds.READ')],
    [
      [false, false, false, true, false],
      [false, false, false, false, true],
    ],
  )

  statement(
    'code-duration-chosen',
    { 'code.choices': [180] },
    async ({ play, double }) => {
      const { code } = await generate(play, { duration: '600' })
      const other = await generate(play, { duration: '600' })
      double.clock.advance(599)
      const late = (await play.redeem(code)).body['token_type']
      double.clock.advance(1)
      return [late, (await play.redeem(other.code)).body['error']]
    },
    ['Bearer', 'invalid_code'],
  )

  statement(
    'code-generated',
    { 'code.format': opaque('{hex32}') },
    async ({ play }) => {
      const { status, code } = await generate(play)
      return [status, (await play.redeem(code)).body['token_type']]
    },
    [200, 'Bearer'],
  )
})

describe('tokens', () => {
  statement(
    'exchange-url',
    { 'endpoints.token.host': 'accounts.example.com', 'endpoints.token.alsoHosts': [] },
    async ({ play, double }) => {
      const { clientId: client_id, clientSecret: client_secret } = play.address
      const asked = query({ grant_type: 'authorization_code', code: await play.code(), client_id, client_secret })
      return (await send(`${double.url()}/oauth/v2/token?${asked}`, { method: 'POST', headers: { host: 'accounts.zoho.in' } })).body[
        'token_type'
      ]
    },
    'Bearer',
  )

  statement(
    'exchange-mandatory',
    { 'token.grantTypeRequired': false },
    async ({ play }) => {
      const members = ['code', 'client_id', 'client_secret', 'grant_type']
      const answers: unknown[] = [(await play.redeem(await play.code())).body['error']]
      for (const member of members) answers.push((await play.redeem(await play.code(), { [member]: undefined })).body['error'])
      return answers
    },
    [undefined, 'invalid_request', 'invalid_client', 'invalid_client', 'invalid_request'],
  )

  statement(
    'exchange-grant-type',
    { 'token.grants.authorization_code': false },
    async ({ play }) => {
      const other = await play.redeem(await play.code(), { grant_type: 'code' })
      return [other.body['error'], (await play.redeem(await play.code(), { grant_type: 'authorization_code' })).body['error']]
    },
    ['unsupported_grant_type', undefined],
  )

  statement(
    'exchange-both-tokens',
    { 'refresh.given': 'never' },
    async ({ play }) => {
      const { answer } = await play.connect()
      return [typeof answer.body['access_token'], typeof answer.body['refresh_token']]
    },
    ['string', 'string'],
  )

  statement(
    'access-expires',
    { 'token.reply.expires_in': 1800 },
    async ({ play, double }) => {
      const { answer, access } = await play.connect()
      const lifetime = Number(answer.body['expires_in'])
      double.clock.advance(lifetime - 1)
      const last = (await play.call(access)).status
      double.clock.advance(1)
      return [last, (await play.call(access)).status]
    },
    [200, 401],
  )

  statement(
    'refresh-permanent',
    { 'refresh.lifetime': 31_536_000 },
    async ({ play, double }) => {
      const { refresh } = await play.connect()
      double.clock.advance('3650d')
      return (await play.refresh(refresh)).body['token_type']
    },
    'Bearer',
  )

  statement(
    'refresh-reusable',
    { 'refresh.rotates': 'always' },
    async ({ play, double }) => {
      const { refresh } = await play.connect()
      const seen: unknown[] = []
      for (let i = 0; i < 3; i += 1) {
        double.clock.advance('1h')
        seen.push((await play.refresh(refresh)).body['token_type'])
      }
      return seen
    },
    ['Bearer', 'Bearer', 'Bearer'],
  )

  statement(
    'formats',
    { 'client.secret': opaque('{hex40}') },
    async ({ play, double }) => {
      const { code, answer } = await play.connect()
      const client = await double.clients.register('zoho-payments', {})
      return [code, text(answer, 'access_token'), text(answer, 'refresh_token'), client.clientId, client.clientSecret]
    },
    [
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/)),
      expect.stringMatching(/^1000\.[0-9A-Z]{30}$/),
      expect.stringMatching(/^[0-9a-f]{42}$/),
    ],
  )
})

describe('calls, refreshes and revocation', () => {
  statement(
    'token-in-query-refused',
    { 'resource.inQuery': 'taken' },
    async ({ play }) => {
      const { access } = await play.connect()
      return (await send(`${play.url}/api/v1/payments?account_id=23137556&access_token=${access}`)).status
    },
    401,
  )

  statement(
    'access-unrestricted',
    { 'access.livePerRefreshToken': 5 },
    async ({ play, double }) => {
      const { access, refresh } = await play.connect()
      const all = [access]
      for (let i = 0; i < 9; i += 1) all.push(text(await play.refresh(refresh), 'access_token'))
      double.clock.advance(3599)
      const statuses = await Promise.all(all.flatMap((one) => [play.call(one), play.call(one), play.call(one)]))
      return statuses.every(({ status }) => status === 200)
    },
    true,
  )

  statement(
    'refresh-in-query',
    { 'token.reads': { query: false, form: true, multipart: true, json: false } },
    async ({ play }) => {
      const { clientId: client_id, clientSecret: client_secret, tokenUrl } = play.address
      const { refresh } = await play.connect()
      const asked = query({ refresh_token: refresh, client_id, client_secret, grant_type: 'refresh_token' })
      return (await send(`${tokenUrl}?${asked}`, { method: 'POST' })).body['token_type']
    },
    'Bearer',
  )

  statement(
    'revoked-is-over',
    { 'revoke.answer': { status: 200, body: { status: 'failure' } } },
    async ({ play }) => {
      const { refresh } = await play.connect()
      const revoked = await send(`${play.address.revokeUrl}?token=${refresh}`, { method: 'POST' })
      return [revoked.body, (await play.refresh(refresh)).body]
    },
    [{ status: 'success' }, { error: 'invalid_code' }],
  )
})
