/** A stage for tests: a provider, a client in this process, and a server that ends with the test. */

import { afterAll } from 'vitest'
import type { Driver } from '../../../src/conformance/drivers/driver.js'
import type { ModuleClient } from '../../../src/conformance/drivers/module.js'
import { clientDriver } from '../../../src/conformance/drivers/module.js'
import type { OpenStage } from '../../../src/conformance/explore/stage.js'
import { openStage } from '../../../src/conformance/explore/stage.js'
import { providers } from '../../../src/index.js'

const stages: OpenStage[] = []

afterAll(async () => {
  for (const stage of stages) await stage.close()
})

/** @param limit milliseconds that a step may take */
export const stageFor = async (provider: string, client: ModuleClient | Driver, limit = 3000): Promise<OpenStage> => {
  const found = providers.find(({ id }) => id === provider)
  if (!found) throw new Error(`no provider ${provider}`)
  const driver = typeof client === 'object' && 'start' in client ? client : clientDriver(client as ModuleClient, [], limit)
  const stage = await openStage({ provider: found, driver, seed: 'test', limit })
  stages.push(stage)
  return stage
}
