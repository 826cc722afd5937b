import { describe, expect, it } from 'vitest'
import { send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zentail')

describe('the API of Zentail', () => {
  it('GET /v1/salesOrder takes the bare token and no scheme', async () => {
    const { access } = await stage.play.connect()
    const bare = await send(`${stage.play.url}/v1/salesOrder?status=PENDING`, { headers: { AUTHORIZATION: access } })
    expect([bare.status, bare.body]).toEqual([200, { results: [] }])
    for (const scheme of ['Bearer ', 'bearer ', 'Basic ']) expect((await stage.play.call(access, scheme)).status).toBe(401)
    expect((await send(`${stage.play.url}/v1/salesOrder`)).status).toBe(401)
  })

  it('the code is not a token', async () => {
    const code = await stage.play.code()
    expect((await stage.play.call(code)).status).toBe(401)
    expect(stage.double.journal.last({ operation: 'resource' })?.reason).toBe('token_is_a_code')
  })

  it('a token belongs to one customer account', async () => {
    const [first, second] = [await stage.play.connect(), await stage.play.connect({ user: 'customer-2' })]
    const nameOf = async (authorization: string) =>
      ((await send(`${stage.play.url}/v1/warehouses`, { headers: { authorization } })).body['results'] as { name: string }[])[0]?.name
    expect([await nameOf(first.access), await nameOf(second.access)]).toEqual(['Acme Outfitters', 'Globex Goods'])
  })

  quirkTest(
    'zentail/bare-token',
    stage,
    async ({ play }) => {
      const { access } = await play.connect()
      return [(await play.call(access)).status, (await play.call(access, 'Bearer ')).status]
    },
    { on: [200, 401], off: [401, 200] },
  )

  quirkTest(
    'zentail/also-takes-bearer',
    stage,
    async ({ play }) => {
      const { access } = await play.connect()
      return [(await play.call(access)).status, (await play.call(access, 'Bearer ')).status]
    },
    { on: [200, 200], off: [200, 401] },
  )
})
