/** `npm run audit:deps`: what it says of our own dependencies, and what it finds in a project that is not in order. */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const script = resolve('test/scripts/audit-deps.mjs')

interface Audit {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const audit = (cwd: string, argv: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Audit> =>
  new Promise((done) => {
    execFile(process.execPath, [script, ...argv], { cwd, env: { ...process.env, ...env } }, (failed, stdout, stderr) =>
      done({ code: failed ? Number(failed.code) : 0, stdout, stderr }),
    )
  })

interface Package {
  readonly license?: string
  readonly scripts?: { readonly [name: string]: string }
  readonly dependencies?: { readonly [name: string]: string }
}

const sound = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' }

/** A project that depends on `one`: how it is locked, and what is installed, where that differs from what is sound. */
const project = async (
  given: { readonly locked?: object; readonly installed?: object; readonly own?: Package & { version?: string } } = {},
) => {
  const path = await mkdtemp(join(tmpdir(), 'authdouble-audit-'))
  const write = (file: string, value: object) => writeFile(join(path, file), JSON.stringify(value))
  await mkdir(join(path, 'node_modules/one'), { recursive: true })
  await write('node_modules/one/package.json', { name: 'one', version: '1.0.0', license: 'MIT', ...given.own })
  const packages = { 'node_modules/one': { ...sound, ...given.locked } }
  await write('package-lock.json', {
    packages: { '': { dependencies: { one: '^1.0.0' } }, 'node_modules/not-ours': { version: '6.6.6' }, ...packages },
  })
  await write('node_modules/.package-lock.json', {
    packages: { 'node_modules/one': { ...packages['node_modules/one'], ...given.installed } },
  })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test('every package that authdouble brings along has a free licence and a hash, and runs nothing at installation', async () => {
  const { code, stdout, stderr } = await audit(resolve('.'), ['--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const names = JSON.parse(stdout).map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['koa', 'jose', 'ioredis', 'debug', 'undici']))
  expect(names).not.toContain('typescript')
})

test('a project in order has no findings, and only what it depends on is looked at', async () => {
  await using own = await project()
  expect(await audit(own.path)).toEqual({ code: 0, stdout: expect.stringContaining('1 packages, 0 with findings'), stderr: '' })
})

test.each([
  ['a licence that is not free', { own: { license: 'GPL-3.0' } }, 'one 1.0.0: its licence is "GPL-3.0"\n'],
  ['a package without a licence', { own: { license: '' } }, 'one 1.0.0: its licence is ""\n'],
  ['both of two licences', { own: { license: '(MIT AND GPL-3.0)' } }, 'one 1.0.0: its licence is "(MIT AND GPL-3.0)"\n'],
  ['a lock without a hash', { locked: { integrity: undefined } }, 'one 1.0.0: the lock has no SHA-512 hash of it\n'],
  ['a weak hash', { locked: { integrity: 'sha1-x' } }, 'one 1.0.0: the lock has no SHA-512 hash of it\n'],
  ['another hash', { installed: { integrity: 'sha512-y' } }, 'one 1.0.0: what is installed has another hash than the lock\n'],
  ['another version', { own: { version: '1.0.1' } }, 'one 1.0.0: 1.0.1 is installed, the lock has 1.0.0\n'],
  ['a script at installation', { own: { scripts: { postinstall: 'node x.js' } } }, 'one 1.0.0: runs postinstall at installation\n'],
  ['a native build', { locked: { hasInstallScript: true } }, 'one 1.0.0: runs a script at installation\n'],
])('%s is a finding', async (_, given, stderr) => {
  await using own = await project(given)
  expect(await audit(own.path)).toMatchObject({ code: 1, stderr })
})

test('a choice of licences is free when one of them is', async () => {
  await using own = await project({ own: { license: '(BSD-3-Clause OR GPL-2.0)' } })
  expect((await audit(own.path)).code).toBe(0)
})

/** Says of `one` what a registry would. */
const registry = async (published: string, deprecated?: string) => {
  const version = { name: 'one', version: '1.0.0', dist: {}, ...(deprecated ? { deprecated } : {}) }
  const document = { name: 'one', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version }, time: { '1.0.0': published } }
  const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(document)))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, [Symbol.dispose]: () => void server.close() }
}

test.each([
  ['an old version is no finding', '2019-01-01T00:00:00.000Z', undefined, ''],
  ['one that was published today is', new Date().toISOString(), undefined, 'it was published less than a week ago'],
  ['so is a deprecated one', '2019-01-01T00:00:00.000Z', 'use two', 'it is deprecated: use two'],
])('asked for the age: %s', async (_, published, deprecated, finding) => {
  await using own = await project()
  using remote = await registry(published, deprecated)
  const cache = join(own.path, 'cache')
  const { code, stdout, stderr } = await audit(own.path, ['--age'], { npm_config_registry: remote.url, npm_config_cache: cache })
  expect(stdout).toContain(published.slice(0, 10))
  expect({ code, stderr }).toEqual(finding === '' ? { code: 0, stderr: '' } : { code: 1, stderr: expect.stringContaining(finding) })
})
