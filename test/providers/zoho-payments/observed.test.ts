import { describe, expect, it } from 'vitest'
import { refuse } from '../../../src/index.js'
import { form, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments')

describe('what was seen of Zoho and is not in its text', () => {
  quirkTest('zoho-payments/expires-in-milliseconds', stage, async ({ play }) => (await play.connect()).answer.body['expires_in'], {
    on: 3_600_000,
    off: 3600,
  })

  quirkTest('zoho-payments/expires-in-sec', stage, async ({ play }) => (await play.connect()).answer.body['expires_in_sec'], {
    on: 3600,
    off: undefined,
  })

  quirkTest(
    'zoho-payments/general-error',
    stage,
    async ({ play, double }) => {
      double.faults.next('zoho-payments', 'token', refuse('server_error'))
      const { status, body } = await play.redeem('x')
      return [status, body['error'] ?? body['code']]
    },
    { on: [200, 'general_error'], off: [500, 'error'] },
  )

  quirkTest(
    'zoho-payments/revocation-names-the-type',
    stage,
    async ({ play }) => {
      const revoke = async (type: string) => {
        const { refresh } = await play.connect()
        return (await send(`${play.address.revokeUrl}?token=${refresh}${type}`, { method: 'POST' })).status
      }
      return [await revoke(''), await revoke('&token_type=access_token'), await revoke('&token_type=refresh_token')]
    },
    { on: [400, 400, 200], off: [200, 200, 200] },
  )
})

describe('the API of Zoho Payments, scope by scope', () => {
  it.each([
    ['payments.READ', 'GET', 'payments'],
    ['payments.CREATE', 'POST', 'payments'],
    ['payments.UPDATE', 'PUT', 'payments'],
    ['refunds.READ', 'GET', 'refunds'],
    ['refunds.CREATE', 'POST', 'refunds'],
  ])('ZohoPay.%s opens %s %s', async (scope, method, path) => {
    const { access } = await stage.play.connect({ scope: `ZohoPay.${scope}` })
    const call = async (how: string, where: string) =>
      (
        await send(`${stage.play.url}/api/v1/${where}?account_id=23137556`, {
          method: how,
          headers: { authorization: `Zoho-oauthtoken ${access}` },
        })
      ).status
    expect(await call(method, path)).toBe(200)
    expect(await call(method === 'GET' ? 'POST' : 'GET', path)).toBe(404)
  })

  it('every error of the API has a code and a message', async () => {
    const { access } = await stage.play.connect()
    const authorization = `Zoho-oauthtoken ${access}`
    const url = `${stage.play.url}/api/v1/payments`
    const answers = [
      await send(url),
      await send(url, { headers: { authorization } }),
      await send(`${url}?account_id=9`, { headers: { authorization } }),
      await send(`${url}?account_id=1&account_id=2`, { headers: { authorization } }),
      await send(url, { method: 'DELETE', headers: { authorization } }),
      await send(`${url}?%ZZ`, { headers: { authorization } }),
    ]
    for (const reason of ['server_error', 'unavailable', 'rate_limited'] as const) {
      stage.double.faults.next('zoho-payments', 'resource', refuse(reason))
      answers.push(await send(url))
    }
    for (const { status, body } of answers)
      expect([status >= 400, body]).toEqual([true, { code: expect.any(String), message: expect.any(String) }])
  })
})

describe('Generate Code', () => {
  const generate = (fields: { readonly [name: string]: string | undefined }) =>
    form(`${stage.play.url}/developerconsole`, { client_id: stage.play.address.clientId, duration: '180', ...fields })

  it('takes scopes with commas between them, and needs one', async () => {
    expect((await generate({ scope: 'ZohoPay.payments.READ,ZohoPay.refunds.READ' })).status).toBe(200)
    for (const scope of ['ZohoPay.payments.READ ZohoPay.refunds.READ', '', undefined]) expect((await generate({ scope })).status).toBe(400)
  })

  it('takes the durations that it offers, and only them', async () => {
    const scope = 'ZohoPay.payments.READ'
    for (const duration of ['180', '300', '420', '600']) expect((await generate({ scope, duration })).status).toBe(200)
    for (const duration of ['181', '0', '86400', 'long']) expect((await generate({ scope, duration })).status).toBe(400)
  })

  it('is for self clients', async () => {
    const page = await send(`${stage.play.url}/developerconsole`)
    expect(page.text).not.toContain('1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO')
    expect((await generate({ scope: 'ZohoPay.payments.READ', client_id: '1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO' })).status).toBe(400)
  })
})
