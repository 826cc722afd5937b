import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { casesOf, runConformance } from '../../src/conformance/runner/run.js'
import { patience } from '../patience.js'
import { clientOf } from './reference.js'
import { allProviders, unkillable } from './shipped.js'

describe.concurrent('A client that does everything right', () => {
  it.each(allProviders)('passes every check of every case of %s', { timeout: patience(60_000) }, async (provider) => {
    const report = await runConformance({ provider, driver: clientDriver(clientOf()), seed: 'reference', jobs: 12 })
    const other = report.cases.flatMap((one) =>
      one.checks
        .filter(({ verdict, why }) => verdict !== 'pass' && why !== unkillable)
        .map(({ id, verdict, why }) => `${one.id} ${id}: ${verdict}, ${why}`),
    )
    expect(other).toEqual([])
    expect(report.cases.length).toBe(casesOf(provider).length)
    expect(report).toMatchObject({ outcome: 'passed', exitCode: 0 })
  })

  it('is put through more than a hundred cases', () => {
    expect(allProviders.flatMap((provider) => casesOf(provider)).length).toBeGreaterThan(100)
  })
})
