/** What comes from outside is looked at whole, before anything changes, and the place of what is wrong is told. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ host: '127.0.0.1', providers: ['plain', 'zettle', 'vcita'] })
})
afterAll(() => double.close())

type Tree = { [member: string]: Tree }

const put = (document: unknown): Promise<Response> =>
  fetch(`${double.url()}/__admin/state`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  })

/** Sets a value deep in a document. */
const set = (document: Tree, path: readonly string[], value: unknown): void => {
  const last = path.at(-1) ?? ''
  let at = document
  for (const part of path.slice(0, -1)) {
    at[part] ??= {}
    at = at[part] as Tree
  }
  at[last] = value as Tree
}

const grant = { client: 'c', user: 'u', scope: '', connection: 'k', generation: 0 }
const code = { ...grant, expires: 1, redirectUri: null, offline: false }
const clients = (uris: unknown) => ({ id: 'i', secret: 's', name: 'n', redirectUris: uris, scope: [] })

const wrongs: readonly (readonly [string, readonly string[], unknown])[] = [
  ['records.zettle.client.i.redirectUris.0', ['records', 'zettle', 'client', 'i'], clients(['https://b.example/\u7f16'])],
  ['records.zettle.client.i.redirectUris.1', ['records', 'zettle', 'client', 'i'], clients(['https://b.example', 'https://a.example/#f'])],
  ['records.zettle.client.i.redirectUris', ['records', 'zettle', 'client', 'i'], clients('https://b.example')],
  ['records.vcita.code.x.expires', ['records', 'vcita', 'code', 'x'], { ...code, expires: 1e13 }],
  ['records.vcita.code.x.offline', ['records', 'vcita', 'code', 'x'], { ...code, offline: undefined }],
  ['records.vcita.code.x.ended', ['records', 'vcita', 'code', 'x'], { ...code, ended: 'gone' }],
  ['records.plain.access.x.more.claims', ['records', 'plain', 'access', 'x'], { ...grant, expires: null, from: '', more: { claims: 1 } }],
  ['records.plain.signingKey.current.jwk', ['records', 'plain', 'signingKey', 'current'], { kid: 'k', jwk: { kty: 'RSA', n: 'AQAB' } }],
  ['records.plain.colour', ['records', 'plain', 'colour'], {}],
  ['records.', ['records', ''], { instruments: { all: { shape: 1 } } }],
  ['clock.offset', ['clock'], { offset: 1e15, frozen: null }],
  ['clock.frozen', ['clock'], { offset: 0, frozen: 'noon' }],
  ['quirks.zettle/never-heard', ['quirks'], { 'zettle/never-heard': true }],
  ['approvals.zettle.once.0', ['approvals', 'zettle'], { once: [{ deny: 'yes' }] }],
  ['faults.waiting.0.kind', ['faults', 'waiting'], [{ kind: 'flood' }]],
  [
    'faults.waiting.0.headers.x',
    ['faults', 'waiting'],
    [{ kind: 'status', headers: { x: 'a\nb' }, id: 'f1', phase: 'before', times: 1, fired: 0, seen: 0 }],
  ],
  ['colour', ['colour'], 'red'],
]

describe('a state that is imported', () => {
  it('is taken as it was exported, with all that a busy sandbox keeps', async () => {
    for (const id of ['plain', 'zettle', 'vcita']) {
      await double.tokens.mint(id)
      await double.codes.mint(id)
      await double.users.add(id)
    }
    double.faults.set('zettle', 'token', { kind: 'rate-limit' })
    double.approvals.deny({ provider: 'vcita', once: true })
    double.clock.freeze()
    double.clock.skew(5)
    const before = await double.state.export()
    expect((await put(before)).status).toBe(204)
    expect(await double.state.export()).toEqual(before)
    double.clock.reset()
    double.faults.clear()
  })

  it.each(wrongs)('is refused with the path %s, and nothing changes', async (field, path, value) => {
    const before = await double.state.export()
    const document = structuredClone(before) as unknown as Tree
    set(document, path, value)
    const answer = await put(document)
    expect([answer.status, await answer.json()]).toMatchObject([400, { field }])
    expect(await double.state.export()).toEqual(before)
  })
})

describe('a state file', () => {
  it('is taken as the double wrote it, and refused with the place of what somebody broke', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authdouble-imported-'))
    const state = join(folder, 'state.json')
    try {
      const first = await createServer({ host: '127.0.0.1', providers: ['zettle'], state })
      await fetch(`${first.url()}/__admin/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"advance":"1h"}',
      })
      await first.tokens.mint('zettle')
      await first.close()
      const good = readFileSync(state, 'utf8')
      const broken = async (path: readonly string[], value: unknown) => {
        const document = JSON.parse(good) as Tree
        set(document, path, value)
        writeFileSync(state, JSON.stringify(document))
        return createServer({ host: '127.0.0.1', providers: ['zettle'], state })
      }
      await expect(broken(['records', 'zettle', 'client', 'a.b'], clients(['no where']))).rejects.toThrow(
        'is wrong at records.zettle.client["a.b"].redirectUris.0 is a URI of ASCII characters without a fragment, not "no where"',
      )
      await expect(broken(['records', '', 'instruments', 'all', 'shape', 'clock', 'offset'], 'soon')).rejects.toThrow(
        'clock.offset is seconds',
      )
      writeFileSync(state, good)
      await (await createServer({ host: '127.0.0.1', providers: ['zettle'], state })).close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

it('a record that is named __proto__ is a record like any other', async () => {
  const document = structuredClone(await double.state.export()) as unknown as Tree
  set(document, ['records', 'vcita', 'code'], JSON.parse(`{"__proto__":${JSON.stringify({ ...code, user: 7 })}}`))
  await expect(double.state.import(document)).rejects.toMatchObject({ field: 'records.vcita.code.__proto__.user' })
  set(document, ['records', 'vcita', 'code'], JSON.parse(`{"__proto__":${JSON.stringify(code)}}`))
  await double.state.import(document)
  expect(Object.entries((await double.state.export()).records['vcita']?.code ?? {})).toEqual([['__proto__', code]])
})
