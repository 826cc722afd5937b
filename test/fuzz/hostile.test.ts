/** Thousands of hostile requests at all that listens, while faults, sandboxes, quirks and clocks change. Long: `npm run test:fuzz -- --requests 100000`. */

import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { attack } from './attack.js'

const requests = Number(process.env['AUTHDOUBLE_FUZZ_REQUESTS'] ?? 400)
const seed = Number(process.env['AUTHDOUBLE_FUZZ_SEED'] ?? 1)

// It reads memory and file descriptors of the process where Linux shows them.
it.runIf(existsSync('/proc/self/fd'))(
  `Nothing that is sent makes the double fail, leak or end (seed ${seed})`,
  async () => {
    const report = await attack({ requests, seed })
    if (process.env['AUTHDOUBLE_FUZZ_REQUESTS'] !== undefined) process.stdout.write(`${JSON.stringify({ seed, ...report }, null, 2)}\n`)
    expect(report.failures).toEqual([])
    expect(report.requests).toBe(requests)
    for (const hundred of ['2xx', '3xx', '4xx']) expect(report.answers[hundred], hundred).toBeGreaterThan(0)
  },
  Math.max(120_000, requests * 60),
)
