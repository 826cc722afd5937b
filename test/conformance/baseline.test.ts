import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { applyBaseline, BaselineError, readBaseline } from '../../src/conformance/runner/baseline.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import { brokenClient } from './broken/broken.js'
import { brokenClients } from './broken/index.js'

const run = (expected: string) => {
  const broken = brokenClients.find(({ name }) => name === 'ignores-state')
  if (!broken) throw new Error('there is no such client')
  return runConformance({
    provider: 'zettle',
    driver: clientDriver(brokenClient(broken)),
    only: ['authorize/refuses-wrong-state', 'authorize/refuses-missing-state', 'exchange/redeems-the-code'],
    seed: 'baseline',
    expect: readBaseline(expected),
  })
}

describe('A baseline', () => {
  it('makes known failures not count, with their reasons in the report', async () => {
    const report = await run('- case: authorize/refuses-*-state\n  reason: the framework checks it\n')
    expect(report).toMatchObject({ outcome: 'passed', exitCode: 0, stale: [], summary: { fail: 0, known: 2 } })
    expect(report.cases.flatMap(({ checks }) => checks.flatMap(({ known }) => known ?? []))).toEqual([
      'the framework checks it',
      'the framework checks it',
    ])
  })

  it('fails the run when what it names did not fail', async () => {
    const report = await run(
      '- { case: zettle/authorize/refuses-wrong-state, check: authorize.state-compared, reason: known }\n- { case: authorize/refuses-missing-state, reason: known }\n- { case: exchange/redeems-the-code, reason: it was broken }\n',
    )
    expect(report.stale).toEqual([{ entry: 'exchange/redeems-the-code', reason: 'it was broken' }])
    expect(report.exitCode).toBe(1)
  })

  it('says nothing about cases that were not run', () => {
    expect(applyBaseline([], readBaseline('[{"case":"refresh/*","reason":"later"}]')).stale).toEqual([])
  })

  it.each([
    ['- case: a', 'entry 1 has no reason'],
    ['- reason: a', 'entry 1 has no case'],
    ['- { case: a, reason: b, until: c }', 'until'],
    ['case: a', 'a list'],
    ['- [', 'flow'],
  ])('is refused when it is none: %s', (text, message) => {
    expect(() => readBaseline(text)).toThrow(BaselineError)
    expect(() => readBaseline(text)).toThrow(new RegExp(message, 'i'))
  })

  it('may be empty', () => {
    expect(readBaseline('# nothing yet\n')).toEqual([])
  })
})

it('What is expected to fail and was never exercised is no substance: the run is incomplete', async () => {
  const report = await runConformance({
    provider: 'zettle',
    driver: clientDriver(() => {
      throw new Error('no client')
    }),
    only: ['exchange/*'],
    seed: 'baseline',
    expect: readBaseline('- { case: "**", reason: all of it }\n'),
  })
  expect(report).toMatchObject({ outcome: 'incomplete', exitCode: 3 })
})
