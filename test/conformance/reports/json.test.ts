import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { json } from '../../../src/conformance/reports/json.js'
import { sampleRun } from './sample.js'

const published = JSON.parse(readFileSync(new URL('../../../openapi/conformance-report.schema.json', import.meta.url), 'utf8'))

/** The schema with every object closed: what we write is all described, though readers are to put up with more. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  return inner['type'] === 'object' && inner['properties'] !== undefined ? { ...inner, additionalProperties: false } : inner
}

const validator = (schema: object) => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

describe('the report as JSON', () => {
  it('is described by the published schema, to the last member', async () => {
    const { report } = await sampleRun()
    const validate = validator(closed(published) as object)
    validate(JSON.parse(json(report)))
    expect(validate.errors ?? []).toEqual([])
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
    expect(validator(published)(JSON.parse(JSON.stringify(spoil({ ...report }))))).toBe(false)
  })
})
