import { describe, expect, it } from 'vitest'
import { basic, form, query, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments')
const exchange = async (more: { [name: string]: string | undefined } = {}) => {
  const { clientId, clientSecret } = stage.play.address
  return { grant_type: 'authorization_code', code: await stage.play.code(), client_id: clientId, client_secret: clientSecret, ...more }
}
const multipart = async () => {
  const fields = new FormData()
  for (const [name, value] of Object.entries(await exchange())) if (value !== undefined) fields.append(name, value)
  const request = new Request('http://unused', { method: 'POST', body: fields })
  return send(stage.play.address.tokenUrl, {
    method: 'POST',
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
    body: await request.text(),
  })
}
const error = async (fields: { [name: string]: string | undefined }) => {
  const answer = await send(`${stage.play.address.tokenUrl}?${query(await exchange(fields))}`, { method: 'POST' })
  return [answer.status, answer.body]
}

describe('the token endpoint of Zoho Payments', () => {
  it('takes a form as well as the query', async () => {
    expect((await form(stage.play.address.tokenUrl, await exchange())).body['token_type']).toBe('Bearer')
  })

  quirkTest('zoho-payments/parameters-in-the-query', stage, async ({ play }) => (await play.redeem(await play.code())).body['token_type'], {
    on: 'Bearer',
    off: undefined,
  })

  quirkTest('zoho-payments/takes-multipart', stage, async () => (await multipart()).body['token_type'], { on: 'Bearer', off: undefined })

  it('answers errors with status 200 and one word: invalid_client, invalid_client_secret, invalid_code', async () => {
    expect(await error({ client_id: '1000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })).toEqual([200, { error: 'invalid_client' }])
    expect(await error({ client_secret: 'wrong' })).toEqual([200, { error: 'invalid_client_secret' }])
    expect(await error({ code: '1000.a.b' })).toEqual([200, { error: 'invalid_code' }])
    expect(
      await error({ client_id: '1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO', client_secret: '0c12a3c5d7e9b1f2a4c6e8d0b2f4a6c8e0d2b40c12' }),
    ).toEqual([200, { error: 'invalid_code' }])
  })

  it('calls another redirect URI than the authorized one invalid_redirect_uri', async () => {
    stage.double.quirks.set('zoho-payments/has-organisation-flow', true)
    const code = (await stage.play.admin('/providers/zoho-payments/codes', { redirectUri: 'http://127.0.0.1:1/cb' })).body['code']
    expect(await error({ code: String(code), redirect_uri: 'http://127.0.0.1:1/other' })).toEqual([200, { error: 'invalid_redirect_uri' }])
  })

  quirkTest('zoho-payments/errors-with-status-200', stage, async () => (await error({ code: 'nonsense' }))[0], { on: 200, off: 400 })

  quirkTest(
    'zoho-payments/also-takes-basic',
    stage,
    async ({ play }) => {
      const { clientId, clientSecret = '', tokenUrl } = play.address
      const fields = { grant_type: 'authorization_code', code: await play.code() }
      return (await form(tokenUrl, fields, { authorization: basic(clientId, clientSecret) })).body['token_type']
    },
    { on: 'Bearer', off: undefined },
  )

  quirkTest(
    'zoho-payments/wrong-data-centre-is-invalid-client',
    stage,
    async ({ play, double }) => {
      const answers: unknown[] = []
      for (const host of ['accounts.zoho.in', 'accounts.zoho.com', 'accounts.zoho.eu']) {
        const url = `${double.url()}/oauth/v2/token?${query(await exchange({ code: await play.code() }))}`
        const { body } = await send(url, { method: 'POST', headers: { host } })
        answers.push(body['error'] ?? body['token_type'])
      }
      return answers
    },
    { on: ['Bearer', 'invalid_client', 'invalid_client'], off: ['Bearer', 'Bearer', 'Bearer'] },
  )
})
