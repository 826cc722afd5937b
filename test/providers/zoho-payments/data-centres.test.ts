import { describe, expect, it } from 'vitest'
import { landing, query, send, serving } from '../../kit.js'

const stage = serving('zoho-payments', { quirks: { 'zoho-payments/has-organisation-flow': true } })
const organisation = { client_id: '1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO', client_secret: '0c12a3c5d7e9b1f2a4c6e8d0b2f4a6c8e0d2b40c12' }
const redirect_uri = 'https://example.com/callback'

const tokenAt = (host: string, fields: { readonly [name: string]: string | undefined }) =>
  send(`${stage.double.url()}/oauth/v2/token?${query(fields)}`, { method: 'POST', headers: { host } })

describe('the data centres of Zoho', () => {
  it('a client that is registered at one of them is a stranger at the other', async () => {
    for (const [home, foreign] of [
      ['accounts.zoho.eu', 'accounts.zoho.in'],
      ['accounts.zoho.in', 'accounts.zoho.eu'],
    ] as const) {
      const answer = await stage.play.admin('/clients', { provider: 'zoho-payments', host: home })
      expect([answer.status, answer.body['host']]).toEqual([201, home])
      const { clientId, clientSecret } = answer.body as { readonly [member: string]: string }
      const credentials = { client_id: clientId, client_secret: clientSecret, grant_type: 'authorization_code' }
      const code = async () => (await stage.double.codes.mint('zoho-payments', { clientId })).code
      expect((await tokenAt(foreign, { ...credentials, code: await code() })).body).toEqual({ error: 'invalid_client' })
      expect((await tokenAt(home, { ...credentials, code: await code() })).body).toHaveProperty('access_token')
    }
  })

  it('a host without a token endpoint is no home for a client', async () => {
    const answer = await stage.play.admin('/clients', { provider: 'zoho-payments', host: 'payments.zoho.in' })
    expect(answer).toMatchObject({ status: 400, body: { field: 'host' } })
  })

  it('each host serves what it has', async () => {
    const at = async (host: string, path: string) => {
      await send(`${stage.double.url()}${path}`, { method: path.startsWith('/oauth') ? 'POST' : 'GET', headers: { host } })
      return stage.double.journal.last()?.outcome !== 'unknown'
    }
    expect(await at('accounts.zoho.in', '/oauth/v2/token')).toBe(true)
    expect(await at('payments.zoho.in', '/api/v1/payments')).toBe(true)
    expect(await at('payments.zoho.in', '/oauth/v2/token')).toBe(false)
    expect(await at('accounts.zoho.in', '/api/v1/payments')).toBe(false)
  })

  it('the exchange goes to the accounts server that the redirect named, and the API domain is that of the user', async () => {
    await stage.double.users.add('zoho-payments', { id: 'erika', profile: { account_id: '1', location: 'eu' } })
    stage.double.approvals.as('erika')
    const authorized = async () => {
      const asked = {
        response_type: 'code',
        client_id: organisation.client_id,
        scope: 'ZohoPay.payments.READ',
        soid: 'zohopay.1',
        redirect_uri,
      }
      const url = `${stage.double.url()}/oauth/v2/org/auth?${query({ ...asked, access_type: 'offline', prompt: 'consent' })}`
      return landing(await send(url, { headers: { host: 'accounts.zoho.in' } })).params
    }
    const grant = { grant_type: 'authorization_code', redirect_uri, ...organisation }
    const named = await authorized()
    expect([named['location'], named['accounts-server']]).toEqual(['eu', 'https://accounts.zoho.eu'])
    const { body } = await tokenAt('accounts.zoho.eu', { ...grant, code: named['code'] })
    expect(body['api_domain']).toBe('https://www.zohoapis.eu')
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']), ...organisation }
    expect((await tokenAt('accounts.zoho.eu', refresh)).body['api_domain']).toBe('https://www.zohoapis.eu')
    expect((await tokenAt('accounts.zoho.in', refresh)).body).toEqual({ error: 'invalid_client' })
    const other = await authorized()
    expect((await tokenAt('accounts.zoho.in', { ...grant, code: other['code'] })).body).toEqual({ error: 'invalid_client' })
  })

  it('a code of the organisation flow that is made without a browser carries both, and lives a minute', async () => {
    stage.double.clock.freeze(1_700_000_000.25)
    const made = await stage.double.codes.mint('zoho-payments', { clientId: organisation.client_id, state: 's' })
    expect(made.expiresAt).toBe(1_700_000_060.25)
    expect(Object.fromEntries(new URL(made.url ?? '').searchParams)).toEqual({
      code: made.code,
      state: 's',
      location: 'in',
      'accounts-server': stage.play.url,
    })
    expect((await stage.double.codes.mint('zoho-payments')).expiresAt).toBe(1_700_000_180.25)
  })
})
