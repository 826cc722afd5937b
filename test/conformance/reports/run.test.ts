import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../../src/conformance/drivers/module.js'
import type { ReportFormat } from '../../../src/conformance/reports/formats.js'
import { formats } from '../../../src/conformance/reports/formats.js'
import { runConformance } from '../../../src/conformance/runner/run.js'
import { createServer } from '../../../src/index.js'
import { clientOf } from '../reference.js'
import { toTheLastMember } from './schema.js'

/** What tokens, codes and keys look like at each. */
const looks = {
  zettle: [/eyJ[\w-]{20,}/, /IZSEC[0-9a-f-]{8,}/],
  'zoho-payments': [/1000\.[0-9a-f]{32}/],
} as const

describe('the reports of a real run', () => {
  it.each(['zettle', 'zoho-payments'] as const)(
    'at %s are as described, and show no secret in any format',
    { timeout: 180_000 },
    async (provider) => {
      const report = await runConformance({ provider, driver: clientDriver(clientOf()), seed: 'reports', jobs: 12 })
      toTheLastMember(JSON.parse(formats.json(report)))
      expect(toTheLastMember.errors ?? []).toEqual([])
      await using double = await createServer({ providers: [provider] })
      const { clientSecret = '' } = double.provider(provider)
      for (const format of Object.keys(formats) as ReportFormat[]) {
        const written = formats[format](report)
        expect(written, format).toContain(provider)
        expect(written.includes(clientSecret), format).toBe(false)
        for (const look of looks[provider]) expect(look.exec(written)?.[0], format).toBeUndefined()
      }
    },
  )
})
