import { describe, expect, it } from 'vitest'
import { form, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments')
const token = /^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/
const shownIn = (page: string): readonly string[] =>
  [...page.matchAll(/<code data-value="[^"]*"[^>]*>([^<]+)<\/code>/g)].map(([, value = '']) => value)
const generate = async (fields: { [name: string]: string } = {}) => {
  const page = await form(`${stage.play.url}/developerconsole`, {
    client_id: stage.play.address.clientId,
    scope: 'ZohoPay.payments.CREATE,ZohoPay.payments.READ',
    description: 'nightly',
    ...fields,
  })
  return { status: page.status, code: shownIn(page.text)[0] ?? '', validFor: shownIn(page.text)[1] }
}

describe('Generate Code of Zoho Payments', () => {
  it('there is no authorization endpoint for a self client', async () => {
    expect(stage.play.address.authorizeUrl).toBeUndefined()
    expect((await send(`${stage.play.url}/oauth/v2/auth?client_id=x&response_type=code`)).status).toBe(404)
    expect((await send(`${stage.play.url}/oauth/v2/org/auth?client_id=x&response_type=code`)).status).toBe(404)
  })

  it('the page asks for scopes, a duration of 3, 5, 7 or 10 minutes (3 unless chosen) and a description', async () => {
    const { text } = await send(`${stage.play.url}/developerconsole`)
    for (const seconds of [180, 300, 420, 600]) expect(text).toContain(`<option value="${seconds}"`)
    expect(text).toContain('<option value="180" selected>')
    expect(text).toContain('name="description"')
    expect(text).toContain('separated by commas')
  })

  it('a code for comma-separated scopes is exchanged for tokens with the scopes separated by spaces', async () => {
    const { code, validFor } = await generate()
    expect(code).toMatch(token)
    expect(validFor).toBe('3 minutes')
    const answer = await stage.play.redeem(code)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(token),
      refresh_token: expect.stringMatching(token),
      scope: 'ZohoPay.payments.CREATE ZohoPay.payments.READ',
      api_domain: 'https://www.zohoapis.in',
      token_type: 'Bearer',
      expires_in: 3600,
    })
  })

  it.each([300, 420, 600])('a code with a duration of %i seconds lives as long', async (seconds) => {
    const [first, second] = [await generate({ duration: String(seconds) }), await generate({ duration: String(seconds) })]
    stage.double.clock.advance(seconds - 1)
    expect((await stage.play.redeem(first.code)).body['error']).toBeUndefined()
    stage.double.clock.advance(1)
    expect((await stage.play.redeem(second.code)).body).toEqual({ error: 'invalid_code' })
  })

  it('scopes that do not exist are refused on the page', async () => {
    expect((await generate({ scope: 'ZohoPayments.payments.READ' })).status).toBe(400)
    expect((await generate({ duration: 'soon' })).status).toBe(400)
  })

  it('a code is used once, and refused as invalid_code with status 200 after that', async () => {
    const { code } = await stage.play.connect()
    const again = await stage.play.redeem(code)
    expect([again.status, again.body]).toEqual([200, { error: 'invalid_code' }])
  })

  quirkTest(
    'zoho-payments/code-lives-three-minutes',
    stage,
    async ({ play, double }) => {
      const [first, second] = [await play.code(), await play.code()]
      double.clock.advance(179)
      const early = (await play.redeem(first)).body['error']
      double.clock.advance(1)
      return [early, (await play.redeem(second)).body['error']]
    },
    { on: [undefined, 'invalid_code'], off: [undefined, undefined] },
  )
})
