/** What the text of Zettle says, statement by statement, each beside a server that breaks it. */

import { describe, expect } from 'vitest'
import { jwt, opaque } from '../../../src/index.js'
import type { Player } from '../../kit.js'
import { form, jwtPart, send, text } from '../../kit.js'
import { statementsOf } from '../../statement.js'

const statement = statementsOf('zettle')
const sso = { cookie: 'iz_sso=9c3375c9-fd1b-4fde-9743-6f3d2e475388' }
const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const other = 'https://elsewhere.example/get'

const newKey = async (play: Player) => {
  const page = await form(`${play.url}/apps/api-keys`, { name: 'Sync', scopes: 'READ:PURCHASE' })
  const [key = '', shown = ''] = [...page.text.matchAll(/<code data-value="[^"]*"[^>]*>([^<]+)<\/code>/g)].map(([, value]) => value ?? '')
  return { key, shown }
}
const exchange = (play: Player, assertion: string, client_id: string) =>
  form(play.address.tokenUrl, { grant_type: assertionGrant, client_id, assertion })

describe('where it is, and for whom', () => {
  statement(
    'host',
    { 'endpoints.token.host': 'oauth.example.com' },
    async ({ double }) => (await send(`${double.url()}/token`, { method: 'POST', headers: { host: 'oauth.zettle.com' } })).status,
    400,
  )

  statement(
    'two-grants',
    { [`token.grants`]: { authorization_code: true, refresh_token: true, [assertionGrant]: false } },
    async ({ play }) => {
      const { key, shown } = await newKey(play)
      const others = ['client_credentials', 'password', 'implicit'].map((grant_type) => play.token({ grant_type }))
      return [
        (await play.connect()).answer.status,
        (await exchange(play, key, shown)).status,
        ...(await Promise.all(others)).map(({ body }) => body['error']),
      ]
    },
    [200, 200, 'unsupported_grant_type', 'unsupported_grant_type', 'unsupported_grant_type'],
  )

  statement(
    'any-user',
    { 'seed.users': [{ id: 'de305d54-75b4-431b-adb2-eb6b9e546014', email: 'astrid@example.com', name: 'Astrid Lund' }] },
    async ({ play, double }) => {
      const connected: unknown[] = []
      for (const user of ['de305d54-75b4-431b-adb2-eb6b9e546014', '3f6f2b1c-1c5b-4f0e-8d53-5f5f6c7a8b90']) {
        double.approve({ as: user }, { once: true })
        connected.push(
          (await send(`${play.url}/users/self`, { headers: { authorization: `Bearer ${(await play.connect()).access}` } })).body['uuid'],
        )
      }
      return connected
    },
    ['de305d54-75b4-431b-adb2-eb6b9e546014', '3f6f2b1c-1c5b-4f0e-8d53-5f5f6c7a8b90'],
  )

  statement(
    'registered-first',
    { 'client.id': opaque('{hex32}') },
    async ({ double }) => {
      const client = await double.clients.register('zettle', { redirectUris: ['https://app.example/cb'] })
      return [uuid.test(client.clientId), (client.clientSecret ?? '').length > 20]
    },
    [true, true],
  )
})

describe('the authorization request', () => {
  statement(
    'link-as-printed',
    { 'authorize.scopeSeparators': ',' },
    async ({ play }) => {
      const link =
        'response_type=code&client_id=c55de605-48b6-42ef-b69e-cd9d14ded15a&scope=READ:FINANCE%20READ:PURCHASE&redirect_uri=https://httpbin.org/get'
      const to = new URL((await send(`${play.url}/authorize?${link}`)).headers.get('location') ?? '')
      const exchanged = await play.redeem(to.searchParams.get('code') ?? '', { redirect_uri: 'https://httpbin.org/get' })
      return [to.origin + to.pathname, jwtPart(text(exchanged, 'access_token'), 'claims')['scope']]
    },
    ['https://httpbin.org/get', 'READ:FINANCE READ:PURCHASE'],
  )

  statement(
    'login-without-cookie',
    { 'seed.sessions': [{ cookie: 'unknown', user: 'de305d54-75b4-431b-adb2-eb6b9e546014' }] },
    async ({ play, double }) => {
      double.approve({ ask: true })
      const pages = [await play.authorize(), await play.authorize({}, { cookie: 'iz_sso=unknown' })]
      return pages.map((page) => page.text.includes('<h1>Log in</h1>'))
    },
    [true, true],
  )

  statement(
    'screen-after-login',
    { 'authorize.cookie': 'session' },
    async ({ play, double }) => {
      double.approve({ ask: true })
      const page = await play.authorize({ scope: 'READ:FINANCE READ:PURCHASE' }, sso)
      return ['Demo app', 'READ:FINANCE', 'READ:PURCHASE', 'Approve'].map((part) => page.text.includes(part))
    },
    [true, true, true, true],
  )

  statement(
    'redirect-with-code',
    { 'authorize.adds': { code: 'another' } },
    async ({ play }) => {
      const { at, params } = await play.authorize()
      return [at === play.address.redirectUri, (await play.redeem(params['code'] ?? '')).status]
    },
    [true, 200],
  )

  statement('code-format', { 'code.format': opaque('{uuid}') }, async ({ play }) => play.code(), expect.stringMatching(/^[0-9a-f]{32}$/))

  statement(
    'only-registered-uris',
    { 'seed.clients.0.redirectUris': ['http://httpbin.org/get', other] },
    async ({ play }) => {
      const { status, at } = await play.authorize({ redirect_uri: other })
      return [status, at]
    },
    [400, ''],
  )

  statement(
    'state-unchanged',
    { 'authorize.adds': { state: 'changed' } },
    async ({ play, double }) => {
      double.approve({ ask: true })
      return (await play.authorize({ action: 'authorize', state: 'a b+c&d=e/ü%20"\'<>#?' }, sso)).params['state']
    },
    'a b+c&d=e/ü%20"\'<>#?',
  )
})

describe('the exchange of a code', () => {
  statement(
    'exchange-unique-tokens',
    { 'refresh.format': opaque('IZSEC-always-the-same') },
    async ({ play }) => {
      const [one, two] = [await play.connect(), await play.connect()]
      return [one.access === two.access, one.refresh === two.refresh]
    },
    [false, false],
  )

  statement(
    'exchange-takes-body-credentials',
    { 'client.takes.body': false },
    async ({ play }) => {
      const { clientId: client_id, clientSecret: client_secret, redirectUri: redirect_uri, tokenUrl } = play.address
      const fields = { grant_type: 'authorization_code', redirect_uri, client_id, client_secret, code: await play.code() }
      return (await form(tokenUrl, fields)).status
    },
    200,
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
    'access-token-claims',
    { 'access.format': jwt('{url22}', { alg: 'RS256', kid: '{kid}' }, { iss: 'iZettle', aud: 'API', exp: '{expires}' }) },
    async ({ play, double }) => {
      double.clock.freeze(1_444_823_525)
      double.quirks.set('zettle/access-lifetime', 'as-printed')
      const { access } = await play.connect({ scope: 'all' })
      return [Object.entries(jwtPart(access, 'header')), Object.entries(jwtPart(access, 'claims'))]
    },
    [
      [
        ['kid', expect.stringMatching(/^\d{13}$/)],
        ['typ', 'JWT'],
        ['alg', 'RS256'],
      ],
      [
        ['iss', 'iZettle'],
        ['aud', 'API'],
        ['exp', 1_444_825_325],
        ['jti', expect.stringMatching(/^[\w-]{22}$/)],
        ['iat', 1_444_823_525],
        ['nbf', 1_444_823_405],
        ['sub', expect.stringMatching(/^[\w-]{22}$/)],
        ['scope', 'all'],
      ],
    ],
  )

  statement(
    'refresh-token-format',
    { 'refresh.format': opaque('{uuid}') },
    async ({ play }) => (await play.connect()).refresh,
    expect.stringMatching(/^IZSEC[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  )
})

describe('the assertion grant', () => {
  statement(
    'key-by-owner',
    { 'endpoints.apiKeys.host': 'my.example.com' },
    async ({ play, double }) => {
      const page = await send(`${double.url()}/apps/api-keys`, { headers: { host: 'my.zettle.com' } })
      const { key, shown } = await newKey(play)
      return [page.status, page.text.includes('<form'), (await exchange(play, key, shown)).status]
    },
    [200, true, 200],
  )

  statement(
    'key-is-jwt',
    { 'assertion.format.header': { kid: '1', typ: 'JWT', alg: 'RS256' } },
    async ({ play }) => jwtPart((await newKey(play)).key, 'header'),
    { kid: '0', typ: 'JWT', alg: 'RS256' },
  )

  statement(
    'deep-link',
    { 'endpoints.apiKeys.path': '/apps/keys' },
    async ({ play }) =>
      (await send(`${play.url}/apps/api-keys?name=WooCommerce%20Sync&scopes=x`)).text.includes('value="WooCommerce Sync"'),
    true,
  )

  statement(
    'deep-link-scopes',
    { scopes: ['READ:FINANCE'] },
    async ({ play }) => {
      const page = await send(`${play.url}/apps/api-keys?name=x&scopes=READ:PURCHASE+READ:FINANCE`)
      const made = await form(`${play.url}/apps/api-keys`, { name: 'x', scopes: 'READ:PURCHASE READ:FINANCE' })
      const [, key = ''] = /<code data-value="[^"]*"[^>]*>([^<]+)<\/code>/.exec(made.text) ?? []
      return [page.text.includes('name="scopes" value="READ:PURCHASE READ:FINANCE"'), jwtPart(key, 'claims')['scope']]
    },
    [true, ['READ:PURCHASE', 'READ:FINANCE']],
  )

  statement(
    'assertion-of-another',
    { 'seed.clients.0.clientId': 'd55de605-48b6-42ef-b69e-cd9d14ded15a' },
    async ({ play }) => (await exchange(play, (await newKey(play)).key, 'd55de605-48b6-42ef-b69e-cd9d14ded15a')).status,
    400,
  )

  statement(
    'key-page-shows-client-id',
    { 'assertion.format.claims': { client_id: 'somebody', exp: '{expires}', sub: '{user.id}' } },
    async ({ play }) => {
      const { key, shown } = await newKey(play)
      return [uuid.test(shown), jwtPart(key, 'claims')['client_id'] === shown]
    },
    [true, true],
  )

  statement(
    'assertion-normal-token',
    { 'access.notBefore': -60 },
    async ({ play }) => {
      const { key, shown } = await newKey(play)
      const answer = await exchange(play, key, shown)
      return [answer.body['expires_in'], (await play.call(text(answer, 'access_token'))).status]
    },
    [7200, 200],
  )

  statement(
    'assertion-no-refresh-token',
    { 'token.reply.refresh_token': 'one-for-everybody' },
    async ({ play }) => {
      const { key, shown } = await newKey(play)
      return Object.keys((await exchange(play, key, shown)).body)
    },
    ['access_token', 'expires_in'],
  )

  statement(
    'assertion-works-again',
    { 'assertion.lifetime': 7200 },
    async ({ play, double }) => {
      const { key, shown } = await newKey(play)
      const before = text(await exchange(play, key, shown), 'access_token')
      double.clock.advance('2h')
      const answer = await exchange(play, key, shown)
      return [(await play.call(before)).status, (await play.call(text(answer, 'access_token'))).status]
    },
    [401, 200],
  )
})

describe('refreshing, and errors', () => {
  statement(
    'refresh-same-format',
    { 'refresh.returned': 'never' },
    async ({ play }) => {
      const { answer, refresh } = await play.connect()
      const again = await play.refresh(refresh)
      return [again.status, Object.keys(again.body).toString() === Object.keys(answer.body).toString()]
    },
    [200, true],
  )

  statement(
    'errors-as-rfc',
    { 'dialect.grant_type_unsupported': { status: 200, error: 'nonsense' } },
    async ({ play }) => {
      const answers = [
        await play.token({ grant_type: 'nonsense' }),
        await play.token({ grant_type: 'refresh_token' }),
        await play.token({ grant_type: 'authorization_code' }),
        await play.redeem('nonsense'),
        await play.token({}),
      ]
      return answers.map(({ status, body }) => [status, body['error']])
    },
    [
      [400, 'unsupported_grant_type'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'invalid_grant'],
      [400, 'invalid_request'],
    ],
  )

  statement(
    'error-invalid-grant',
    { 'dialect.refresh_token_unknown': { status: 400, error: 'invalid_grant', description: 'no' } },
    async ({ play }) => {
      const { status, body } = await play.refresh('07b0edfc-f557-4e52-a995-000000000000')
      return [status, Object.entries(body)]
    },
    [
      400,
      [
        ['error', 'invalid_grant'],
        ['error_description', 'invalid refresh_token'],
      ],
    ],
  )
})

describe('using the access token', () => {
  statement(
    'takes-bearer',
    { 'resource.scheme': 'Zettle' },
    async ({ play }) => (await play.call((await play.connect()).access, 'Bearer ')).status,
    200,
  )

  statement(
    'invalid-401',
    { 'dialect.token_key_unknown': { status: 500, error: 'x' } },
    async ({ play, double }) => {
      const { access } = await play.connect()
      const [header, claims] = access.split('.')
      double.clock.advance('1h')
      const revoked = (await play.connect()).access
      await double.tokens.revoke({ value: revoked })
      const answers = [await play.call('nonsense'), await play.call(`${header}.${claims}.AAAA`), await play.call(revoked)]
      await double.keys.rotate('zettle', 'gone')
      answers.push(await play.call(access))
      return answers.map(({ status, headers }) => [status, headers.get('www-authenticate')])
    },
    Array.from({ length: 4 }, () => [401, 'Bearer error="invalid_request", error_description="ACCESS_TOKEN_EXPIRED"']),
  )

  statement(
    'users-self',
    { 'endpoints.userinfo.answer': { status: 200, body: { organizationUuid: '{user.organizationUuid}', uuid: '{user.id}' } } },
    async ({ play }) => {
      const { access } = await play.connect()
      const { status, body } = await send(`${play.url}/users/self`, { headers: { authorization: `Bearer ${access}` } })
      return [status, Object.entries(body)]
    },
    [
      200,
      [
        ['uuid', 'de305d54-75b4-431b-adb2-eb6b9e546014'],
        ['organizationUuid', 'ab305d54-75b4-431b-adb2-eb6b9e546013'],
      ],
    ],
  )

  const disconnect = (play: Player, access: string) =>
    send(`${play.url}/application-connections/self`, { method: 'DELETE', headers: { authorization: `Bearer ${access}` } })

  statement(
    'disconnect',
    { 'endpoints.disconnect.methods': ['POST'] },
    async ({ play }) => {
      const { access } = await play.connect()
      return [(await disconnect(play, 'nonsense')).status, (await disconnect(play, access)).status]
    },
    [401, 204],
  )

  statement(
    'disconnect-removes-access',
    { 'endpoints.disconnect.operation': 'userinfo' },
    async ({ play }) => {
      const { access, refresh } = await play.connect()
      await disconnect(play, access)
      const refused = await play.refresh(refresh)
      return [(await play.call(access)).status, refused.status, refused.body['error']]
    },
    [401, 400, 'invalid_grant'],
  )

  statement(
    'disconnect-204',
    {
      'endpoints.disconnect': {
        operation: 'userinfo',
        methods: ['DELETE'],
        path: '/application-connections/self',
        host: 'oauth.zettle.com',
        answer: { status: 200, body: {} },
      },
    },
    async ({ play }) => {
      const { status, text: body } = await disconnect(play, (await play.connect()).access)
      return [status, body]
    },
    [204, ''],
  )
})
