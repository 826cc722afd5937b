import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { form, landing, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('ziina')
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = createHash('sha256').update(verifier).digest('base64url')

describe('the authorization endpoint of Ziina', () => {
  it('redirects with code, state and iss, in this order', async () => {
    const { status, at, headers } = await stage.play.authorize({ state: 'xyz123' })
    expect([status, at]).toEqual([303, stage.play.address.redirectUri])
    expect(headers.get('location')?.split('?')[1]).toMatch(/^code=[\w-]{43}&state=xyz123&iss=https%3A%2F%2Fauth\.ziina\.com$/)
  })

  it('sends no state back when none was sent', async () => {
    expect(Object.keys((await stage.play.authorize()).params)).toEqual(['code', 'iss'])
  })

  it('takes the request by POST too', async () => {
    const { clientId, redirectUri, authorizeUrl = '' } = stage.play.address
    const answer = landing(await form(authorizeUrl, { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', state: 'p' }))
    expect([answer.status, answer.params['state']]).toEqual([303, 'p'])
  })

  it('needs response_type=code, and says so at the redirect URI', async () => {
    const missing = await stage.play.authorize({ response_type: undefined, state: 's' })
    expect(missing.params).toEqual({
      error: 'invalid_request',
      error_description: "missing required parameter 'response_type'",
      state: 's',
      iss: 'https://auth.ziina.com',
    })
    expect((await stage.play.authorize({ response_type: 'token' })).params['error']).toBe('unsupported_response_type')
  })

  it('shows a page, and redirects nowhere, without a client or with a redirect URI that differs by a slash', async () => {
    const { redirectUri } = stage.play.address
    for (const [fields, error] of [
      [{ client_id: undefined }, 'invalid_request'],
      [{ client_id: 'nobody' }, 'invalid_client'],
      [{ redirect_uri: undefined }, 'invalid_request'],
      [{ redirect_uri: 'https://example.com/callback/' }, 'invalid_redirect_uri'],
      [{ redirect_uri: `${redirectUri}#x` }, 'invalid_redirect_uri'],
    ] as const) {
      const answer = await stage.play.authorize(fields)
      expect([answer.status, answer.at, answer.text.includes(error)]).toEqual([400, '', true])
    }
  })

  it('separates scopes by a plus that means a space, and takes an encoded plus for a part of a name', async () => {
    const { clientId, redirectUri, authorizeUrl } = stage.play.address
    const start = `${authorizeUrl}?client_id=${clientId}&response_type=code&redirect_uri=${redirectUri}&scope=`
    const scopeOf = async (scope: string) => {
      const { params } = landing(await send(`${start}${scope}`))
      return (await stage.play.redeem(params['code'] ?? '')).body['scope']
    }
    expect(await scopeOf('read_account+write_payment_intents')).toBe('read_account write_payment_intents')
    expect(await scopeOf('read_account%20write_refunds')).toBe('read_account write_refunds')
    expect(await scopeOf('read_account%2Bwrite_payment_intents')).toBeUndefined()
  })

  it('grants every documented scope', async () => {
    const scope = 'write_payment_intents write_refunds write_webhooks write_transfers offline_access'
    expect((await stage.play.connect({ scope, prompt: 'consent' })).answer.body['scope']).toBe(scope)
  })

  it('honours PKCE with S256 and refuses any other method', async () => {
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
    expect((await stage.play.redeem(await stage.play.code(pkce), { code_verifier: verifier })).status).toBe(200)
    for (const wrong of [{}, { code_verifier: verifier.replace('d', 'e') }])
      expect((await stage.play.redeem(await stage.play.code(pkce), wrong)).body).toEqual({
        error: 'invalid_grant',
        error_description: 'grant request is invalid',
      })
    for (const code_challenge_method of ['plain', undefined])
      expect((await stage.play.authorize({ code_challenge: challenge, code_challenge_method })).params['error_description']).toBe(
        'not supported value of code_challenge_method',
      )
  })

  it('refuses prompts it does not know and none beside another', async () => {
    expect((await stage.play.authorize({ prompt: 'twice' })).params['error_description']).toBe('unsupported prompt value requested')
    expect((await stage.play.authorize({ prompt: 'none login' })).params['error_description']).toBe('prompt none must only be used alone')
  })

  it('tells an aborted log-in with access_denied, state and iss', async () => {
    stage.double.approve({ deny: true })
    expect((await stage.play.authorize({ state: 's' })).params).toEqual({
      error: 'access_denied',
      error_description: 'End-User aborted interaction',
      state: 's',
      iss: 'https://auth.ziina.com',
    })
  })

  it('refuses a scope that exists but was not agreed for the client', async () => {
    expect((await stage.play.authorize({ scope: 'write_api_keys' })).params['error']).toBe('invalid_scope')
  })

  quirkTest('ziina/redirects-with-303', stage, async ({ play }) => (await play.authorize()).status, { on: 303, off: 302 })

  quirkTest('ziina/iss-in-the-redirect', stage, async ({ play }) => (await play.authorize()).params['iss'], {
    on: 'https://auth.ziina.com',
    off: undefined,
  })

  quirkTest(
    'ziina/unknown-scopes-are-dropped',
    stage,
    async ({ play }) => {
      const { params } = await play.authorize({ scope: 'read_account fly' })
      return params['error'] ?? (await play.redeem(params['code'] ?? '')).body['scope']
    },
    { on: 'read_account', off: 'invalid_scope' },
  )

  quirkTest(
    'ziina/offline-access-needs-consent',
    stage,
    async ({ play }) => {
      const { params } = await play.authorize({ scope: 'read_account offline_access' })
      if (params['error']) return params['error']
      const { body } = await play.redeem(params['code'] ?? '')
      return [body['scope'], 'refresh_token' in body]
    },
    { on: ['read_account', false], off: 'invalid_request' },
  )

  quirkTest(
    'ziina/refresh-token-only-offline',
    stage,
    async ({ play }) => {
      const plain = await play.connect({ scope: 'read_account' })
      const offline = await play.connect({ scope: 'read_account offline_access', prompt: 'consent' })
      return ['refresh_token' in plain.answer.body, 'refresh_token' in offline.answer.body]
    },
    { on: [false, true], off: [true, true] },
  )
})
