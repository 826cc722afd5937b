import { afterAll, beforeEach, expect, expectTypeOf, it } from 'vitest'
import type { QuirkName } from '../../src/index.js'
import { createServer, defineProvider, documented, quirk } from '../../src/index.js'

const double = await createServer()
beforeEach(() => double.reset())
afterAll(() => double.close())

const callApi = (token: string) => fetch(double.provider('zettle').userinfoUrl ?? '', { headers: { authorization: `Bearer ${token}` } })

it('quirk names are literal types, those of own providers too', async () => {
  expectTypeOf(double.quirks.set).parameter(0).toEqualTypeOf<QuirkName>()
  const settings = {
    issuer: 'https://acme.example',
    endpoints: { token: { operation: 'token', methods: ['POST'], path: '/token', host: 'acme.example' } },
    code: {
      lifetime: quirk('short-codes', documented('docs'), { provider: 30, standard: 600, description: 'Codes live half a minute.' }),
    },
  } as const
  const acme = defineProvider({ id: 'acme', name: 'Acme', docs: 'https://acme.example', seed: { clients: [], users: [] }, settings })
  await using own = await createServer({ providers: [acme, 'vcita'] })
  expectTypeOf<'acme/short-codes'>().toExtend<Parameters<typeof own.quirks.set>[0]>()
  expectTypeOf<'zettle/may-rotate-at-any-time'>().not.toExtend<Parameters<typeof own.quirks.set>[0]>()
  own.quirks.set('acme/short-codes', 1)
  // @ts-expect-error no such quirk
  expect(() => own.quirks.set('acme/long-codes', 1)).toThrow('long-codes')
  expect(() => own.quirks.set('acme/short-codes', 'soon')).toThrow('short-codes')
})

it('a token that the server calls expired keeps what it says of itself', async () => {
  const { accessToken = '' } = await double.tokens.mint('zettle')
  expect((await callApi(accessToken)).status).toBe(200)
  expect(await double.tokens.expire({ value: accessToken })).toMatchObject([{ kind: 'access_token', state: 'expired' }])
  expect((await callApi(accessToken)).status).toBe(401)
  expect(double.journal.last('zettle', 'userinfo')).toMatchObject({ reason: 'token_expired' })
  const { exp } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
  expect(exp).toBeGreaterThan(double.clock.now())
})

it('wrong tokens are refused for the right reason', async () => {
  const reasons: (string | undefined)[] = []
  for (const wrong of ['signature', 'kid', 'issuer', 'audience', 'expired', 'not-yet-valid'] as const) {
    const { accessToken = '' } = await double.tokens.mint('zettle', { wrong })
    expect((await callApi(accessToken)).ok, wrong).toBe(false)
    reasons.push(double.journal.last('zettle', 'userinfo')?.reason)
  }
  expect(reasons).toEqual([
    'token_signature',
    'token_key_unknown',
    'token_claims_wrong',
    'token_claims_wrong',
    'token_expired',
    'token_not_yet_valid',
  ])
  await expect(double.tokens.mint('vcita', { wrong: 'signature' })).rejects.toThrow('not signed')
})

it('a rotated key: tokens under the old one stand while it is published, and fail once it is gone', async () => {
  const { accessToken: first = '' } = await double.tokens.mint('zettle')
  await double.keys.rotate('zettle')
  expect((await callApi(first)).status).toBe(200)
  const { accessToken: second = '' } = await double.tokens.mint('zettle')
  await double.keys.rotate('zettle', 'gone')
  expect((await callApi(second)).ok).toBe(false)
  expect(double.journal.last('zettle', 'userinfo')?.reason).toBe('token_key_unknown')
})

it('a key that an imported state does not know fails the tokens that it signed', async () => {
  const before = await double.state.export()
  await double.keys.rotate('zettle', 'gone')
  const { accessToken = '' } = await double.tokens.mint('zettle')
  expect((await callApi(accessToken)).status).toBe(200)
  await double.state.import(before)
  expect((await callApi(accessToken)).ok).toBe(false)
  expect(double.journal.last('zettle', 'userinfo')?.reason).toBe('token_key_unknown')
})

it('lineage leads from the code to the newest token', async () => {
  const { tokenUrl, clientId, clientSecret = '' } = double.provider('zettle')
  const credentials = { client_id: clientId, client_secret: clientSecret }
  const { code } = await double.codes.mint('zettle', { redirectUri: 'https://httpbin.org/get' })
  const post = async (form: { readonly [name: string]: string }) =>
    (await (await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams({ ...credentials, ...form }) })).json()) as {
      refresh_token: string
    }
  const { refresh_token } = await post({ grant_type: 'authorization_code', code, redirect_uri: 'https://httpbin.org/get' })
  await post({ grant_type: 'refresh_token', refresh_token })
  const [used] = await double.tokens.list({ value: code })
  expect(used).toMatchObject({ kind: 'code', state: 'used', made: [refresh_token] })
  const [refresh] = await double.tokens.list({ id: refresh_token })
  expect(refresh).toMatchObject({ from: code, state: 'rotated' })
  expect(refresh?.made).toHaveLength(2)
})

it('a removed user ends what depends on it', async () => {
  const { accessToken = '', user } = await double.tokens.mint('zettle')
  expect(await double.users.remove('zettle', user)).toBe(true)
  expect((await callApi(accessToken)).status).toBe(401)
  expect((await double.users.list('zettle')).map(({ id }) => id)).not.toContain(user)
  expect(await double.users.remove('zettle', user)).toBe(false)
})

it('a registered client works, and what it was given ends when it is removed', async () => {
  const client = await double.clients.register('zettle', { redirectUris: ['https://app.example/back'] })
  const { accessToken = '' } = await double.tokens.mint('zettle', { clientId: client.clientId })
  expect((await callApi(accessToken)).status).toBe(200)
  await expect(double.clients.register('zettle', { clientId: client.clientId })).rejects.toThrow('already')
  expect(await double.clients.remove('zettle', client.clientId)).toBe(true)
  expect((await callApi(accessToken)).status).toBe(401)
})

it('what tokens say about time can differ from the server clock', async () => {
  double.clock.freeze(1_700_000_000)
  double.clock.skew(-300)
  const { accessToken = '' } = await double.tokens.mint('zettle')
  const { iat } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
  expect(iat).toBe(1_700_000_000 - 300)
  expect((await callApi(accessToken)).status).toBe(200)
})
