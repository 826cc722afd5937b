import { describe, expect, it } from 'vitest'
import { execDriver } from '../../src/conformance/drivers/exec.js'
import { runConformance } from '../../src/conformance/runner/run.js'

const client = [process.execPath, 'fixtures/clients/openid-client.mjs']

const run = (only: readonly string[], argv: readonly string[] = client) =>
  runConformance({ provider: 'zettle', driver: execDriver(argv), only, jobs: 2, seed: 'exec' })

describe('A program as client', () => {
  it('is driven through a connection, and what it really does is told', async () => {
    const report = await run([
      'exchange/redeems-the-code',
      'refresh/picks-up-rotated-token',
      'refresh/survives-a-restart',
      'exchange/sends-no-code-twice',
    ])
    expect(report.run.client).toMatch(/^openid-client \d/)
    expect(Object.fromEntries(report.cases.map(({ id, verdict }) => [id, verdict]))).toMatchObject({
      'zettle/exchange/redeems-the-code': 'pass',
      'zettle/refresh/picks-up-rotated-token': 'pass',
      'zettle/refresh/survives-a-restart': 'pass',
    })
  })

  it('has its arguments kept as they are: no shell splits them', async () => {
    const script = `process.stderr.write(process.argv.slice(1).join('|'))`
    const report = await run(['exchange/redeems-the-code'], [process.execPath, '-e', script, 'a b', '$HOME', `it's`])
    expect(report.cases[0]?.stderr).toBe(`a b|$HOME|it's`)
    expect(report.cases[0]?.reproduce).toContain(`'a b' '$HOME' 'it'\\''s'`)
  })

  it('has its secrets kept out of the report', async () => {
    const leak = `process.stderr.write('my secret is ' + process.env.AUTHDOUBLE_CLIENT_SECRET)`
    const report = await run(['exchange/redeems-the-code'], [process.execPath, '-e', leak])
    expect(report.cases[0]?.stderr).toMatch(/^my secret is ‹[0-9a-f]{8}›$/)
    const real = await run(['exchange/redeems-the-code'])
    const [one] = real.cases
    const text = JSON.stringify(one)
    expect(one?.exchanges.length).toBeGreaterThan(2)
    expect(text).not.toContain('7356b8a1-75ac-4336-970b-bef63cd219c1')
    expect(text).not.toMatch(/[?&]code=(?!‹)[^"&]/)
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/)
  })
})
