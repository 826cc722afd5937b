/** Each choice that the specifications leave to a server, switched on and off. */

import { createHmac } from 'node:crypto'
import { form, jwtPart, send, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('plain')
const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }

const authorizeError = async (fields: { readonly [name: string]: string } = {}) => {
  const { params, status } = await stage.play.authorize(fields)
  return params['error'] ?? (params['code'] ? 'a code' : status)
}

quirkTest('plain/pkce-for-all', stage, () => authorizeError(), { on: 'invalid_request', off: 'a code' })
quirkTest('plain/mcp', stage, () => authorizeError(), { on: 'invalid_target', off: 'a code' })
quirkTest('plain/pushed-requests-only', stage, () => authorizeError(challenge), { on: 400, off: 'a code' })
quirkTest('plain/signed-requests-only', stage, () => authorizeError(challenge), { on: 400, off: 'a code' })

quirkTest(
  'plain/partial-consent',
  stage,
  async () => {
    stage.double.approve({ as: String((await stage.double.users.list('plain'))[0]?.id), scope: ['read'] })
    return (await stage.play.connect({ scope: 'read write' })).answer.body['scope']
  },
  { on: 'read', off: 'read write' },
)

quirkTest(
  'plain/signed-callbacks',
  stage,
  async () => {
    const { hmac, ...rest } = (await stage.play.authorize({ state: 's' })).params
    const message = Object.entries(rest)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
    return hmac === undefined
      ? 'none'
      : hmac ===
          createHmac('sha256', stage.play.address.clientSecret ?? '')
            .update(message)
            .digest('hex')
  },
  { on: true, off: 'none' },
)

quirkTest('plain/tells-refresh-expiry', stage, async () => (await stage.play.connect()).answer.body['refresh_token_expires_in'], {
  on: 2_592_000,
  off: undefined,
})

quirkTest(
  'plain/grant-type-left-out',
  stage,
  async () => {
    const answer = await stage.play.token({ code: await stage.play.code(), redirect_uri: stage.play.address.redirectUri })
    return answer.body['error'] ?? answer.status
  },
  { on: 200, off: 'invalid_request' },
)

quirkTest(
  'plain/replies-as-form-or-xml',
  stage,
  async () => {
    const redeem = async (accept: string) =>
      (
        await stage.play.token(
          { grant_type: 'authorization_code', code: await stage.play.code(), redirect_uri: stage.play.address.redirectUri },
          { accept },
        )
      ).headers.get('content-type')
    return [await redeem('application/xml'), await redeem('application/x-www-form-urlencoded'), await redeem('*/*')].map((type) =>
      String(type).replace(/;.*/, ''),
    )
  },
  {
    on: ['application/xml', 'application/x-www-form-urlencoded', 'application/json'],
    off: ['application/json', 'application/json', 'application/json'],
  },
)

quirkTest('plain/scopes-joined-by-commas', stage, async () => (await stage.play.connect({ scope: 'read write' })).answer.body['scope'], {
  on: 'read,write',
  off: 'read write',
})

/** What becomes of an authorization request of a client that registered one redirect URI. */
const landsAt = async (registered: string, sent: string) => {
  const made = await stage.double.clients.register('plain', { redirectUris: [registered], scope: 'read' })
  const answer = await stage.play.authorize({ client_id: made.clientId, redirect_uri: sent, scope: 'read' })
  return answer.params['code'] ? 'a code' : answer.status
}

quirkTest(
  'plain/exact-loopback-ports',
  stage,
  async () => [
    await landsAt('http://127.0.0.1/cb', 'http://127.0.0.1:5555/cb'),
    await landsAt('http://127.0.0.1/cb', 'http://127.0.0.1:5555/other'),
    await landsAt('https://app.example/cb', 'https://app.example:5555/cb'),
  ],
  { on: [400, 400, 400], off: ['a code', 400, 400] },
)

quirkTest('plain/callback-sub-paths', stage, () => landsAt('https://app.example/cb', 'https://app.example/cb/more'), {
  on: 'a code',
  off: 400,
})

quirkTest(
  'plain/ten-access-tokens',
  stage,
  async () => {
    const tokens: string[] = []
    for (let i = 0; i < 11; i += 1) tokens.push((await stage.play.connect()).access)
    return [(await stage.play.call(tokens[0] ?? '')).status, (await stage.play.call(tokens[1] ?? '')).status]
  },
  { on: [401, 200], off: [200, 200] },
)

quirkTest(
  'plain/revocation-says-ok',
  stage,
  async () => {
    const { clientId, clientSecret = '', revokeUrl = '' } = stage.play.address
    const token = (await stage.play.connect()).access
    return (await form(revokeUrl, { token, client_id: clientId, client_secret: clientSecret })).body
  },
  { on: { ok: true, revoked: true }, off: {} },
)

quirkTest(
  'plain/token-in-another-header',
  stage,
  async () => {
    const { access } = await stage.play.connect()
    const call = async (headers: { readonly [name: string]: string }) =>
      (await send(stage.play.address.resourceUrl ?? '', { headers })).status
    return [await call({ 'x-access-token': `Bearer ${access}` }), await call({ authorization: `Bearer ${access}` })]
  },
  { on: [200, 401], off: [401, 200] },
)

quirkTest('plain/opaque-access-tokens', stage, async () => jwtPart((await stage.play.connect()).access, 'header')['typ'], {
  on: undefined,
  off: 'at+jwt',
})

quirkTest(
  'plain/refresh-ends-access-token',
  stage,
  async () => {
    const { access, refresh } = await stage.play.connect()
    await stage.play.refresh(refresh)
    return (await stage.play.call(access)).status
  },
  { on: 401, off: 200 },
)

quirkTest(
  'plain/keeps-refresh-tokens',
  stage,
  async () => {
    const { refresh } = await stage.play.connect()
    const [first, second] = [await stage.play.refresh(refresh), await stage.play.refresh(refresh)]
    return [first.body['refresh_token'] === undefined, second.status]
  },
  { on: [true, 200], off: [false, 400] },
)

quirkTest(
  'plain/refresh-replay-window',
  stage,
  async () => {
    const { refresh } = await stage.play.connect()
    const first = await stage.play.refresh(refresh)
    stage.double.clock.advance(29)
    const again = await stage.play.refresh(refresh)
    stage.double.clock.advance(1)
    const late = await stage.play.refresh(refresh)
    const pair = ['access_token', 'refresh_token'].map((name) => again.body[name] === first.body[name])
    return [again.status, pair, late.status, (await stage.play.refresh(text(first, 'refresh_token'))).status]
  },
  { on: [200, [true, true], 400, 400], off: [400, [false, false], 400, 400] },
)

quirkTest(
  'plain/refresh-tokens-idle-out',
  stage,
  async () => {
    let { refresh } = await stage.play.connect()
    const seen: number[] = []
    for (const days of [0.9, 0.9, 1.1]) {
      stage.double.clock.advance(Math.round(days * 86_400))
      const answer = await stage.play.refresh(refresh)
      seen.push(answer.status)
      refresh = String(answer.body['refresh_token'])
    }
    return seen
  },
  { on: [200, 200, 400], off: [200, 200, 200] },
)

quirkTest(
  'plain/refresh-tokens-hard-stop',
  stage,
  async () => {
    let { refresh } = await stage.play.connect()
    const seen: number[] = []
    for (let i = 0; i < 5; i += 1) {
      stage.double.clock.advance('20d')
      const answer = await stage.play.refresh(refresh)
      seen.push(answer.status)
      refresh = String(answer.body['refresh_token'])
    }
    return seen
  },
  { on: [200, 200, 200, 200, 400], off: [200, 200, 200, 200, 200] },
)

quirkTest(
  'plain/registration-needs-a-token',
  stage,
  async () => {
    const body = JSON.stringify({ redirect_uris: ['https://client.example/cb'] })
    const register = (headers: { readonly [name: string]: string } = {}) =>
      send(`${stage.play.url}/register`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
    const { access } = await stage.play.connect({ scope: 'write' })
    return [(await register()).status, (await register({ authorization: `Bearer ${access}` })).status]
  },
  { on: [401, 201], off: [201, 201] },
)

quirkTest('plain/dpop-only', stage, async () => (await stage.play.connect()).answer.status, { on: 400, off: 200 })

quirkTest(
  'plain/dpop-nonces',
  stage,
  async () => {
    const { exportJWK, generateKeyPair, SignJWT } = await import('jose')
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const now = stage.double.clock.now()
    const proof = await new SignJWT({ htm: 'POST', htu: stage.play.address.tokenUrl, jti: 'one', iat: now })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .sign(privateKey)
    const { clientId, clientSecret, tokenUrl } = stage.play.address
    const credentials = { client_id: clientId, client_secret: clientSecret }
    const answer = await form(tokenUrl, { grant_type: 'client_credentials', ...credentials }, { dpop: proof })
    return [answer.body['error'] ?? answer.body['token_type'], answer.headers.has('dpop-nonce')]
  },
  { on: ['use_dpop_nonce', true], off: ['DPoP', false] },
)
