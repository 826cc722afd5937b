import { describe, expect, it } from 'vitest'
import { authdouble } from './command.js'

describe('authdouble providers', () => {
  it('lists the providers', async () => {
    const { code, stdout } = await authdouble(['providers']).ended
    expect(code).toBe(0)
    for (const id of ['plain', 'ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita']) expect(stdout).toMatch(new RegExp(`^${id} `, 'm'))
  })

  it('shows endpoints and quirks of one, with grade and source', async () => {
    const { stdout } = await authdouble(['providers', 'vcita']).ended
    expect(stdout).toMatch(/token +POST +\/oauth\/token +api\.vcita\.biz/)
    expect(stdout).toMatch(/on {2}code-lifetime\n.*30 seconds\n.*here 30, at a plain server 600 \[documented: /)
    expect(stdout).toMatch(/off also-takes-basic/)
  })

  it('says the same as JSON', async () => {
    const { stdout } = await authdouble(['providers', 'zoho-payments', '--json']).ended
    const said = JSON.parse(stdout) as { quirks: { name: string; here: unknown }[] }
    expect(said.quirks).toContainEqual(
      expect.objectContaining({ name: 'refresh-token-limit', here: 20, otherwise: null, grade: 'documented', on: true }),
    )
  })

  it('knows no other', async () => {
    expect(await authdouble(['providers', 'acme']).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('acme') })
    expect(await authdouble(['no-such-command']).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('no-such-command') })
  })
})
