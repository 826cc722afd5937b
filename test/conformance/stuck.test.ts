import { expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import { misplaced } from './broken/exchange.js'
import { clientOf } from './reference.js'
import { cases, profiles, providersOf } from './shipped.js'

it('A client that never connects is told so once, and not again for each way back that it does not find', {
  timeout: 180_000,
}, async () => {
  for (const provider of ['ziina', 'zoho-payments', 'vcita'] as const) {
    const report = await runConformance({ provider, driver: clientDriver(clientOf({ authenticate: misplaced })), seed: 'stuck', jobs: 12 })
    const checks = report.cases.flatMap((one) => one.checks)
    const red = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id)
    expect([...new Set(red)].sort(), provider).toEqual(['exchange.client-authentication', 'exchange.no-guessing', 'exchange.redeems'])
    expect(checks.find(({ id }) => id === 'errors.broken-reply-recovers')).toMatchObject({
      verdict: 'not-exercised',
      why: 'this client does not pass exchange/redeems-the-code, on which this rests',
    })
    expect(report.exitCode).toBe(1)
  }
})

it('Every check of a way back rests on the plain case', () => {
  const back = cases.flatMap((one) =>
    providersOf(one).flatMap((provider) => one.checks(profiles[provider]).filter(({ id }) => /recovers$|starts-again$/.test(id))),
  )
  expect(back.length).toBeGreaterThan(0)
  expect(back.filter(({ recovers }) => recovers !== true).map(({ id }) => id)).toEqual([])
})
