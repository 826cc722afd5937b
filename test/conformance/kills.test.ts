import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { moduleDriver } from '../../src/conformance/drivers/moduleProcess.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import { patience } from '../patience.js'

const both = ['refresh/keeps-its-connection-after-a-kill', 'exchange/connects-again-after-a-kill']
const whole = ['refresh/stores-a-rotation-as-a-whole']

const verdictsOf = async (name: string, only: readonly string[] = both) => {
  const driver = await moduleDriver(fileURLToPath(new URL(`./clients/crash/${name}.mjs`, import.meta.url)))
  const { cases } = await runConformance({ provider: 'zettle', driver, only, seed: 'kills' })
  const checks = cases.flatMap((one) => one.checks)
  return Object.fromEntries(checks.map(({ id, verdict, why, seen }) => [id, `${verdict}${verdict === 'pass' ? '' : `: ${why ?? seen}`}`]))
}

describe.concurrent('A client that is killed at many moments after a token response', { timeout: patience(60_000) }, () => {
  it('passes when it writes its store in one step', async () => {
    expect(await verdictsOf('careful')).toEqual({ 'exchange.kill-survived': 'pass', 'refresh.kill-survived': 'pass' })
  })

  it('is found when it writes its store in two halves', async () => {
    const found = await verdictsOf('halves')
    expect(found['refresh.kill-survived']).toMatch(/^fail/)
    expect(found['exchange.kill-survived']).toMatch(/^fail/)
  })

  it('is not blamed for a refresh token that it had no time to store', async () => {
    expect(await verdictsOf('careful', whole)).toEqual({ 'refresh.stored-as-a-whole': 'pass' })
  })

  it('is found when it stores the new access token first and the new refresh token later', async () => {
    expect((await verdictsOf('parts', whole))['refresh.stored-as-a-whole']).toMatch(/^fail/)
  })

  it('is found when it takes the old store away before the new one is there', async () => {
    expect((await verdictsOf('forgets'))['refresh.kill-survived']).toMatch(/^fail/)
  })
})
