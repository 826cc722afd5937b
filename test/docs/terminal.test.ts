/** docs/terminal.svg shows what the commands print: a server with its log, and a verdict. */

import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { authdouble } from '../cli/command.js'
import { root } from '../laws/sources.js'
import type { Terminal } from '../tables/terminal.js'
import { terminalPicture } from '../tables/terminal.js'
import { blocksOf, textOf } from './pages.js'

/** What differs from run to run stands still in the picture. */
const steady = (text: string): readonly string[] =>
  text
    .trimEnd()
    .replaceAll(/\b\d+ ms\b/g, '2 ms')
    .replaceAll(/\b\d+\.\d+ s\b/g, '0.3 s')
    .replaceAll(/\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g, '12:00:00')
    .split('\n')

/** Zettle rotates the refresh token, and a client sends the old one again. */
const log = async (): Promise<Terminal> => {
  const server = authdouble(['--port', '0', '--provider', 'zettle'])
  const [banner] = await once(server.child.stderr, 'data')
  const [, url = '', port = ''] = /at (http:\/\/127\.0\.0\.1:(\d+))/.exec(String(banner)) ?? []
  const [, client = '', secret = ''] = /client (\S+), secret (\S+)/.exec(String(banner)) ?? []
  const grant = { grant_type: 'refresh_token', refresh_token: '07b0edfc-f557-4e52-a995-384288e2351e' }
  const body = new URLSearchParams({ ...grant, client_id: client, client_secret: secret })
  for (let times = 0; times < 2; times++) await (await fetch(`${url}/zettle/token`, { method: 'POST', body })).text()
  server.child.kill()
  const { stderr } = await server.ended
  const lines = steady(stderr.replaceAll(port, '4740'))
  return {
    title: 'The double: what your client sent, and the exact reason of a refusal',
    lines: ['$ npx authdouble --provider zettle', ...lines],
  }
}

const verdict = async (): Promise<Terminal> => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-picture-'))
  const client = blocksOf(textOf('docs/conformance.md')).find(({ file }) => file === 'client.mjs')
  await writeFile(join(folder, 'client.mjs'), client?.text ?? '')
  const argv = ['conform', '--provider', 'zettle', '--module', 'client.mjs', '--case', 'exchange/sends-no-code-twice']
  const { stdout } = await authdouble([...argv, '--seed', '1'], { cwd: folder }).ended
  await rm(folder, { recursive: true })
  const lines = steady(stdout)
  const finding = lines.slice(lines.findIndex((line) => line.startsWith('✗ FAIL')))
  const end = finding.findIndex((line) => line.trim() === '')
  return {
    title: 'The conformance suite: a verdict with evidence',
    lines: [
      `$ npx authdouble ${argv.join(' ')}`,
      ...finding.slice(0, end).filter((line) => !line.includes('reproduce ')),
      '…',
      lines.at(-1) ?? '',
    ],
  }
}

it('the picture shows what the commands print (npm run tables draws it)', async () => {
  const path = join(root, 'docs/terminal.svg')
  const picture = terminalPicture([await log(), await verdict()])
  if (process.env['WRITE_TABLES'] === '1') await writeFile(path, picture)
  else expect(await readFile(path, 'utf8')).toBe(picture)
})
