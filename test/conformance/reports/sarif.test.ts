import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import type { SarifOptions } from '../../../src/conformance/reports/sarif.js'
import { sarif } from '../../../src/conformance/reports/sarif.js'
import type { Report } from '../../../src/conformance/runner/verdict.js'
import { cleanRun, reportOf, sampleRun } from './sample.js'

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
addFormats.default(ajv)
// it names itself in the way of an older draft
const { $schema: _, id: __, ...body } = schema
const validate = ajv.compile(body)

const runOf = (report: Report, options?: SarifOptions) => {
  const log = JSON.parse(sarif(report, options))
  validate(log)
  expect(validate.errors ?? []).toEqual([])
  return log.runs[0]
}

describe('the report as SARIF 2.1.0', () => {
  it('is valid by the published schema, and lists failures, warnings and, suppressed, known failures', async () => {
    const { results, tool } = runOf((await sampleRun()).report)
    expect(results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level])).toEqual([
      ['refresh.newest', 'error'],
      ['refresh.early', 'warning'],
      ['refresh.stores', 'error'],
    ])
    expect(results[2].suppressions).toEqual([{ kind: 'external', justification: 'the library has no hook for it (issue 12)' }])
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
  })

  it('gives each rule its help and its reference', async () => {
    const { tool } = runOf((await sampleRun()).report)
    const rule = tool.driver.rules.find(({ id }: { id: string }) => id === 'refresh.newest')
    expect(rule.help.text).toContain('Store the refresh token of every token response.')
    expect(rule.helpUri).toBe('https://www.rfc-editor.org/rfc/rfc6749#section-6')
  })

  it('does not call a run successful in which something was not exercised', async () => {
    const { invocations } = runOf((await sampleRun()).report)
    expect(invocations[0].executionSuccessful).toBe(false)
    expect(invocations[0].toolExecutionNotifications).toHaveLength(3)
    expect(invocations[0].toolConfigurationNotifications).toHaveLength(1)
    expect(runOf(reportOf([])).invocations[0].executionSuccessful).toBe(false)
    expect(runOf(await cleanRun())).toMatchObject({ results: [], invocations: [{ executionSuccessful: true, exitCode: 0 }] })
  })

  it('pins findings to the file it was told, as a URI, with fingerprints that differ', async () => {
    const { results } = runOf((await sampleRun()).report, { location: './my client/main #1.js' })
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('my%20client/main%20%231.js')
    const prints = results.map(
      (one: { partialFingerprints: { primaryLocationLineHash: string } }) => one.partialFingerprints.primaryLocationLineHash,
    )
    expect(new Set(prints).size).toBe(results.length)
  })
})
