import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { patience } from './test/patience.js'

// Every test file leaves here what crossed the wire in it; exchanges.test.ts runs behind all others and holds it against the descriptions.
process.env['AUTHDOUBLE_TEST_EXCHANGES'] ??= join(tmpdir(), `authdouble-exchanges-${process.pid}`)

const last = ['test/openapi/exchanges.test.ts']

export default defineConfig({
  test: {
    // Most tests wait for other processes: on two cores one worker would leave half of the machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: patience(20_000),
    hookTimeout: patience(60_000),
    expect: { poll: { timeout: patience(10_000) } },
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: last,
          setupFiles: ['test/openapi/recorder.ts'],
          globalSetup: ['test/openapi/cleanup.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'exchanges', include: last, sequence: { groupOrder: 1 } } },
    ],
  },
})
