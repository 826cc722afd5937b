/** What keeps a command from starting is told in one line, and the command ends. */

import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { authdouble } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-startup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refusal = async (argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const { code, stderr, stdout } = await authdouble(argv, { env }).ended
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }, stderr).toEqual({ code: 2, stdout: '', lines: 1 })
  return stderr
}

it.each([
  ['--port', []],
  ['--tls-port', ['--port', '0', '--ca-dir', join(folder, 'ca')]],
])('serve on a port that is taken ends, and names the flag: %s', async (flag, more) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const port = String((other.address() as AddressInfo).port)
  expect(await refusal(['serve', '--json', ...more, flag, port])).toContain(`port ${port} is in use; choose another with ${flag}`)
  other.close()
})

it('an empty AUTHDOUBLE_ADMIN_TOKEN is a mistake, and lets nobody in', async () => {
  expect(await refusal(['serve', '--port', '0'], { AUTHDOUBLE_ADMIN_TOKEN: '' })).toContain('--admin-token is empty')
})

it('--fsync without a state file has nothing to wait for', async () => {
  expect(await refusal(['serve', '--port', '0', '--fsync'])).toContain('fsync is for a state file')
})

it.each([
  ['/proc/x', 'no folder can be made there'],
  ['/proc/x/y/z', 'no folder can be made there'],
  [join(folder, 'file'), 'it is a file'],
  [join(folder, 'file', 'below'), 'a part of its path is a file'],
])('ca in a folder that cannot be made, %s, says why', async (path, why) => {
  writeFileSync(join(folder, 'file'), '')
  for (const argv of [
    ['ca', '--ca-dir', path],
    ['serve', '--port', '0', '--proxy', '--ca-dir', path],
  ])
    expect(await refusal(argv)).toContain(`the certificate authority cannot be kept in ${path}: ${why}`)
})

it('ca says how to mend a key that others can read', async () => {
  const path = join(folder, 'open')
  expect((await authdouble(['ca', '--ca-dir', path]).ended).stdout).toBe(`${join(path, 'ca.pem')}\n`)
  chmodSync(join(path, 'ca-key.pem'), 0o640)
  expect(await refusal(['ca', '--ca-dir', path])).toContain(`chmod 600 ${join(path, 'ca-key.pem')}`)
  chmodSync(join(path, 'ca-key.pem'), 0o600)
  expect((await authdouble(['ca', '--ca-dir', path]).ended).code).toBe(0)
})
