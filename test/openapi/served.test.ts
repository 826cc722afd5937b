/** The descriptions are handed out: by the server with its own URL, by the command line as they are. */

import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createServer, type DefinedProvider, defineProvider, providers } from '../../src/index.js'
import { authdouble } from '../cli/command.js'
import { description } from './descriptions.js'

const hosts = (document: object): readonly string[] => JSON.stringify(document).match(/"url":"[^"]*"/g) ?? []

test.each(providers.map(({ id }) => id))('/%s/openapi.json is its description, with no other server than this one', async (id) => {
  await using double = await createServer({ providers: [id] })
  const response = await fetch(`${double.url(id)}/openapi.json`)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(double.journal.get(response.headers.get('x-authdouble-request-id') ?? '')).toBeDefined()
  const served = (await response.json()) as { readonly servers: unknown; readonly paths: { readonly [path: string]: object } }
  expect(served.servers).toEqual([{ url: double.url(id) }])
  expect(hosts(served.paths)).toEqual([])
  expect(Object.keys(served.paths)).toEqual(Object.keys(description(id).paths ?? {}))
})

test("a sandbox's description has the sandbox's URL", async () => {
  await using double = await createServer({ providers: ['zettle'] })
  await using sandbox = await double.sandbox()
  const served = (await (await fetch(`${sandbox.url('zettle')}/openapi.json`)).json()) as { readonly servers: unknown }
  expect(served.servers).toEqual([{ url: sandbox.url('zettle') }])
})

test('a provider of one’s own has none', async () => {
  const host = 'acme.example'
  const acme: DefinedProvider = defineProvider({
    id: 'acme',
    name: 'Acme',
    docs: 'https://acme.example',
    settings: { issuer: 'https://acme.example', endpoints: { token: { operation: 'token', methods: ['POST'], path: '/token', host } } },
    seed: { clients: [], users: [] },
  })
  await using double = await createServer({ providers: [acme] })
  expect((await fetch(`${double.url('acme')}/openapi.json`)).status).toBe(404)
})

test('authdouble openapi prints a provider, the control API without one, and refuses what is none', { timeout: 60_000 }, async () => {
  const [zettle, control, at, unknown] = await Promise.all([
    authdouble(['openapi', 'zettle']).ended,
    authdouble(['openapi', '--json']).ended,
    authdouble(['openapi', 'vcita', '--url', 'http://127.0.0.1:4740/']).ended,
    authdouble(['openapi', 'acme']).ended,
  ])
  expect(parse(zettle.stdout)).toEqual(description('zettle'))
  expect(JSON.parse(control.stdout)).toEqual(description('control'))
  expect(JSON.parse(at.stdout).servers).toEqual([{ url: 'http://127.0.0.1:4740/vcita' }])
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('zoho-payments') })
})
