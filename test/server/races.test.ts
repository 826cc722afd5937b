import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double, ProviderId } from '../../src/index.js'
import { createServer, providers } from '../../src/index.js'
import type { Answer } from '../kit.js'
import { playing, text } from '../kit.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ host: '127.0.0.1' })
})
afterAll(() => double.close())

const fifty = <T>(make: () => Promise<T>): Promise<readonly T[]> => Promise.all(Array.from({ length: 50 }, make))
const good = (answers: readonly Answer[]): readonly Answer[] => answers.filter(({ body }) => typeof body['access_token'] === 'string')

describe('many requests at once', () => {
  it.each(providers.map(({ id }) => id))('fifty simultaneous redemptions of one code of %s give exactly one success', async (id) => {
    const play = playing(double, id)
    const code = await play.code()
    const answers = await fifty(() => play.redeem(code))
    expect(good(answers)).toHaveLength(1)
    expect(new Set(answers.map(({ text: body }) => body)).size).toBe(2)
    expect(double.journal.entries({ provider: id, reason: 'code_used' })).toHaveLength(49)
  })

  it.each([
    ['zettle', 'may-rotate-at-any-time', {}],
    ['ziina', 'rotates-late', { scope: 'read_account offline_access', prompt: 'consent' }],
  ] as const)('fifty simultaneous refreshes with one rotating refresh token of %s give exactly one success', async (id, quirk, options) => {
    double.quirks.set(`${id}/${quirk}`, 'always')
    const play = playing(double, id as ProviderId)
    const { refresh } = await play.connect(options)
    const answers = await fifty(() => play.refresh(refresh))
    expect(good(answers)).toHaveLength(1)
    expect(text(good(answers)[0] as Answer, 'refresh_token')).not.toBe(refresh)
  })

  it('fifty simultaneous refreshes at Zoho Payments give ten access tokens and forty refusals', async () => {
    const play = playing(double, 'zoho-payments')
    const { refresh } = await play.connect()
    const answers = await fifty(() => play.refresh(refresh))
    expect(good(answers)).toHaveLength(10)
    expect(new Set(good(answers).map((answer) => text(answer, 'access_token'))).size).toBe(10)
  })

  it('thirty simultaneous exchanges at Zoho Payments leave twenty refresh tokens', async () => {
    const play = playing(double, 'zoho-payments')
    const codes: string[] = []
    for (let i = 0; i < 30; i += 1) codes.push(await play.code({ user: '60007654321' }))
    const tokens = (await Promise.all(codes.map((code) => play.redeem(code)))).map((answer) => text(answer, 'refresh_token'))
    const alive = good(await Promise.all(tokens.map((token) => play.refresh(token))))
    expect(alive).toHaveLength(20)
  })
})
