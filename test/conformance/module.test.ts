import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { moduleDriver } from '../../src/conformance/drivers/moduleProcess.js'
import { runConformance } from '../../src/conformance/runner/run.js'

const file = fileURLToPath(new URL('./clients/module.mjs', import.meta.url))

describe('A module as client', () => {
  it('has its methods called as steps, and is told where everything is', async () => {
    const report = await runConformance({
      provider: 'zettle',
      driver: await moduleDriver(file),
      only: ['exchange/redeems-the-code', 'authorize/sends-fresh-state', 'refresh/refreshes-after-expiry'],
      jobs: 1,
      seed: 'module',
    })
    expect(report.run).toMatchObject({ client: 'small module 1.0', steps: ['authorize', 'callback', 'call'], driver: 'module' })
    expect(Object.fromEntries(report.cases.map(({ id, verdict }) => [id, verdict]))).toEqual({
      'zettle/exchange/redeems-the-code': 'pass',
      'zettle/authorize/sends-fresh-state': 'pass',
      'zettle/refresh/refreshes-after-expiry': 'not-applicable',
    })
  })

  it('may throw: the kind of error is read off the error', async () => {
    const report = await runConformance({
      provider: 'zettle',
      driver: await moduleDriver(file),
      only: ['errors/reports-a-refused-code'],
      seed: 'module',
    })
    const late = report.cases[0]?.steps.find(({ as }) => as === 'late')
    expect(late).toMatchObject({ state: 'failed', error: { kind: 'oauth', code: 'invalid_grant' } })
  })

  it('may throw what it was told: a bare object is shown as it is', async () => {
    const told = { error: 'invalid_scope', error_description: 'no such scope' }
    const driver = clientDriver({ authorize: () => Promise.reject(told), callback: () => {} })
    const report = await runConformance({ provider: 'zettle', driver, only: ['authorize/sends-required-parameters'], seed: 'module' })
    expect(report.cases[0]?.steps.find(({ step }) => step === 'authorize')).toMatchObject({
      error: { kind: 'oauth', code: 'invalid_scope', message: expect.stringContaining("error_description: 'no such scope'") },
    })
  })

  it('that never answers counts as silent', async () => {
    const driver = clientDriver({ authorize: () => new Promise(() => {}), callback: () => {} }, [], 50)
    const report = await runConformance({ provider: 'zettle', driver, only: ['authorize/sends-required-parameters'], seed: 'module' })
    expect(report.cases[0]?.end.how).toBe('timeout')
    expect(report.exitCode).toBe(3)
  })

  it('that cannot be loaded is refused', async () => {
    await expect(moduleDriver('no/such/module.mjs')).rejects.toThrow('module.mjs')
  })
})
