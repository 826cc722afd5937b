import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { casesOf, runConformance } from '../../src/conformance/runner/run.js'
import { patience } from '../patience.js'
import { clientOf } from './reference.js'
import { allProviders, isPlayedHere } from './shipped.js'

/** Cases of each provider that are played today; others tomorrow. */
const share = 12

const times = 3

/** Days since 1970: `npm run test:steady` plays all of them, twenty times. */
const turn = Number(process.env['AUTHDOUBLE_TURN'] ?? Math.floor(Date.now() / 86_400_000))

describe.concurrent(`What is said of a client that does right (AUTHDOUBLE_TURN=${turn})`, { timeout: patience(60_000) }, () => {
  it.each(allProviders)('is the same every time at %s', async (provider) => {
    const all = casesOf(provider)
      .filter(isPlayedHere)
      .map(({ topic, name }) => `${topic}/${name}`)
    const only = Array.from({ length: share }, (_, at) => all[(turn * share + at) % all.length] ?? '')
    const run = async (seed: number): Promise<readonly string[]> => {
      const { cases } = await runConformance({ provider, driver: clientDriver(clientOf()), only, jobs: share, seed: `${turn} ${seed}` })
      return cases.flatMap(({ id, checks }) => checks.map((check) => `${id} ${check.id} ${check.why ?? check.seen ?? ''} ${check.verdict}`))
    }
    const [first, ...others] = [await run(0), ...(await Promise.all(Array.from({ length: times - 1 }, (_, at) => run(at + 1))))]
    expect(first?.filter((line) => !line.endsWith(' pass'))).toEqual([])
    for (const other of others) expect(other).toEqual(first)
  })
})
