import { describe, expect, it } from 'vitest'
import { send, serving } from '../kit.js'

const stage = serving('vcita')
const [first, second] = ['b1c2d3e4f5a60718', 'c1c2d3e4f5a60719']

/** Who approves when nobody is named: the owner of what a token made by the flow reaches. */
const approver = async (): Promise<unknown> => {
  const { access } = await stage.play.connect()
  const { body } = await send(stage.play.address.userinfoUrl ?? '', { headers: { authorization: `Bearer ${access}` } })
  return body['sub']
}
const remove = async (id: string): Promise<void> => {
  expect((await stage.play.admin(`/users/${id}?provider=vcita`, undefined, 'DELETE')).status).toBe(204)
}

describe('When nobody is named, the one who approves', () => {
  it('is the first user who is still there', async () => {
    expect(await approver()).toBe(first)
    await remove(first)
    expect(await approver()).toBe(second)
    const { code } = await stage.double.codes.mint('vcita')
    expect((await stage.play.redeem(code)).status).toBe(200)
  })

  it('is the first newcomer when those of the demonstration have gone', async () => {
    for (const id of [first, second]) await remove(id)
    for (const id of ['anna', 'boris']) {
      const profile = { business_uid: `business of ${id}` }
      expect((await stage.play.admin('/users', { provider: 'vcita', id, profile })).status).toBe(201)
    }
    expect(await approver()).toBe('anna')
    await remove('anna')
    expect(await approver()).toBe('boris')
  })

  it('is nobody once everybody has gone: a log-in is required', async () => {
    for (const id of [first, second]) await remove(id)
    expect((await stage.play.authorize()).status).toBe(400)
    expect(stage.double.journal.last('vcita', 'authorize')?.reason).toBe('login_required')
  })
})
