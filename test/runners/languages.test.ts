/** The files to copy, in five languages: short, as the control API is described, and doing what the page about them says. */

import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createServer } from '../../src/index.js'
import { description } from '../openapi/descriptions.js'
import type { Language } from './languages.js'
import { languages } from './languages.js'
import { sampleOf } from './page.js'

const run = promisify(execFile)

const shell = (line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^AUTHDOUBLE_|_proxy$/i.test(name)))
  return run('bash', ['-c', line], {
    cwd,
    env: { ...clean, AUTHDOUBLE_COMMAND: `${process.execPath} ${resolve('dist/cli/main.js')}`, ...env },
  }).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    ({ stdout, stderr }) => Promise.reject(new Error(`${line}\n${stdout}${stderr}`)),
  )
}

const temporary = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-runner-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Not there, and no need for it; in CI all are needed, and a test fails where one is missing. */
const absent = async ({ name, apt, installed }: Language): Promise<boolean> => {
  const there = await run('bash', ['-c', installed]).then(
    () => true,
    () => false,
  )
  if (!there && process.env['CI'] !== 'true') console.warn(`not run: ${name} is not installed (apt-get install ${apt.join(' ')})`)
  return !there && process.env['CI'] !== 'true'
}

const templates = Object.entries(description('control').paths ?? {}).flatMap(([path, item]) =>
  Object.keys(item ?? {}).map((method) => ({
    method: method.toUpperCase(),
    path,
    fits: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  })),
)

/** `POST /__admin/clock`, or what was asked as it came when nothing of that kind is described. */
const operationOf = ({ method, url = '' }: IncomingMessage): string => {
  const path = (url.split('?', 1)[0] ?? '').replace(/^\/~[^/]+/, '')
  const found = templates.find((one) => one.method === method && one.fits.test(path))
  return found ? `${found.method} ${found.path}` : `not described: ${method} ${path}`
}

/** What every file can do: as much as the README shows in curl. */
const everywhere = [
  'DELETE /__admin/sandboxes/{name}',
  'GET /__admin/journal',
  'POST /__admin/clock',
  'POST /__admin/faults',
  'POST /__admin/sandboxes',
  'POST /__admin/tokens/expire',
  'POST /__admin/tokens/mint',
  'PUT /__admin/approvals',
  'PUT /__admin/quirks',
]

describe.each(languages)('$name', async (language) => {
  const { folder, file, tests, sample, beside } = language
  const away = await absent(language)
  const source = join('fixtures/test-runners', folder)

  it('is one file of less than 150 lines', async () => {
    expect((await readFile(join(source, file), 'utf8')).trimEnd().split('\n').length).toBeLessThan(150)
  })

  it.skipIf(away)('passes its own tests, and asks the control API for nothing that is not described', { timeout: 180_000 }, async () => {
    const work = await temporary()
    await cp(source, work, { recursive: true })
    await using double = await createServer({ adminToken: 's3cret' })
    const asked = new Set<string>()
    const listen = (message: unknown): void => {
      const { request } = message as { readonly request: IncomingMessage }
      if (request.url?.includes('/__admin')) asked.add(operationOf(request))
    }
    subscribe('http.server.request.start', listen)
    onTestFinished(() => void unsubscribe('http.server.request.start', listen))
    await shell(tests, work, { AUTHDOUBLE_URL: double.url(), AUTHDOUBLE_ADMIN_TOKEN: 's3cret', OUT: join(work, 'out') })
    expect([...asked].filter((one) => one.startsWith('not described'))).toEqual([])
    expect(everywhere.filter((one) => !asked.has(one))).toEqual([])
    expect(double.registry.sandboxes.size).toBe(0)
  })

  it.skipIf(away)('does what docs/in-your-tests.md shows, with a server that it starts and stops', { timeout: 180_000 }, async () => {
    const work = await temporary()
    for (const [to, from] of Object.entries(beside)) {
      await mkdir(dirname(join(work, to)), { recursive: true })
      await cp(from === '' ? join(source, file) : join('test/runners/clients', from), join(work, to))
    }
    const text = await sampleOf(language.name)
    expect(text.trim().split('\n').length).toBeLessThanOrEqual(12)
    await writeFile(join(work, sample.file), sample.before + text)
    const pids = join(work, 'pids')
    // Tells who was started: whoever it was must be gone in the end.
    const started = `bash -c 'echo $$ >> ${pids}; exec ${process.execPath} ${resolve('dist/cli/main.js')} "$@"' authdouble`
    const script = join(work, 'authdouble.sh')
    await writeFile(script, `#!/usr/bin/env bash\nexec ${started} "$@"\n`, { mode: 0o755 })
    await shell(tests, work, { AUTHDOUBLE_COMMAND: script, OUT: join(work, 'out') })
    const servers = (await readFile(pids, 'utf8')).trim().split('\n')
    expect(servers).toHaveLength(1)
    expect(() => process.kill(Number(servers[0]), 0)).toThrow('ESRCH')
    // The same test is red when the client does not refresh: it could fail.
    await writeFile(join(work, sample.file), sample.before + text.replace(/2h/, '1s'))
    await expect(shell(tests, work, { AUTHDOUBLE_COMMAND: script, OUT: join(work, 'out') })).rejects.toThrow(/assert|expected|Failed|FAIL/i)
  })
})
