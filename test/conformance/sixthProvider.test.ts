import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { casesOf, runConformance } from '../../src/conformance/runner/run.js'
import { defineProvider, opaque } from '../../src/index.js'
import { loadProviderFile } from '../../src/provider-files/load.js'
import { corpusClient } from './corpus/index.js'
import { unkillable } from './shipped.js'

const host = 'auth.acme.example'

/** A provider that nobody ships: what the RFCs say, with rotation. */
const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  docs: 'https://acme.example/docs',
  settings: {
    issuer: 'https://auth.acme.example',
    endpoints: {
      authorize: { operation: 'authorize', methods: ['GET'], path: '/authorize', host },
      token: { operation: 'token', methods: ['POST'], path: '/token', host },
      revoke: { operation: 'revoke', methods: ['POST'], path: '/revoke', host },
      things: {
        operation: 'resource',
        methods: ['GET'],
        path: '/things',
        host,
        scope: 'things',
        answer: { status: 200, body: { owner: '{user.id}' } },
      },
    },
    scopes: ['things', 'more', 'others'],
    authorize: {},
    pkce: {},
    revoke: {},
    refresh: { format: opaque('acme-{hex32}'), rotates: 'always', returned: 'always', replayEnds: 'grant' },
  },
  seed: {
    clients: [
      {
        clientId: 'acme-client',
        clientSecret: 'acme-client-s3cret',
        name: 'Demo',
        redirectUris: ['https://client.example/cb'],
        loopback: true,
        scope: ['things', 'more', 'others'],
      },
    ],
    users: [
      { id: 'wile', email: 'wile@acme.example', name: 'Wile E.' },
      { id: 'road', email: 'road@acme.example', name: 'Road R.' },
    ],
  },
})

it('A provider that nobody ships gets its whole verdict, and a careful client passes it', { timeout: 240_000 }, async () => {
  const report = await runConformance({ provider: acme, driver: clientDriver(corpusClient('careful')), seed: 'sixth', jobs: 12 })
  const other = report.cases.flatMap(({ id, checks }) =>
    checks
      .filter(({ verdict, why }) => verdict !== 'pass' && why !== unkillable)
      .map((check) => `${id} ${check.id}: ${check.verdict} ${check.seen ?? check.why}`),
  )
  expect(other).toEqual([])
  expect(report.cases.length).toBeGreaterThan(60)
  expect(report).toMatchObject({ exitCode: 0, run: { provider: 'acme' } })
})

it('has cases by what it does, not by its name', () => {
  const names = casesOf(acme).map(({ topic, name }) => `${topic}/${name}`)
  expect(names).toContain('refresh/survives-lost-reply-of-rotation')
  expect(names).toContain('exchange/authenticates-with-basic')
  expect(names).toContain('resource/sends-bearer')
  expect(names).not.toContain('install/takes-install-without-state')
  expect(names).not.toContain('exchange/sends-assertion')
})

it('is loaded from a file that exports it under any name, and a file without one is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-provider-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'acme.mjs')
  await writeFile(file, `export const acme = ${JSON.stringify(acme)}`)
  expect(await loadProviderFile(file)).toMatchObject({ id: 'acme' })
  await writeFile(join(folder, 'none.mjs'), 'export const nothing = 1')
  await expect(loadProviderFile(join(folder, 'none.mjs'))).rejects.toThrow('none.mjs')
})
