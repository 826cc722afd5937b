import { describe, expect, it } from 'vitest'
import { json } from '../../../src/conformance/reports/json.js'
import { sampleRun } from './sample.js'
import { forReaders, toTheLastMember } from './schema.js'

describe('the report as JSON', () => {
  it('is described by the published schema, to the last member', async () => {
    const { report } = await sampleRun()
    toTheLastMember(JSON.parse(json(report)))
    expect(toTheLastMember.errors ?? []).toEqual([])
  })

  it('keeps everything that the report holds', async () => {
    const { report } = await sampleRun()
    expect(JSON.parse(json(report))).toEqual(JSON.parse(JSON.stringify(report)))
  })

  it.each([
    ['without a summary', (report: Record<string, unknown>) => ({ ...report, summary: undefined })],
    ['with an exit code of its own', (report: Record<string, unknown>) => ({ ...report, exitCode: 2 })],
    ['of another version', (report: Record<string, unknown>) => ({ ...report, version: 2 })],
    ['with a skipped case', (report: Record<string, unknown>) => ({ ...report, cases: [{ verdict: 'skipped' }] })],
  ])('a report %s is none', async (_, spoil) => {
    const { report } = await sampleRun()
    expect(forReaders(JSON.parse(JSON.stringify(spoil({ ...report }))))).toBe(false)
  })
})
