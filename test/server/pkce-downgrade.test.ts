import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { serving } from '../kit.js'

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = createHash('sha256').update(verifier).digest('base64url')

describe.each(['ziina', 'zettle', 'vcita'] as const)('PKCE at %s', (id) => {
  const stage = serving(id)
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }

  it('a code that was asked for with a challenge is not given for its secret alone', async () => {
    const answer = await stage.play.redeem(await stage.play.code(pkce))
    expect([answer.status, answer.body['access_token']]).toEqual([400, undefined])
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('verifier_missing')
  })

  it(`a verifier for a code that was asked for without a challenge is ${id === 'vcita' ? 'not looked at' : 'refused'}`, async () => {
    const answer = await stage.play.redeem(await stage.play.code(), { code_verifier: verifier })
    expect([answer.status, answer.body['error']]).toEqual(id === 'vcita' ? [200, undefined] : [400, 'invalid_grant'])
  })

  it('the challenge itself is no verifier, and one that is too short fits nothing', async () => {
    const short = { code_challenge: createHash('sha256').update('short').digest('base64url'), code_challenge_method: 'S256' }
    for (const [asked, code_verifier] of [
      [pkce, challenge],
      [short, 'short'],
    ] as const)
      expect((await stage.play.redeem(await stage.play.code(asked), { code_verifier })).body['error']).toBe('invalid_grant')
  })

  it('a malformed challenge and an unknown method get no code', async () => {
    for (const wrong of [
      { ...pkce, code_challenge: 'short' },
      { ...pkce, code_challenge_method: 'S512' },
      { code_challenge_method: 'S256' },
    ]) {
      const { params } = await stage.play.authorize(wrong)
      expect(params['code']).toBeUndefined()
    }
    expect((await stage.play.authorize(pkce)).params['code']).toBeTypeOf('string')
  })
})
