import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { execDriver } from '../../src/conformance/drivers/exec.js'
import { createShims } from '../../src/conformance/drivers/shims.js'
import { runConformance } from '../../src/conformance/runner/run.js'

const tool = fileURLToPath(new URL('./clients/tool.mjs', import.meta.url))
const only = ['exchange/redeems-the-code', 'authorize/refuses-wrong-state']

it('Nobody looks for a page any more once it is forgotten, not even who was looking just then', async () => {
  const shims = await createShims()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    for (let turn = 0; turn < 5; turn += 1) {
      void shims.opened()
      vi.advanceTimersToNextTimer()
      // It has begun to read, and cannot have come to an end.
      shims.forget()
    }
    for (let read = 0; read < 50; read += 1) await readFile(tool)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
    await shims.close()
  }
})

describe('A command-line tool that opens a browser', () => {
  it.each(['xdg-open', 'open', 'sensible-browser'])('is driven without one, through %s', async (opener) => {
    const driver = execDriver(['env', `OPENER=${opener}`, process.execPath, tool])
    const report = await runConformance({ provider: 'zettle', driver, only, jobs: 1, seed: 'tool' })
    expect(report.cases.map(({ id, verdict }) => `${id} ${verdict}`).sort()).toEqual([
      'zettle/authorize/refuses-wrong-state pass',
      'zettle/exchange/redeems-the-code pass',
    ])
    expect(report.exitCode).toBe(0)
  })

  it('finds the stand-in under BROWSER too', async () => {
    const driver = execDriver(['sh', '-c', `OPENER="$BROWSER" exec "$0" "$1"`, process.execPath, tool])
    const report = await runConformance({ provider: 'zettle', driver, only: ['exchange/redeems-the-code'], seed: 'tool' })
    expect(report.outcome).toBe('passed')
  })
})
