/** What the text of Ziina says, statement by statement, each beside a server that breaks it. */

import { describe, expect } from 'vitest'
import type { Player } from '../../kit.js'
import { basic, form, jwtPart, query, send, text } from '../../kit.js'
import { statementsOf } from '../../statement.js'

const statement = statementsOf('ziina')
const offline = { scope: 'write_payment_intents offline_access', prompt: 'consent' }

describe('the authorization', () => {
  statement(
    'client-id-known',
    { 'seed.clients.0.clientId': 'nobody' },
    async ({ play }) => {
      const { status, at } = await play.authorize({ client_id: 'nobody' })
      return [status, at]
    },
    [400, ''],
  )

  statement(
    'redirect-uri-agreed',
    { 'seed.clients.0.redirectUris': ['https://example.com/callback', 'https://elsewhere.example/cb'] },
    async ({ play }) => {
      const good = await play.authorize({ redirect_uri: 'https://example.com/callback' })
      const other = await play.authorize({ redirect_uri: 'https://elsewhere.example/cb' })
      return [good.at, other.status, other.at]
    },
    ['https://example.com/callback', 400, ''],
  )

  statement(
    'response-type-code',
    { 'authorize.responseTypeRequired': false },
    async ({ play }) => {
      const landed = [await play.authorize({ response_type: undefined }), await play.authorize({ response_type: 'token' })]
      return landed.map(({ params }) => [params['error'], params['code']])
    },
    [
      ['invalid_request', undefined],
      ['unsupported_response_type', undefined],
    ],
  )

  statement(
    'state-optional',
    { 'authorize.requires': { state: 's' } },
    async ({ play }) => (await play.redeem((await play.authorize({ state: undefined })).params['code'] ?? '')).status,
    200,
  )

  statement(
    'prompt-optional',
    { 'authorize.requires': { prompt: 'consent' } },
    async ({ play }) => (await play.redeem((await play.authorize({ prompt: undefined })).params['code'] ?? '')).status,
    200,
  )

  statement(
    'plus-is-read',
    { 'authorize.scopeSeparators': ',' },
    async ({ play }) => {
      const { clientId: client_id, redirectUri: redirect_uri, authorizeUrl } = play.address
      const asked = `${query({ client_id, redirect_uri, response_type: 'code' })}&scope=read_account+write_payment_intents`
      const to = new URL((await send(`${authorizeUrl}?${asked}`)).headers.get('location') ?? '')
      return (await play.redeem(to.searchParams.get('code') ?? '')).body['scope']
    },
    'read_account write_payment_intents',
  )

  statement(
    'user-grants',
    { 'endpoints.authorize.host': 'auth.example.com' },
    async ({ play, double }) => {
      double.approve({ ask: true })
      const { clientId: client_id, redirectUri: redirect_uri } = play.address
      const asked = query({ client_id, redirect_uri, response_type: 'code', scope: 'read_account' })
      const page = await send(`${double.url()}/oidc/auth?${asked}`, { headers: { host: 'auth.ziina.com' } })
      return [page.status, page.text.includes('<h1>Log in</h1>'), page.headers.get('location')]
    },
    [200, true, null],
  )

  statement(
    'redirect-has-code',
    { 'authorize.adds': { iss: '{issuer}', code: 'another' } },
    async ({ play }) => (await play.redeem((await play.authorize()).params['code'] ?? '')).status,
    200,
  )

  statement(
    'state-in-redirect',
    { 'authorize.adds': { iss: '{issuer}', state: 'another' } },
    async ({ play }) => [(await play.authorize({ state: 'xyz 1+2' })).params['state'], (await play.authorize()).params['state']],
    ['xyz 1+2', undefined],
  )
})

describe('tokens', () => {
  const exchange = async (play: Player, password: string) =>
    (
      await form(
        play.address.tokenUrl,
        { grant_type: 'authorization_code', code: await play.code(), redirect_uri: play.address.redirectUri },
        { authorization: basic(play.address.username ?? '', password) },
      )
    ).status

  statement(
    'exchange-takes-basic',
    { 'client.basicUser': 'client-id' },
    async ({ play }) => [await exchange(play, play.address.password ?? ''), await exchange(play, 'wrong')],
    [200, 401],
  )

  statement(
    'access-token-answer',
    { 'token.reply': { token: '{access_token}' } },
    async ({ play }) => (await play.call((await play.connect({ scope: 'read_account' })).access)).status,
    200,
  )

  statement(
    'takes-bearer',
    { 'resource.scheme': 'Ziina' },
    async ({ play }) => (await play.call((await play.connect({ scope: 'read_account' })).access, 'Bearer ')).status,
    200,
  )

  statement(
    'access-expires',
    { 'access.lifetime': null },
    async ({ play, double }) => {
      const { answer, access, refresh } = await play.connect({ scope: 'read_account offline_access', prompt: 'consent' })
      double.clock.advance(Number(answer.body['expires_in'] ?? 0))
      const refreshed = await play.refresh(refresh)
      return [(await play.call(access)).status, (await play.call(text(refreshed, 'access_token'))).status]
    },
    [401, 200],
  )

  statement(
    'refresh-takes-basic',
    { 'client.takes': { basic: true, body: true } },
    async ({ play }) => {
      const { clientId: client_id, password: client_secret } = play.address
      const refresh = async () => (await play.connect(offline)).refresh
      const fields = { grant_type: 'refresh_token', refresh_token: await refresh() }
      const bare = await form(play.address.tokenUrl, fields)
      const inBody = await form(play.address.tokenUrl, { ...fields, client_id, client_secret })
      return [(await play.refresh(await refresh())).status, bare.status, inBody.status]
    },
    [200, 400, 400],
  )
})

describe('scopes', () => {
  const calls = ['payment_intent', 'refund', 'webhook', 'transfer']
  const opened = async (play: Player, scope: string) => {
    const { access } = await play.connect({ scope })
    const answers = calls.map((path) =>
      send(`${play.url}/api/${path}`, { method: 'POST', headers: { authorization: `Bearer ${access}` } }).then(({ status }) => status),
    )
    return Promise.all(answers)
  }
  const opens = (row: string, endpoint: string, scope: string, seen: readonly number[]) =>
    statement(row, { [`endpoints.${endpoint}.scope`]: 'read_account' }, ({ play }) => opened(play, scope), seen)

  opens('scope-payment-intents', 'paymentIntents', 'write_payment_intents', [200, 403, 403, 403])
  opens('scope-refunds', 'refunds', 'write_refunds', [403, 200, 403, 403])
  opens('scope-webhooks', 'webhooks', 'write_webhooks', [403, 403, 200, 403])
  opens('scope-transfers', 'transfers', 'write_transfers', [403, 403, 403, 200])

  statement(
    'business-connect-token',
    { scopes: ['read_account', 'write_refunds'] },
    async ({ play }) => {
      const page = await form(`${play.url}/business/connect`, {})
      const token = /[\w-]+\.[\w-]+\.[\w-]{100,}/.exec(page.text)?.[0] ?? ''
      return String(jwtPart(token, 'claims')['scope']).split(' ')
    },
    expect.arrayContaining(['write_payment_intents', 'write_refunds', 'write_webhooks', 'write_transfers', 'offline_access']),
  )
})
