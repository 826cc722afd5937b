import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createServer } from '../../src/index.js'

test('the compose file has every real host name of every provider as a network alias, so that none is asked for outside', async () => {
  await using double = await createServer()
  const { services } = parse(readFileSync(new URL('../../docker/compose.yaml', import.meta.url), 'utf8'))
  const real = double.hosts.filter((host) => !host.endsWith('.localhost'))
  expect([...services.authdouble.networks.default.aliases].sort()).toEqual([...real].sort())
})
