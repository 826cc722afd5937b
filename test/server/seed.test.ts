import { expect, it } from 'vitest'
import { createServer, providers } from '../../src/index.js'
import { playing, send } from '../kit.js'

/** All that one run says: codes and opaque tokens to the character, JWTs by their identifiers. */
const run = async (seed: number | undefined, noise: boolean): Promise<readonly string[]> => {
  await using double = await createServer({ host: '127.0.0.1', ...(seed === undefined ? {} : { seed }) })
  const said: string[] = []
  for (const { id } of providers) {
    const play = playing(double, id)
    for (let i = 0; i < 2; i += 1) {
      if (noise) await send(`${double.url()}/healthz`)
      if (noise) await play.call('nonsense')
      const { code, access, refresh } = await play.connect({ prompt: 'consent' })
      const jti =
        access.split('.').length === 3
          ? /"jti":"([^"]+)"/.exec(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString())?.[1]
          : access
      said.push(code, jti ?? access, refresh)
    }
  }
  return said
}

it('the same seed gives the same codes and tokens, whatever was asked in between that mints nothing', async () => {
  const first = await run(7, false)
  expect(first.length).toBe(6 * providers.length)
  expect(new Set(first.filter((one) => one !== '')).size).toBe(first.filter((one) => one !== '').length)
  expect(await run(7, true)).toEqual(first)
  expect(await run(8, false)).not.toEqual(first)
})

it('without a seed no two runs say the same', async () => {
  const [first, second] = [await run(undefined, false), await run(undefined, false)]
  expect(first.filter((one) => one !== '' && second.includes(one))).toEqual([])
})

it('a reset begins the seed again', async () => {
  await using double = await createServer({ host: '127.0.0.1', providers: ['zentail'], seed: 'again' })
  const play = playing(double, 'zentail')
  const first = await play.connect()
  await double.reset()
  const second = await play.connect()
  expect([second.code, second.access]).toEqual([first.code, first.access])
})
