/** What a server says of itself is what it does, and no more: `plain` with each of its quirks, and files that take a part away. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Double, ServerOptions } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import { quirksOf } from '../../src/provider/quirk.js'
import { plain } from '../../src/providers/plain/plain.js'
import { basic, form, query, send } from '../kit.js'

type Metadata = { readonly [member: string]: unknown }

const listed = (metadata: Metadata, member: string): readonly string[] => (metadata[member] as readonly string[] | undefined) ?? []

/** Endpoints by what names them, each with where it is when it is there. */
const endpoints = {
  authorization_endpoint: '/authorize',
  token_endpoint: '/token',
  jwks_uri: '/jwks',
  registration_endpoint: '/register',
  revocation_endpoint: '/revoke',
  introspection_endpoint: '/introspect',
  pushed_authorization_request_endpoint: '/par',
  device_authorization_endpoint: '/device_authorization',
  userinfo_endpoint: '/userinfo',
  end_session_endpoint: '/logout',
}

const grants = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'password',
]

const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }

/** Asks for each thing that metadata may name, and holds the answers against what it names. */
const holds = async (double: Double, id: string): Promise<void> => {
  const base = double.url(id)
  const { body: metadata } = await send(`${base}/.well-known/oauth-authorization-server`)
  const { clientId, clientSecret = '', redirectUri } = double.provider(id)
  const reason = () => double.journal.last(id)?.reason
  const authorization = basic(clientId, clientSecret)
  const token = async (fields: { readonly [name: string]: string }, headers = {}) => {
    const answer = await form(`${base}/token`, fields, headers)
    return { ...answer, reason: reason() }
  }
  const usual = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'read',
    resource: `${base}/resource`,
    ...challenge,
  }
  const authorize = async (fields: { readonly [name: string]: string | undefined }) => {
    const answer = await send(`${base}/authorize?${query({ ...usual, ...fields })}`)
    const to = answer.headers.get('location') ?? ''
    return { ...answer, to, reason: reason() }
  }
  expect(metadata['issuer']).toBe(base)
  for (const [member, path] of Object.entries(endpoints)) {
    const { status } = await send(`${base}${path}`)
    expect([member, metadata[member]]).toEqual([member, status === 404 ? undefined : `${base}${path}`])
  }
  const methods = listed(metadata, 'token_endpoint_auth_methods_supported')
  const inBody = methods.includes('client_secret_basic') ? {} : { client_id: clientId, client_secret: clientSecret }
  for (const grant of grants) {
    const { reason: why } = await token({ grant_type: grant, ...inBody }, inBody.client_id === undefined ? { authorization } : {})
    expect([grant, why !== 'grant_type_unsupported']).toEqual([grant, listed(metadata, 'grant_types_supported').includes(grant)])
  }
  const assertion = { client_assertion: 'x.y.z', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
  const ways = [
    ['client_secret_basic', {}, { authorization }],
    ['client_secret_post', { client_id: clientId, client_secret: clientSecret }, {}],
    ['private_key_jwt', assertion, {}],
  ] as const
  for (const [method, fields, headers] of ways) {
    const { reason: why } = await token({ grant_type: 'refresh_token', refresh_token: 'none', ...fields }, headers)
    const taken = !/^client_credentials_(missing|misplaced)$/.test(why ?? '')
    expect([method, why, taken]).toEqual([method, why, methods.includes(method)])
  }
  const pushed = metadata['require_pushed_authorization_requests'] === true
  const signed = metadata['require_signed_request_object'] === true
  const plainly = await authorize({})
  expect(['plain requests', plainly.to.includes('code=')]).toEqual(['plain requests', !pushed && !signed])
  if (pushed || signed) return
  expect(plainly.to.includes('iss=')).toBe(metadata['authorization_response_iss_parameter_supported'] === true)
  for (const mode of ['query', 'fragment', 'form_post', 'web_message']) {
    const answer = await authorize({ response_mode: mode })
    const said = { query: answer.to.split('?')[1], fragment: answer.to.split('#')[1], form_post: answer.status === 200 ? answer.text : '' }
    const works = (said[mode as keyof typeof said] ?? '').includes('code')
    // Where the parameter is not read, every answer is a query.
    const known = listed(metadata, 'response_modes_supported')
    expect([mode, works]).toEqual([mode, known.includes(mode) || (known.length === 0 && mode === 'query')])
  }
  for (const [method, verifier] of [
    ['S256', challenge.code_challenge],
    ['plain', 'a'.repeat(43)],
  ] as const) {
    const { reason: why } = await authorize({ code_challenge: verifier, code_challenge_method: method })
    const known = listed(metadata, 'code_challenge_methods_supported')
    if (known.length > 0) expect([method, why === undefined]).toEqual([method, known.includes(method)])
  }
  for (const scope of [...listed(metadata, 'scopes_supported'), 'a-scope-that-is-none']) {
    const granted = new URL((await authorize({ scope, prompt: 'consent' })).to).searchParams
    expect([scope, granted.has('code') && !granted.has('error')]).toEqual([scope, scope !== 'a-scope-that-is-none'])
  }
  for (const prompt of ['none', 'login', 'consent', 'select_account', 'create']) {
    const { reason: why } = await authorize({ prompt })
    const known = listed(metadata, 'prompt_values_supported')
    if (known.length > 0)
      expect([prompt, why !== 'prompt_unsupported' && why !== 'parameter_malformed']).toEqual([prompt, known.includes(prompt)])
  }
  const { reason: byValue } = await authorize({ request: 'x.y.z' })
  // OpenID Connect Discovery 1.0 §3: left out, it would be true.
  expect(metadata['request_uri_parameter_supported']).toBe(metadata['request_parameter_supported'] === undefined ? undefined : false)
  const said = { true: 'request_object_invalid', false: 'request_object_unsupported' }[String(metadata['request_parameter_supported'])]
  expect(['request', byValue]).toEqual(['request', said])
}

const serve = (options: ServerOptions): Promise<Double> => createServer({ host: '127.0.0.1', ...options } as ServerOptions<never>)

describe('plain', () => {
  const changes = quirksOf(plain.settings).map(({ quirk }) => quirk.name)

  it.each(['as it starts', ...changes])('%s: does what it says, and no more', async (quirk) => {
    await using double = await serve({ providers: ['plain'], quirks: changes.includes(quirk) ? { [`plain/${quirk}`]: true } : {} })
    await holds(double, 'plain')
  })
})

const folder = mkdtempSync(join(tmpdir(), 'authdouble-discovered-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a file that extends plain', () => {
  it.each([
    ...[
      'device',
      'par',
      'exchange',
      'introspection',
      'dynamicRegistration',
      'requestObjects',
      'clientAssertions',
      'openid',
      'dpop',
      'revoke',
    ]
      .concat(['logout', 'protectedResource', 'resourceIndicators', 'pkce'])
      .map((section): [string, string] => [`without ${section}`, `${section}: null`]),
    ['with the plain method', 'pkce: { methods: [S256, plain] }'],
    ['with Basic alone', 'client: { takes: { body: false } }'],
    ['with credentials in the body alone', 'client: { takes: { basic: false } }'],
    ['without client credentials', 'token: { grants: { client_credentials: false } }'],
    ['without refresh tokens', 'refresh: { given: never }'],
    ['without iss', 'authorize: { adds: { iss: "{absent}" } }'],
    ['with one response mode', 'authorize: { responseModes: [query] }'],
    ['without response_mode', 'authorize: { responseModes: null }'],
    ['without prompt', 'authorize: { prompts: null }'],
    ['without userinfo', 'endpoints: { userinfo: null }'],
    ['with other scopes', 'scopes: [openid, read]'],
  ])('%s: does what it says, and no more', async (_, settings = '') => {
    const file = join(folder, 'acme.yaml')
    writeFileSync(file, `extends: plain\nsettings:\n  ${settings}\n`)
    await using double = await serve({ providers: [file as `/${string}`] })
    await holds(double, 'acme')
  })
})
