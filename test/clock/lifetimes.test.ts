import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { jwtPart, playing } from '../kit.js'

const double = await createServer({ providers: ['vcita', 'zettle', 'zoho-payments', 'ziina', 'zentail'] })
afterAll(() => double.close())
const vcita = playing(double, 'vcita')
const zettle = playing(double, 'zettle')
const zoho = playing(double, 'zoho-payments')

/** Any millisecond, also one that no binary fraction of a second says exactly. */
const moments = fc.integer({ min: 1_600_000_000_000, max: 4_000_000_000_000 }).map((milliseconds) => milliseconds / 1000)
const always = async (property: fc.IAsyncProperty<[number]>) => fc.assert(property, { numRuns: 25 })

it('a code for 30 seconds is taken after 29.9 seconds, and refused after 30', async () => {
  await always(
    fc.asyncProperty(moments, async (at) => {
      double.clock.freeze(at)
      const [taken, late] = [await vcita.code(), await vcita.code()]
      double.clock.advance('29.9s')
      expect((await vcita.redeem(taken)).status).toBe(200)
      double.clock.advance('100ms')
      expect((await vcita.redeem(late)).status).toBe(400)
      expect(double.journal.last('vcita', 'token')?.reason).toBe('code_expired')
    }),
  )
})

it('an access token works to the last millisecond of its lifetime, signed or not', async () => {
  await always(
    fc.asyncProperty(moments, async (at) => {
      for (const play of [zettle, zoho]) {
        double.clock.freeze(at)
        const { access, answer } = await play.connect()
        double.clock.advance(Number(answer.body['expires_in']) - 0.001)
        expect((await play.call(access)).status).toBe(200)
        double.clock.advance('1ms')
        expect((await play.call(access)).status).toBe(401)
      }
    }),
  )
})

it('an API key works to the last millisecond of its lifetime', async () => {
  await always(
    fc.asyncProperty(moments, async (at) => {
      double.clock.freeze(at)
      const { assertion, clientId } = await double.assertions.mint('zettle', { lifetime: 60 })
      const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, client_id: clientId, client_secret: undefined }
      double.clock.advance('59.999s')
      expect((await zettle.token(grant)).status).toBe(200)
      double.clock.advance('1ms')
      expect((await zettle.token(grant)).status).toBe(400)
    }),
  )
})

it('a limit of access tokens in ten minutes is over after ten minutes', async () => {
  double.quirks.set('zoho-payments/ten-access-tokens-in-ten-minutes', 1)
  await always(
    fc.asyncProperty(moments, async (at) => {
      double.clock.freeze(at)
      const { refresh } = await zoho.connect()
      expect((await zoho.refresh(refresh)).body).toHaveProperty('access_token')
      double.clock.advance('599.999s')
      expect((await zoho.refresh(refresh)).body).not.toHaveProperty('access_token')
      double.clock.advance('1ms')
      expect((await zoho.refresh(refresh)).body).toHaveProperty('access_token')
    }),
  )
  double.quirks.reset('zoho-payments/ten-access-tokens-in-ten-minutes')
})

it('what goes on the wire is whole seconds, and as far apart as the lifetime', async () => {
  await always(
    fc.asyncProperty(moments, async (at) => {
      double.clock.freeze(at)
      const { access, answer } = await zettle.connect()
      const { iat = 0, exp = 0, nbf = 0 } = jwtPart(access, 'claims') as { readonly [claim: string]: number }
      expect([iat, nbf, exp].every(Number.isInteger)).toBe(true)
      expect([iat, exp - iat, answer.body['expires_in']]).toEqual([Math.floor(at), 7200, 7200])
      expect((await vcita.connect()).answer.body['created_at']).toBe(Math.floor(at))
      const { access: other } = await playing(double, 'ziina').connect()
      expect(Object.values(jwtPart(other, 'claims')).filter((claim) => typeof claim === 'number' && !Number.isInteger(claim))).toEqual([])
    }),
  )
})

it('a clock that runs mints and redeems at any fraction of a second', async () => {
  double.clock.reset()
  for (let i = 0; i < 20; i += 1) {
    const code = await vcita.code()
    double.clock.advance('29s')
    expect((await vcita.redeem(code)).status).toBe(200)
    double.clock.advance('50ms')
  }
})

it('goes to the next expiry: what expires next has expired, and nothing that lives longer', async () => {
  await double.reset()
  double.clock.freeze(1_700_000_000.437)
  const { access } = await zettle.connect()
  const code = await vcita.code()
  expect(await double.clock.advanceTo('next-expiry')).toBe(1_700_000_030.437)
  expect((await vcita.redeem(code)).status).toBe(400)
  expect((await zettle.call(access)).status).toBe(200)
  expect(await double.clock.advanceTo('next-expiry', { provider: 'zettle', kind: 'access_token' })).toBe(1_700_007_200.437)
  expect((await zettle.call(access)).status).toBe(401)
  await expect(double.clock.advanceTo('next-expiry', { client: 'nobody' })).rejects.toThrow('nothing that fits')
  expect((await vcita.admin('/clock', { advanceTo: 1_800_000_000.5 })).body['now']).toBe(1_800_000_000.5)
})
