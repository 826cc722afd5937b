import { describe, expect, it } from 'vitest'
import type { ModuleClient } from '../../src/conformance/drivers/module.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { casesOf, runConformance } from '../../src/conformance/runner/run.js'
import { caseId, fitsAny, shuffled } from '../../src/conformance/runner/select.js'
import { brokenClient } from './broken/broken.js'
import { brokenClients } from './broken/index.js'
import { clientOf } from './reference.js'

describe('Cases are chosen', () => {
  it.each([
    ['refresh/*', true],
    ['refresh', true],
    ['zettle/refresh/picks-up-rotated-token', true],
    ['picks-up-*', true],
    ['**/picks-up-rotated-token', true],
    ['zettle', true],
    ['refresh/picks', false],
    ['*', true],
    ['ziina/*/*', false],
    ['exchange/*', false],
  ])('by %s: %s', (glob, fits) => {
    expect(fitsAny('zettle/refresh/picks-up-rotated-token', [glob])).toBe(fits)
  })

  it('all of them when nothing is said', () => {
    expect(casesOf('zettle')).toHaveLength(casesOf('zettle', ['*']).length)
  })
})

describe('The order', () => {
  it('is the same for the same seed, and another for another', () => {
    const list = Array.from({ length: 20 }, (_, at) => at)
    expect(shuffled(list, 'a')).toEqual(shuffled(list, 'a'))
    expect(shuffled(list, 'a')).not.toEqual(shuffled(list, 'b'))
    expect([...shuffled(list, 'a')].sort((a, b) => a - b)).toEqual(list)
  })

  it('and the seed stand in the report', async () => {
    const options = { provider: 'vcita', driver: clientDriver(clientOf()), only: ['authorize/*'], jobs: 1, seed: '7' } as const
    const [one, two] = [await runConformance(options), await runConformance(options)]
    expect(one.run.seed).toBe('7')
    expect(one.run.order).toEqual(two.run.order)
    expect(one.cases.map(({ id }) => id).sort()).toEqual([...one.run.order].sort())
    expect(one.cases.map(({ id }) => id)).toEqual(casesOf('vcita', ['authorize/*']).map((each) => caseId('vcita', each)))
  })
})

const broken = brokenClients.find(({ name }) => name === 'ignores-state')

describe('A run', () => {
  it('stops after the first failure when it is told to, and says what it left out', async () => {
    if (!broken) throw new Error('there is no such client')
    const driver = clientDriver(brokenClient(broken))
    const report = await runConformance({ provider: 'zettle', driver, bail: true, jobs: 1, seed: 'bail' })
    const left = report.cases.filter(({ checks }) => checks.some(({ why }) => why === 'stopped after the first failure'))
    expect(report.summary.fail).toBe(1)
    expect(left.length).toBeGreaterThan(0)
    expect(report.exitCode).toBe(1)
  })

  it('repeats each case as often as it is told to, and keeps the worst attempt', async () => {
    let made = 0
    const flaky: ModuleClient = (given) => {
      made += 1
      const odd = made % 2 === 1
      const client = clientOf({ expired: ({ status }) => status === 401 && odd })
      return typeof client === 'function' ? client(given) : client
    }
    const report = await runConformance({
      provider: 'ziina',
      driver: clientDriver(flaky),
      only: ['refresh/reacts-to-401'],
      repeat: 4,
      jobs: 1,
      seed: 'repeat',
    })
    expect(report.cases[0]).toMatchObject({ verdict: 'warn', attempts: { made: 4, worse: 2 } })
  })

  it('with nothing to run is refused', async () => {
    const driver = clientDriver(clientOf())
    await expect(runConformance({ provider: 'zettle', driver, only: ['nothing'] })).rejects.toThrow('no case of zettle fits nothing')
  })
})
