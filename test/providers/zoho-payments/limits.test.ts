import { describe, expect, it } from 'vitest'
import type { Player } from '../../kit.js'
import { send, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zoho-payments')
const connections = async (play: Player, count: number) => {
  const made: string[] = []
  for (let i = 0; i < count; i += 1) made.push((await play.connect()).refresh)
  return made
}
const works = async (play: Player, refresh: string | undefined) => (await play.refresh(refresh ?? '')).body['error'] ?? 'works'

describe('the limits of Zoho Payments', () => {
  it('deletes the oldest refresh token, though it is in use, when a user gets a twenty-first', async () => {
    const held = await connections(stage.play, 20)
    expect(await works(stage.play, held[0])).toBe('works')
    const next = await stage.play.connect()
    expect(next.answer.status).toBe(200)
    expect(await works(stage.play, held[0])).toBe('invalid_code')
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('refresh_token_evicted')
    expect(await works(stage.play, held[1])).toBe('works')
    expect(await works(stage.play, next.refresh)).toBe('works')
  })

  it('counts the refresh tokens of each user apart', async () => {
    const held = await connections(stage.play, 20)
    const other = await stage.play.connect({ user: '60007654321' })
    expect(await works(stage.play, held[0])).toBe('works')
    expect(await works(stage.play, other.refresh)).toBe('works')
  })

  quirkTest(
    'zoho-payments/refresh-tokens-are-counted-by-user',
    stage,
    async ({ play, double }) => {
      double.quirks.set('zoho-payments/twenty-refresh-tokens', 2)
      const [first] = await connections(play, 2)
      await double.tokens.mint('zoho-payments', { clientId: '1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO' })
      return works(play, first)
    },
    { on: 'invalid_code', off: 'works', user: 'invalid_code', client: 'works' },
  )

  quirkTest(
    'zoho-payments/evicted-token-takes-access-along',
    stage,
    async ({ play, double }) => {
      double.quirks.set('zoho-payments/twenty-refresh-tokens', 1)
      const { access } = await play.connect()
      await play.connect()
      return (await play.call(access)).status
    },
    { on: 401, off: 200 },
  )

  quirkTest(
    'zoho-payments/throttles-code-exchanges',
    stage,
    async ({ play, double }) => {
      const answers: unknown[] = []
      for (let i = 0; i < 11; i += 1) answers.push((await play.connect()).answer.body['error'] ?? 'works')
      double.clock.advance('10m')
      return [answers[9], answers[10], (await play.connect()).answer.body['error'] ?? 'works']
    },
    { on: ['works', 'Access Denied', 'works'], off: ['works', 'works', 'works'] },
  )

  quirkTest(
    'zoho-payments/throttles-refresh-tokens',
    stage,
    async ({ play, double }) => {
      double.quirks.set('zoho-payments/twenty-refresh-tokens', null)
      const answers: unknown[] = []
      for (let i = 0; i < 21; i += 1) answers.push((await play.connect()).answer.body['error'] ?? 'works')
      return answers.indexOf('Access Denied')
    },
    { on: 10, off: -1, ten: 10, twenty: 20 },
  )

  it('lets a revoked refresh token make room', async () => {
    const held = await connections(stage.play, 20)
    await send(`${stage.play.address.revokeUrl}?token=${held[5]}`, { method: 'POST' })
    await connections(stage.play, 1)
    expect(await works(stage.play, held[0])).toBe('works')
  })

  quirkTest(
    'zoho-payments/twenty-refresh-tokens',
    stage,
    async ({ play }) => {
      const [first] = await connections(play, 21)
      return works(play, first)
    },
    { on: 'invalid_code', off: 'works' },
  )

  quirkTest(
    'zoho-payments/oldest-refresh-token-goes-silently',
    stage,
    async ({ play, double }) => {
      double.quirks.set('zoho-payments/twenty-refresh-tokens', 2)
      const [first] = await connections(play, 2)
      const { answer } = await play.connect()
      return [answer.body['error'], await works(play, first)]
    },
    { on: [undefined, 'invalid_code'], off: ['Access Denied', 'works'] },
  )

  quirkTest(
    'zoho-payments/fifteen-access-tokens',
    stage,
    async ({ play, double }) => {
      const { access, refresh } = await play.connect()
      const alive: number[] = []
      for (let i = 1; i < 16; i += 1) {
        if (i % 10 === 0) double.clock.advance('10m')
        const next = text(await play.refresh(refresh), 'access_token')
        if (i >= 14) alive.push((await play.call(access)).status, (await play.call(next)).status)
      }
      return alive
    },
    {
      on: [200, 200, 401, 200],
      off: [200, 200, 200, 200],
      ten: [401, 200, 401, 200],
      fifteen: [200, 200, 401, 200],
      thirty: [200, 200, 200, 200],
    },
  )

  quirkTest(
    'zoho-payments/ten-access-tokens-in-ten-minutes',
    stage,
    async ({ play, double }) => {
      const { refresh } = await play.connect()
      const answers: unknown[] = []
      for (let i = 0; i < 10; i += 1) answers.push(await works(play, refresh))
      double.clock.advance('9m')
      answers.push(await works(play, refresh))
      double.clock.advance('1m')
      return [new Set(answers.slice(0, 10)).size, answers[10], await works(play, refresh)]
    },
    { on: [1, 'Access Denied', 'works'], off: [1, 'works', 'works'] },
  )

  quirkTest(
    'zoho-payments/throttle-body-is-localised',
    stage,
    async ({ play, double }) => {
      double.quirks.set('zoho-payments/ten-access-tokens-in-ten-minutes', 1)
      const { refresh } = await play.connect()
      await play.refresh(refresh)
      return Object.values((await play.refresh(refresh)).body)
    },
    {
      on: ['您已连续提出过多请求，请稍后再试。', '拒绝访问', 'failure'],
      off: ['You have made too many requests continuously. Please try again after some time.', 'Access Denied', 'failure'],
    },
  )

  quirkTest(
    'zoho-payments/throttle-answers-400',
    stage,
    async ({ play, double }) => {
      double.quirks.set('zoho-payments/ten-access-tokens-in-ten-minutes', 1)
      const { refresh } = await play.connect()
      await play.refresh(refresh)
      const { status, body } = await play.refresh(refresh)
      return [status, body]
    },
    (() => {
      const body = {
        error_description: 'You have made too many requests continuously. Please try again after some time.',
        error: 'Access Denied',
        status: 'failure',
      }
      return { on: [400, body], off: [429, body], '200': [200, body] }
    })(),
  )
})
