import { afterAll, beforeEach, expect, it } from 'vitest'
import { createServer, lose, reset } from '../../src/index.js'
import { exchange, post } from './wire.js'

const double = await createServer({ providers: ['zettle'] })
beforeEach(() => double.reset())
afterAll(() => double.close())
const { tokenUrl, clientId, clientSecret = '' } = double.provider('zettle')

const refreshing = (refreshToken: string) => ({
  grant_type: 'refresh_token',
  refresh_token: refreshToken,
  client_id: clientId,
  client_secret: clientSecret,
})
const post_ = (form: { readonly [name: string]: string }) => fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })

it('a lost reply: the refresh token was rotated, the client never hears of it', async () => {
  double.quirks.set('zettle/may-rotate-at-any-time', 'always')
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  double.faults.next('zettle', 'token', lose())

  const arrived = await exchange(tokenUrl, post(tokenUrl, refreshing(refreshToken)))

  expect(arrived).toMatchObject({ text: '', end: 'closed' })
  expect(double.journal.last('zettle', 'token')).toMatchObject({
    outcome: 'answered',
    fault: { kind: 'lose' },
    response: { complete: false },
    issued: [{ kind: 'access_token' }, { kind: 'refresh_token' }],
  })
  expect(double.journal.last('zettle', 'token')?.response.status).toBeUndefined()
  const again = await post_(refreshing(refreshToken))
  expect(again.status).toBe(400)
  expect(double.journal.last('zettle', 'token')).toMatchObject({ outcome: 'refused', reason: 'refresh_token_rotated' })
})

it('a reset: the connection is torn down by TCP before anything is decided, and the next request is answered', async () => {
  double.quirks.set('zettle/may-rotate-at-any-time', 'always')
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  double.faults.next('zettle', 'token', reset())

  expect(await exchange(tokenUrl, post(tokenUrl, refreshing(refreshToken)))).toMatchObject({ text: '', end: 'reset' })

  expect(double.journal.last('zettle', 'token')).toMatchObject({ outcome: 'faulted', fault: { kind: 'reset' } })
  expect((await post_(refreshing(refreshToken))).status).toBe(200)
  expect(double.faults.list()).toEqual([])
})
