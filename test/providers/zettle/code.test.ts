import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { form, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zettle')
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = createHash('sha256').update(verifier).digest('base64url')
const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }

describe('codes of Zettle', () => {
  it('a code that was already redeemed is refused as invalid_grant', async () => {
    const { code } = await stage.play.connect()
    const again = await stage.play.redeem(code)
    expect([again.status, again.body['error']]).toEqual([400, 'invalid_grant'])
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('code_used')
  })

  it('a code that was bound to one redirect URI is refused with another', async () => {
    const answer = await stage.play.redeem(await stage.play.code(), { redirect_uri: 'http://httpbin.org/get' })
    expect(answer.body['error']).toBe('invalid_grant')
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('redirect_uri_differs')
  })

  it('a code of a request without redirect_uri is redeemed with any registered one, as the sample does', async () => {
    const code = await stage.play.code({ redirect_uri: undefined })
    expect((await stage.play.redeem(code, { redirect_uri: 'http://httpbin.org' })).status).toBe(200)
    const another = await stage.play.code({ redirect_uri: undefined })
    expect((await stage.play.redeem(another, { redirect_uri: 'https://evil.example' })).body['error']).toBe('invalid_grant')
  })

  it('a code with PKCE works with its verifier and not with another', async () => {
    const wrong = await stage.play.redeem(await stage.play.code(pkce), { code_verifier: verifier.replace('d', 'e') })
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant'])
    expect((await stage.play.redeem(await stage.play.code(pkce), { code_verifier: verifier })).status).toBe(200)
  })

  it('a code with PKCE says code_verifier cannot be empty when none comes', async () => {
    const answer = await stage.play.redeem(await stage.play.code(pkce))
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: 'invalid_request', error_description: 'code_verifier cannot be empty' })
    const empty = await stage.play.redeem(await stage.play.code(pkce), { code_verifier: '' })
    expect(empty.body).toEqual(answer.body)
  })

  it('a challenge without a method is S256, and plain is refused', async () => {
    const code = await stage.play.code({ code_challenge: challenge })
    expect((await stage.play.redeem(code, { code_verifier: verifier })).status).toBe(200)
    const { params } = await stage.play.authorize({ code_challenge: verifier, code_challenge_method: 'plain' })
    expect(params).toMatchObject({ error: 'invalid_request' })
  })

  it('client credentials are taken from the body, and wrong ones are named', async () => {
    const secret = await stage.play.redeem(await stage.play.code(), { client_secret: 'wrong' })
    expect([secret.status, secret.body]).toEqual([400, { error: 'invalid_client', error_description: 'Invalid client_secret' }])
    const id = await stage.play.redeem(await stage.play.code(), { client_id: 'd55de605-48b6-42ef-b69e-cd9d14ded15a' })
    expect([id.status, id.body]).toEqual([400, { error: 'invalid_client', error_description: 'Invalid client_id' }])
  })

  quirkTest('zettle/code-works-once', stage, async ({ play }) => (await play.redeem((await play.connect()).code)).status, {
    on: 400,
    off: 200,
  })

  quirkTest(
    'zettle/verifier-replaces-secret',
    stage,
    async ({ play }) => {
      const code = await play.code(pkce)
      return (await play.redeem(code, { code_verifier: verifier, client_secret: undefined })).status
    },
    { on: 200, off: 400 },
  )

  it('a client without a secret refreshes only what it got by PKCE', async () => {
    const byPkce = await stage.play.redeem(await stage.play.code(pkce), { code_verifier: verifier, client_secret: undefined })
    const refreshed = await stage.play.refresh(text(byPkce, 'refresh_token'), { client_secret: undefined })
    expect(refreshed.status).toBe(200)
    expect((await stage.play.refresh(text(refreshed, 'refresh_token'), { client_secret: undefined })).status).toBe(200)
    const { refresh } = await stage.play.connect()
    expect((await stage.play.refresh(refresh, { client_secret: undefined })).body['error']).toBe('invalid_client')
  })

  quirkTest(
    'zettle/also-takes-basic',
    stage,
    async ({ play }) => {
      const { clientId, clientSecret = '', redirectUri, tokenUrl } = play.address
      const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
      const fields = { grant_type: 'authorization_code', code: await play.code(), redirect_uri: redirectUri }
      return (await form(tokenUrl, fields, { authorization })).status
    },
    { on: 200, off: 400 },
  )
})
