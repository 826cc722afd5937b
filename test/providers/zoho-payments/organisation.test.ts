import { describe, expect, it } from 'vitest'
import { form, landing, query, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments', { quirks: { 'zoho-payments/has-organisation-flow': true } })
const organisation = { client_id: '1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO', client_secret: '0c12a3c5d7e9b1f2a4c6e8d0b2f4a6c8e0d2b40c12' }
const redirect_uri = 'https://example.com/callback'
const ask = async (fields: { [name: string]: string | undefined } = {}) =>
  landing(
    await send(
      `${stage.play.url}/oauth/v2/org/auth?${query({
        response_type: 'code',
        client_id: organisation.client_id,
        scope: 'ZohoPay.payments.CREATE,ZohoPay.payments.READ',
        soid: 'zohopay.23137556',
        state: 'abc',
        access_type: 'offline',
        redirect_uri,
        ...fields,
      })}`,
    ),
  )

describe('the organisation flow of Zoho Payments', () => {
  it('redirects with code, state, location and the accounts server, and the code is exchanged there', async () => {
    const { status, at, params } = await ask()
    expect([status, at]).toEqual([302, redirect_uri])
    expect(params).toEqual({
      code: expect.stringMatching(/^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/),
      state: 'abc',
      location: 'in',
      'accounts-server': stage.play.url,
    })
    const answer = await form(`${params['accounts-server']}/oauth/v2/token`, {
      grant_type: 'authorization_code',
      code: params['code'] ?? '',
      redirect_uri,
      ...organisation,
    })
    expect(answer.body['scope']).toBe('ZohoPay.payments.CREATE ZohoPay.payments.READ')
  })

  it("names the user's data centre, by its real name where it was asked under one", async () => {
    const asked = {
      response_type: 'code',
      client_id: organisation.client_id,
      scope: 'ZohoPay.payments.READ',
      soid: 'zohopay.1',
      redirect_uri,
    }
    const home = async (base: string, headers = {}) => {
      const { params } = landing(await send(`${base}/oauth/v2/org/auth?${query(asked)}`, { headers }))
      return [params['location'], params['accounts-server']]
    }
    const host = { host: 'accounts.zoho.com' }
    expect(await home(stage.play.url)).toEqual(['in', stage.play.url])
    expect(await home(stage.double.url(), host)).toEqual(['in', 'https://accounts.zoho.in'])
    await stage.double.users.add('zoho-payments', { id: 'carol', profile: { account_id: '1', location: 'us' } })
    stage.double.approvals.as('carol')
    expect(await home(stage.play.url)).toEqual(['us', stage.play.url])
    expect(await home(stage.double.url(), host)).toEqual(['us', 'https://accounts.zoho.com'])
  })

  const redeemed = async (fields: Parameters<typeof ask>[0]) => {
    const { params } = await ask(fields)
    const { body } = await stage.play.redeem(params['code'] ?? '', { ...organisation, redirect_uri })
    return ['access_token', 'refresh_token'].filter((member) => member in body)
  }

  quirkTest(
    'zoho-payments/refresh-token-comes-once',
    stage,
    async () => [await redeemed({}), await redeemed({}), await redeemed({ prompt: 'consent' })],
    {
      on: [['access_token', 'refresh_token'], ['access_token'], ['access_token', 'refresh_token']],
      off: [
        ['access_token', 'refresh_token'],
        ['access_token', 'refresh_token'],
        ['access_token', 'refresh_token'],
      ],
    },
  )

  it('gives another refresh token when the one before was revoked', async () => {
    const { params } = await ask()
    const { body } = await stage.play.redeem(params['code'] ?? '', { ...organisation, redirect_uri })
    expect((await form(`${stage.play.url}/oauth/v2/token/revoke`, { token: String(body['refresh_token']) })).status).toBe(200)
    expect(await redeemed({})).toEqual(['access_token', 'refresh_token'])
  })

  quirkTest(
    'zoho-payments/refresh-token-only-for-offline-access',
    stage,
    async () => [await redeemed({ access_type: 'online' }), await redeemed({ access_type: undefined }), await redeemed({})],
    {
      on: [['access_token'], ['access_token'], ['access_token', 'refresh_token']],
      off: [['access_token', 'refresh_token'], ['access_token'], ['access_token']],
    },
  )

  it('gives codes for one minute', async () => {
    const [first, second] = [await ask(), await ask()]
    stage.double.clock.advance(59)
    expect((await stage.play.redeem(first.params['code'] ?? '', { ...organisation, redirect_uri })).body['error']).toBeUndefined()
    stage.double.clock.advance(1)
    expect((await stage.play.redeem(second.params['code'] ?? '', { ...organisation, redirect_uri })).body).toEqual({
      error: 'invalid_code',
    })
  })

  it('asks for the redirect URI of the authorization again', async () => {
    const { params } = await ask()
    const answer = await stage.play.redeem(params['code'] ?? '', organisation)
    expect([answer.status, answer.body]).toEqual([200, { error: 'invalid_redirect_uri' }])
  })

  it('refuses a request without soid, or with the soid of another product', async () => {
    for (const soid of [undefined, 'zohocrm.1']) {
      const { at, params } = await ask({ soid })
      expect([at, params['code'], params['error']]).toEqual([redirect_uri, undefined, 'invalid_request'])
    }
  })

  it('shows a page for an unknown client and for a redirect URI that is not registered', async () => {
    const client = await ask({ client_id: '1005.NOBODY' })
    expect([client.at, client.text.includes('Invalid Client')]).toEqual(['', true])
    const uri = await ask({ redirect_uri: 'https://example.com/callback/' })
    expect([uri.at, uri.text.includes('Invalid Redirect Uri')]).toEqual(['', true])
  })
})

const plain = serving('zoho-payments')

quirkTest('zoho-payments/has-organisation-flow', plain, async () => (await send(`${plain.play.url}/oauth/v2/org/auth`)).status, {
  on: 400,
  off: 404,
})
