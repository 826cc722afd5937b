import { createHash } from 'node:crypto'
/** Whatever is thrown at any endpoint of any provider: never a server error, never a stack trace, never a foreign redirect. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer, providers } from '../../src/index.js'
import type { Answer, Sent } from '../kit.js'
import { playing, send } from '../kit.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ host: '127.0.0.1', journalLimit: 100 })
})
afterAll(() => double.close())

const names = [
  'grant_type',
  'code',
  'authorization_code',
  'redirect_uri',
  'client_id',
  'client_secret',
  'refresh_token',
  'scope',
  'state',
  'prompt',
  'response_type',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'assertion',
  'token',
  'access_token',
  'account_id',
  'soid',
  'action',
  'choice',
  'proof',
  'path',
  'request',
  'email',
  'duration',
  'user',
  'name',
  'scopes',
  'oauth_redirect_uris',
  '__proto__',
]
const junk = [
  '',
  '{user.id}',
  '{__proto__}',
  '__proto__',
  'constructor',
  '[',
  '{"a":1}',
  '%zz',
  '\0',
  '\u{1f600}',
  'ü',
  '\r\nx: y',
  '"><script>',
  '0',
  '-1',
  '1e400',
]
const words = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'code',
  'S256',
  'none consent',
]

const inputsOf = (id: string, alive: readonly string[]) => {
  const address = double.provider(id)
  const authorizePath = new URL(address.authorizeUrl ?? address.tokenUrl).pathname.slice(`/${id}`.length)
  const known = [
    address.clientId,
    address.clientSecret ?? '',
    address.redirectUri,
    address.scope ?? '',
    authorizePath,
    'https://evil.example/',
    ...alive,
  ]
  const value = fc.oneof(fc.constantFrom(...junk, ...words, ...known), fc.string({ unit: 'binary', maxLength: 30 }))
  const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })), value), { maxLength: 8 })
  const encoded = fc.oneof(
    pairs.map((list) => list.map((pair) => pair.map((part) => encodeURIComponent(part)).join('=')).join('&')),
    fc.stringMatching(/^[!-~]{0,40}$/),
  )
  const body = fc.oneof(
    encoded,
    pairs.map((list) => JSON.stringify(Object.fromEntries(list))),
    fc.json({ maxDepth: 3 }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
  )
  const authorization = fc.oneof(
    fc.constantFrom(
      'Bearer x',
      'Basic eDp5',
      'Basic ÿ',
      `Basic ${Buffer.from(`${address.clientId}:${address.clientSecret}`).toString('base64')}`,
      ...alive.flatMap((one) => [`Bearer ${one}`, `Zoho-oauthtoken ${one}`, one]),
    ),
    fc.stringMatching(/^[ -~]{0,30}$/),
  )
  const type = fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'x',
  )
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
    query: encoded,
    body,
    authorization,
    type,
    headers: fc.boolean(),
  })
}

const harmless = (answer: Answer, sent: string): void => {
  const late = answer.status === 500 && answer.text.includes('KeyNotFoundException')
  expect(answer.status < 500 || late, `${answer.status} ${answer.text.slice(0, 300)} for ${sent}`).toBe(true)
  expect(answer.text).not.toMatch(/\bat .+\.[jt]s:\d+|node_modules|TypeError|SyntaxError/)
  expect(answer.headers.get('x-authdouble-request-id')).toMatch(/^r\d+$/)
  const location = answer.headers.get('location')
  if (location !== null) expect(location).not.toMatch(/^(https?:)?\/\/evil\.example/)
  // A page has no script but ours, which its policy names by hash.
  const policy = answer.headers.get('content-security-policy') ?? ''
  for (const [, script = ''] of answer.text.matchAll(/<script>([\s\S]*?)<\/script>/g))
    expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  expect(answer.text.replace(/<script>[\s\S]*?<\/script>/g, '')).not.toContain('<script')
}

describe.each(providers)('$id', ({ id }) => {
  it('answers whatever comes to any of its endpoints', async () => {
    const instance = double.registry.main.instances.get(id)
    const paths = [...new Set(Object.values(instance?.settings().endpoints ?? {}).map(({ path }) => path)), '/__login', '/__consent']
    const play = playing(double, id)
    const { code, access, refresh } = await play.connect({ prompt: 'consent' })
    const inputs = inputsOf(id, [code, access, refresh, await play.code()])
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), inputs, async (path, { method, query, body, authorization, type, headers }) => {
        const more: Sent = method === 'GET' ? {} : { body }
        const url = `${play.url}${path}?${query}`
        harmless(
          await send(url, { method, headers: { 'content-type': type, ...(headers ? { authorization } : {}) }, ...more }),
          `${method} ${url} ${String(body)}`,
        )
      }),
      { numRuns: 400 },
    )
    expect((await play.connect()).answer.status).toBe(200)
  })
})
