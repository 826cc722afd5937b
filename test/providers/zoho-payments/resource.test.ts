import { describe, expect, it } from 'vitest'
import { send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments')
const unauthorized = { code: 'error', message: 'Unauthorized (Invalid AuthToken)' }

describe('the API of Zoho Payments', () => {
  it('answers a call with Zoho-oauthtoken and account_id, with a number as its code', async () => {
    const answer = await stage.play.call((await stage.play.connect()).access)
    expect([answer.status, answer.body['code']]).toEqual([200, 0])
  })

  it('refuses Bearer, the bare token and a token in the query', async () => {
    const { access } = await stage.play.connect()
    for (const scheme of ['Bearer ', '']) {
      const answer = await stage.play.call(access, scheme)
      expect([answer.status, answer.body]).toEqual([401, unauthorized])
    }
    const url = stage.play.address.resourceUrl ?? ''
    for (const name of ['access_token', 'authtoken']) expect((await send(`${url}&${name}=${access}`)).status).toBe(401)
  })

  it('asks for account_id', async () => {
    const { access } = await stage.play.connect()
    const answer = await send(`${stage.play.url}/api/v1/payments`, { headers: { authorization: `Zoho-oauthtoken ${access}` } })
    expect([answer.status, answer.body]).toEqual([400, { code: 'invalid_request', message: 'Missing parameter account_id' }])
  })

  it('answers 404 for the account of somebody else', async () => {
    const { access } = await stage.play.connect()
    const url = `${stage.play.url}/api/v1/payments?account_id=`
    const headers = { authorization: `Zoho-oauthtoken ${access}` }
    expect((await send(`${url}23137556`, { headers })).status).toBe(200)
    const answer = await send(`${url}23137557`, { headers })
    expect([answer.status, answer.body]).toEqual([404, { code: 'error', message: 'Not Authorised' }])
  })

  it('answers a token without the scope as it answers a wrong account', async () => {
    const { access } = await stage.play.connect({ scope: 'ZohoPay.refunds.READ' })
    expect((await stage.play.call(access)).body).toEqual({ code: 'error', message: 'Not Authorised' })
    const answer = await send(stage.play.address.resourceUrl ?? '', {
      method: 'PUT',
      headers: { authorization: `Zoho-oauthtoken ${access}` },
    })
    expect([answer.status, answer.body]).toEqual([404, { code: 'error', message: 'Not Authorised' }])
  })

  quirkTest(
    'zoho-payments/zoho-oauthtoken-scheme',
    stage,
    async ({ play }) => {
      const { access } = await play.connect()
      return [(await play.call(access)).status, (await play.call(access, 'Bearer ')).status]
    },
    { on: [200, 401], off: [401, 200] },
  )

  quirkTest(
    'zoho-payments/also-takes-bearer',
    stage,
    async ({ play }) => (await play.call((await play.connect()).access, 'Bearer ')).status,
    {
      on: 200,
      off: 401,
    },
  )

  quirkTest(
    'zoho-payments/bad-token-body',
    stage,
    async ({ play }) => {
      const { status, body } = await play.call('1000.x.y')
      return [status, body]
    },
    {
      on: [401, unauthorized],
      off: [401, { error: 'invalid_token' }],
      crm: [401, { code: 'INVALID_TOKEN', details: {}, message: 'invalid oauth token', status: 'error' }],
      books: [401, { code: 57, message: 'You are not authorized to perform this operation' }],
    },
  )
})
