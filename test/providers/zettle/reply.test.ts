import { describe, expect, it } from 'vitest'
import { jwtPart, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zettle')

describe('the token reply of Zettle', () => {
  it('has exactly access_token, expires_in and refresh_token', async () => {
    const { answer } = await stage.play.connect()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(Object.keys(answer.body)).toEqual(['access_token', 'expires_in', 'refresh_token'])
    expect(answer.body['expires_in']).toBe(7200)
    expect(answer.body['refresh_token']).toMatch(/^IZSEC[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('carries an RS256 JWT with a kid of 13 digits and the claims of the sample in their order, and no other', async () => {
    stage.double.clock.freeze(1_444_823_525)
    const token = (await stage.play.connect({ scope: 'READ:FINANCE READ:PURCHASE' })).access
    expect(jwtPart(token, 'header')).toEqual({ kid: expect.stringMatching(/^\d{13}$/), typ: 'JWT', alg: 'RS256' })
    expect(Object.keys(jwtPart(token, 'claims'))).toEqual(['iss', 'aud', 'exp', 'jti', 'iat', 'nbf', 'sub', 'scope'])
    expect(jwtPart(token, 'claims')).toEqual({
      iss: 'iZettle',
      aud: 'API',
      iat: 1_444_823_525,
      nbf: 1_444_823_405,
      exp: 1_444_830_725,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      // The UUID of the user in 22 characters.
      sub: '3jBdVHW0QxutsutrnlRgFA',
      scope: 'READ:FINANCE READ:PURCHASE',
    })
  })

  quirkTest('zettle/client-in-claims', stage, async ({ play }) => jwtPart((await play.connect()).access, 'claims')['client_id'], {
    on: 'c55de605-48b6-42ef-b69e-cd9d14ded15a',
    off: undefined,
  })

  quirkTest('zettle/user-in-claims', stage, async ({ play }) => jwtPart((await play.connect()).access, 'claims')['user'], {
    on: {
      userType: 'USER',
      uuid: 'de305d54-75b4-431b-adb2-eb6b9e546014',
      orgUuid: 'ab305d54-75b4-431b-adb2-eb6b9e546013',
      userRole: 'OWNER',
    },
    off: undefined,
  })

  quirkTest('zettle/no-token-type', stage, async ({ play }) => (await play.connect()).answer.body['token_type'], {
    on: undefined,
    off: 'Bearer',
  })

  quirkTest('zettle/no-scope-in-reply', stage, async ({ play }) => (await play.connect({ scope: 'READ:FINANCE' })).answer.body['scope'], {
    on: undefined,
    off: 'READ:FINANCE',
  })

  quirkTest(
    'zettle/scope-claim-is-an-array',
    stage,
    async ({ play }) => jwtPart((await play.connect({ scope: 'READ:FINANCE READ:PURCHASE' })).access, 'claims')['scope'],
    { on: ['READ:FINANCE', 'READ:PURCHASE'], off: 'READ:FINANCE READ:PURCHASE' },
  )

  quirkTest(
    'zettle/access-lives-two-hours',
    stage,
    async ({ play, double }) => {
      double.clock.freeze(1_700_000_000)
      const { answer } = await play.connect()
      double.clock.advance(3600)
      const late = (await play.call(text(answer, 'access_token'))).status
      double.clock.advance(3600)
      const { exp } = jwtPart(text(answer, 'access_token'), 'claims')
      return [answer.body['expires_in'], exp, late, (await play.call(text(answer, 'access_token'))).status]
    },
    {
      on: [7200, 1_700_007_200, 200, 401],
      off: [3600, 1_700_003_600, 401, 401],
      'as-printed': [1800, 1_700_001_800, 401, 401],
    },
  )
})
