import { expect, it } from 'vitest'
import type { ModuleClient } from '../../../src/conformance/drivers/module.js'
import { playTurns } from '../../../src/conformance/explore/play.js'
import { corpusClient } from '../corpus/index.js'
import { stageFor } from './stage.js'

it('A client that compares iss connects in a schedule where the provider issues under its own address', async () => {
  const stage = await stageFor('plain', corpusClient('careful') as ModuleClient)
  const { violations, steps } = await playTurns(stage, {}, [{ act: { do: 'connect' } }, { act: { do: 'call' } }])
  expect(violations).toEqual([])
  expect(steps.filter(({ state }) => state !== 'ok')).toEqual([])
})
