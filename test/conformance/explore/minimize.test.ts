import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../src/conformance/explore/minimize.js'
import { candidates, minimize } from '../../../src/conformance/explore/minimize.js'
import type { Turn } from '../../../src/conformance/explore/schedule.js'

const lost: Turn = {
  wait: 'after-its-end',
  trouble: { operation: 'token', grant: 'refresh_token', fault: 'lost', times: 3 },
  act: { do: 'call', times: 5 },
}

const long: Candidate = {
  ground: { rotates: true, longTokens: true },
  turns: [
    { act: { do: 'connect' } },
    { wait: 'some-minutes', act: { do: 'refresh' } },
    lost,
    { act: { do: 'crash' } },
    { trouble: { operation: 'resource', fault: 'status-500' }, act: { do: 'call' } },
  ],
}

/** Fails as long as a refresh is lost after the token has expired, however it comes to that. */
const fails = async ({ ground, turns }: Candidate): Promise<boolean> =>
  ground.rotates === true && turns.some(({ wait, trouble }) => wait === 'after-its-end' && trouble?.fault === 'lost')

describe('A schedule that fails', () => {
  it('loses all that can be left out of it, and nothing else', async () => {
    const shortest = await minimize(long, fails, 1000)
    expect(shortest).toEqual({
      ground: { rotates: true },
      turns: [{ wait: 'after-its-end', trouble: { operation: 'token', grant: 'refresh_token', fault: 'lost' }, act: { do: 'call' } }],
    })
    for (const candidate of candidates(shortest)) expect(await fails(candidate)).toBe(false)
  })

  it('is not played more often than it may be', async () => {
    let plays = 0
    await minimize(
      long,
      async (candidate) => {
        plays += 1
        return fails(candidate)
      },
      7,
    )
    expect(plays).toBe(7)
  })
})
