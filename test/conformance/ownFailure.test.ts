import { expect, it } from 'vitest'
import type { Driver } from '../../src/conformance/drivers/driver.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import { clientOf } from './reference.js'

it('A case in which the runner itself fails is an error with its reason, and the other cases keep their verdicts', async () => {
  const driver = clientDriver(clientOf())
  const failing: Driver = {
    ...driver,
    start: async (given) => {
      const session = await driver.start(given)
      let denied = false
      return {
        ...session,
        ask: async (asked) => {
          const answer = await session.ask(asked)
          denied ||= asked.step === 'callback' && answer.state === 'failed'
          return answer
        },
        leave: async () => {
          const end = await session.leave()
          if (denied) throw new Error('no room for the report')
          return end
        },
      }
    },
  }
  const only = ['exchange/redeems-the-code', 'authorize/refuses-wrong-state', 'resource/sends-bearer']
  const report = await runConformance({ provider: 'zettle', driver: failing, only, seed: 'own failure' })
  expect(report.cases.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['refuses-wrong-state', 'error'],
    ['redeems-the-code', 'pass'],
    ['sends-bearer', 'pass'],
  ])
  expect(report.cases[0]?.checks[0]?.why).toContain('authdouble itself failed in this case: Error: no room for the report')
  expect(report).toMatchObject({ outcome: 'error', exitCode: 4 })
})
