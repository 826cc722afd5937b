import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { moduleDriver } from '../../../src/conformance/drivers/moduleProcess.js'
import { playTurns } from '../../../src/conformance/explore/play.js'
import { clientOf } from '../reference.js'
import { stageFor } from './stage.js'

/** Keeps its tokens in memory alone. */
const mayfly = () => moduleDriver(fileURLToPath(new URL('../clients/ends/dies-at-503.mjs', import.meta.url)), 8000)

const broken = (violations: readonly { readonly invariant: string }[]): readonly string[] => violations.map(({ invariant }) => invariant)

describe('A client that is killed in a schedule', () => {
  it('loses what it has not written down', async () => {
    const stage = await stageFor('zettle', await mayfly(), 8000)
    const { violations, steps } = await playTurns(stage, {}, [{ act: { do: 'connect' } }, { act: { do: 'crash' } }])
    expect(broken(violations)).toContain('always.connection-kept')
    expect(steps.find(({ step }) => step === 'restart')?.state).toBe('ok')
  }, 60_000)

  it('is not blamed for the step in which that happened', async () => {
    const stage = await stageFor('zettle', await mayfly(), 8000)
    const stop = { operation: 'resource', phase: 'before' } as const
    const { violations, steps } = await playTurns(stage, {}, [
      { act: { do: 'connect' } },
      { act: { do: 'crash', during: { step: 'call', stop } } },
    ])
    expect(steps.find(({ step }) => step === 'call')).toMatchObject({ state: 'killed', note: 'killed during call' })
    expect(broken(violations)).not.toContain('always.keeps-running')
  }, 60_000)

  it('keeps what it has written down', async () => {
    const stage = await stageFor('zettle', clientOf(), 8000)
    const turns = [
      { act: { do: 'connect' } },
      { act: { do: 'crash' } },
      { wait: 'after-its-end', act: { do: 'call' } },
      { act: { do: 'crash' } },
    ] as const
    expect(broken((await playTurns(stage, { rotates: true }, turns)).violations)).toEqual([])
  }, 60_000)
})
