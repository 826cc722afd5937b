import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Seen } from '../../src/protocol/records.js'
import { openFile } from '../../src/store/file.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-private-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const seen: Seen = { at: 1 }
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const write = async (path: string, fsync = false): Promise<void> => {
  const store = (await openFile(path, { fsync })).store(() => 0)
  await store.transact('s', (tx) => tx.put('seen', 'one', seen))
  await store.close()
}

it.each([false, true])('A state file is for its owner alone, whatever the umask (fsync: %s)', async (fsync) => {
  const path = join(folder, `new-${fsync}.json`)
  const umask = process.umask(0)
  try {
    await write(path, fsync)
  } finally {
    process.umask(umask)
  }
  expect(modeOf(path)).toBe('600')
})

it.each([0o600, 0o640, 0o400])('A state file that somebody gave mode %o keeps it', async (mode) => {
  const path = join(folder, `kept-${mode}.json`)
  writeFileSync(path, '')
  chmodSync(path, mode)
  await write(path)
  expect(modeOf(path)).toBe(mode.toString(8))
  expect(readFileSync(path, 'utf8')).toContain('"seen"')
})

it('Links that lie where a draft could be are not followed', async () => {
  const path = join(folder, 'state.json')
  const victim = join(folder, 'victim')
  writeFileSync(victim, 'not ours')
  for (const name of ['.state.json.tmp', `.state.json.${'0'.repeat(24)}.tmp`]) symlinkSync(victim, join(folder, name))
  await write(path)
  expect(readFileSync(victim, 'utf8')).toBe('not ours')
  expect(lstatSync(join(folder, '.state.json.tmp')).isSymbolicLink()).toBe(true)
})

it('Drafts that a killed process left are removed, and no others', async () => {
  const path = join(folder, 'left.json')
  const left = `.left.json.${'a'.repeat(24)}.tmp`
  const other = `.left2json.${'a'.repeat(24)}.tmp`
  for (const name of [left, other]) writeFileSync(join(folder, name), '{')
  await write(path)
  expect(existsSync(join(folder, left))).toBe(false)
  expect(existsSync(join(folder, other))).toBe(true)
  expect(readdirSync(folder).filter((name) => name.startsWith('.left.json'))).toEqual([])
})
