/** A process that stands still (SIGSTOP, a suspended container) must not lose what another one promises, nor promise what it cannot keep. */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openFile } from '../../src/store/file.js'
import { Unavailable } from '../../src/store/store.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-stopped-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const age = (path: string): void => utimesSync(path, 0, 0)

it('A stopped process keeps its file, however long it stands still', async () => {
  const path = join(folder, 'held.json')
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', '--port', '0', '--json', '--state', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    await once(child.stdout, 'data')
    child.kill('SIGSTOP')
    // A signal is on its way for a moment.
    await expect.poll(() => execFileSync('ps', ['-o', 'stat=', '-p', String(child.pid)]).toString()).toContain('T')
    age(`${path}.lock`)
    await expect(openFile(path)).rejects.toThrow(`in use by another authdouble (process ${child.pid} `)
  } finally {
    child.kill('SIGKILL')
  }
})

it('A lock of a pid that has come again since is none', async () => {
  const path = join(folder, 'again.json')
  const other = spawn('sleep', ['60'])
  try {
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: other.pid, host: hostname(), began: 'another boot 1' }))
    await (await openFile(path)).store(() => 0).close()
  } finally {
    other.kill()
  }
})

it('Whoever lost its file to another process promises nothing more, and leaves the file and the lock alone', async () => {
  const path = join(folder, 'lost.json')
  const first = (await openFile(path)).store(() => 0)
  await first.transact('s', (tx) => tx.put('seen', 'first', { at: 1 }))
  // As in another container, which cannot ask whether this process lives.
  const lock = JSON.parse(readFileSync(`${path}.lock`, 'utf8'))
  writeFileSync(`${path}.lock`, JSON.stringify({ ...lock, host: 'elsewhere' }))
  age(`${path}.lock`)
  const second = (await openFile(path)).store(() => 0)
  await second.transact('s', (tx) => tx.put('seen', 'second', { at: 2 }))
  const before = readFileSync(path, 'utf8')
  const late = first.transact('s', (tx) => tx.put('seen', 'late', { at: 3 }))
  await expect(late).rejects.toThrow(Unavailable)
  expect(() => first.transact('s', (tx) => tx.get('seen', 'first'))).toThrow('has taken')
  await first.close()
  expect(readFileSync(path, 'utf8')).toBe(before)
  await second.transact('s', (tx) => tx.put('seen', 'third', { at: 4 }))
  await second.close()
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')).records.s.seen)).toEqual(['first', 'second', 'third'])
})
