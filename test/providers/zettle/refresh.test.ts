import { describe, expect, it } from 'vitest'
import { serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zettle')

describe('refreshing at Zettle', () => {
  it('answers in the format of the first reply', async () => {
    const answer = await stage.play.refresh((await stage.play.connect()).refresh)
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toEqual(['access_token', 'expires_in', 'refresh_token'])
    expect((await stage.play.call(text(answer, 'access_token'))).status).toBe(200)
  })

  it('refuses a refresh token that was rotated out, and goes on with its successor', async () => {
    const { refresh } = await stage.play.connect()
    const next = text(await stage.play.refresh(refresh), 'refresh_token')
    const refused = await stage.play.refresh(refresh)
    expect(refused.status).toBe(400)
    expect(refused.body).toEqual({ error: 'invalid_grant', error_description: 'invalid refresh_token' })
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('refresh_token_rotated')
    expect((await stage.play.refresh(next)).status).toBe(200)
  })

  it('refuses a refresh token that nobody was given, in the same words', async () => {
    const refused = await stage.play.refresh('IZSEC00000000-0000-4000-8000-000000000000')
    expect([refused.status, refused.body]).toEqual([400, { error: 'invalid_grant', error_description: 'invalid refresh_token' }])
  })

  it('refuses a refresh token after 180 days', async () => {
    const { refresh } = await stage.play.connect()
    stage.double.clock.advance('180d')
    expect((await stage.play.refresh(refresh)).body['error_description']).toBe('invalid refresh_token')
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('refresh_token_expired')
  })

  quirkTest(
    'zettle/may-rotate-at-any-time',
    stage,
    async ({ play }) => {
      const changed: boolean[] = []
      let { refresh } = await play.connect()
      for (let i = 0; i < 4; i += 1) {
        const next = text(await play.refresh(refresh), 'refresh_token')
        changed.push(next !== refresh)
        refresh = next
      }
      return changed
    },
    {
      on: [true, true, true, true],
      off: [false, false, false, false],
      always: [true, true, true, true],
      same: [false, false, false, false],
      sometimes: [false, true, false, true],
    },
  )

  quirkTest(
    'zettle/new-refresh-token-ends-all-before',
    stage,
    async ({ play, double }) => {
      const [first, second] = [await play.connect(), await play.connect()]
      const next = text(await play.refresh(second.refresh), 'refresh_token')
      const seen = [(await play.refresh(first.refresh)).status, (await play.refresh(next)).status]
      const rotated = (await double.tokens.list({ kind: 'refresh_token', value: first.refresh })).map(({ state }) => state)
      return [...seen, ...rotated, (await play.refresh((await play.connect()).refresh)).status]
    },
    {
      on: [400, 200, 'rotated', 200],
      off: [200, 200, 'rotated', 200],
      every: [400, 200, 'rotated', 200],
      presented: [200, 200, 'rotated', 200],
    },
  )

  quirkTest(
    'zettle/refresh-token-without-prefix',
    stage,
    async ({ play }) => {
      const { refresh } = await play.connect()
      const bare = await play.refresh(refresh.replace('IZSEC', ''))
      return [bare.status, (await play.refresh(String(bare.body['refresh_token'] ?? refresh))).status]
    },
    { on: [200, 200], off: [400, 200] },
  )

  quirkTest(
    'zettle/bad-refresh-token-is-invalid-request',
    stage,
    async ({ play }) => {
      const { refresh } = await play.connect()
      await play.refresh(refresh)
      return (await play.refresh(refresh)).body['error']
    },
    { on: 'invalid_request', off: 'invalid_grant' },
  )
})
