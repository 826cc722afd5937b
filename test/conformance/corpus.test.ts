import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { authorizeIn } from '../../src/conformance/drivers/browser.js'
import type { Double, FaultInput } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import type { Steps } from './corpus/client.js'
import { brokenClients, carefulClients, corpusClient } from './corpus/index.js'

const ended: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ended.splice(0)) await end()
})

/** A client of the corpus in a world of its own, started as often as asked. */
const started = async (make: (typeof carefulClients)[number]['make'], times = 1) => {
  const double = await createServer({ providers: ['zettle'], quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
  const stateDir = await mkdtemp(join(tmpdir(), 'authdouble-corpus-'))
  ended.push(async () => {
    await double.close()
    await rm(stateDir, { recursive: true, force: true })
  })
  const address = double.provider('zettle')
  const given = { ...address, provider: 'zettle', issuer: 'iZettle', stateDir }
  const clients = Array.from({ length: times }, () => make(given))
  const [client] = clients
  if (!client) throw new Error('no client was started')
  const begin = async (asked: { readonly user?: string; readonly session?: string } = {}): Promise<string> =>
    (await authorizeIn(String(await client.authorize?.(asked)), address.redirectUri)).url ?? ''
  return { double, client, clients, begin }
}

const statusOf = (said: unknown): unknown =>
  said instanceof Response ? said.status : typeof said === 'object' && said !== null ? (said as { status?: unknown }).status : said

const works = async (client: Steps): Promise<boolean> => [200, undefined].includes(statusOf(await client.call({})) as number | undefined)

const refreshes = (double: Double) =>
  double.journal.entries({ provider: 'zettle' }).filter(({ request }) => request.parameters['grant_type'] === 'refresh_token')

const troubles: readonly FaultInput[] = [
  { operation: 'token', kind: 'status', status: 503 },
  { operation: 'token', kind: 'reset' },
  { operation: 'token', kind: 'refuse', reason: 'server_error' },
]

describe('The corpus', () => {
  it('names each client once', () => {
    const ids = [...brokenClients, ...carefulClients].map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(ids.filter((id) => !/^[a-z0-9-]+$/.test(id))).toEqual([])
  })

  const careful = carefulClients.filter(({ providers }) => providers.includes('zettle'))
  it.each(careful.map((one) => [one.says, one] as const))('%s: the connection survives trouble at a refresh', async (_, { make }) => {
    const { double, client, begin } = await started(make)
    await client.callback({ url: await begin() })
    for (const trouble of troubles) {
      double.faults.add({ ...trouble, provider: 'zettle' })
      double.clock.advance(7300)
      await Promise.resolve(client.call({})).catch(() => undefined)
      double.faults.clear()
      expect(await works(client), trouble.kind).toBe(true)
    }
  })

  it.each(careful.map((one) => [one.says, one] as const))('%s: five calls at once share a refresh', async (_, { make }) => {
    const { double, client, begin } = await started(make)
    await client.callback({ url: await begin() })
    double.clock.advance(7300)
    expect(await Promise.all(Array.from({ length: 5 }, () => works(client)))).toEqual([true, true, true, true, true])
    expect(refreshes(double)).toHaveLength(1)
  })

  it.each(careful.map((one) => [one.says, one] as const))(
    '%s: two of it over one store share a refresh, if it is made for that',
    async (_, { id, make }) => {
      const { double, client, clients, begin } = await started(make, 2)
      if (!client.twin) return expect(['one-process', 'class', 'small']).toContain(id)
      await client.callback({ url: await begin() })
      double.clock.advance(7300)
      expect(await Promise.all(clients.map(works))).toEqual([true, true])
      expect(refreshes(double)).toHaveLength(1)
    },
  )

  it('has a careful client that takes no callback of another session, and lets both connect', async () => {
    const { client, begin } = await started(corpusClient('careful'))
    const [first, second] = [await begin({ session: 'a', user: 'a' }), await begin({ session: 'b', user: 'b' })]
    await expect(client.callback({ url: second, session: 'a', user: 'a' })).rejects.toThrow('another session')
    await client.callback({ url: first, session: 'a', user: 'a' })
    await client.callback({ url: second, session: 'b', user: 'b' })
    expect(await client.call({ user: 'a' })).toBe(200)
    expect(await client.call({ user: 'b' })).toBe(200)
  })
})
