import { describe, expect, it } from 'vitest'
import type { ReportFormat } from '../../../src/conformance/reports/formats.js'
import { formats } from '../../../src/conformance/reports/formats.js'
import { sampleRun } from './sample.js'

describe('reports', () => {
  it.each(Object.keys(formats) as ReportFormat[])('the %s report shows no secret of the run', async (format) => {
    const { report, secrets } = await sampleRun()
    const written = formats[format](report)
    expect(secrets.every((secret) => secret.length > 16)).toBe(true)
    expect(secrets.filter((secret) => written.includes(secret) || written.includes(encodeURIComponent(secret)))).toEqual([])
    expect(written.length).toBeGreaterThan(500)
  })

  it.each(Object.keys(formats) as ReportFormat[])('the %s report is the same for the same run', async (format) => {
    const { report } = await sampleRun()
    expect(formats[format](report)).toBe(formats[format](structuredClone(report)))
  })
})
