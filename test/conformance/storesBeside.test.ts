import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { logsIn } from '../../src/conformance/runner/logs.js'

const files = [
  'tokens.json',
  'tokens.json.4f2a.tmp',
  '.tokens.json.swp',
  'tokens.json.log',
  'tmpx7f3',
  'debug.txt',
  'requests.txt',
  'kept/tokens.json',
  'kept/more',
]

const logs = async (store: string | undefined, killed: boolean): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-logs-'))
  await mkdir(join(folder, 'kept'))
  await Promise.all(files.map((name) => writeFile(join(folder, name), name)))
  const read = await logsIn(folder, store, killed)
  await rm(folder, { recursive: true })
  return read.map(({ text }) => text).sort()
}

it('What writing a store leaves beside it is no log, whatever its name where the client was killed while it wrote', async () => {
  expect(await logs('tokens.json', false)).toEqual([
    'debug.txt',
    'kept/more',
    'kept/tokens.json',
    'requests.txt',
    'tmpx7f3',
    'tokens.json.log',
  ])
  expect(await logs('tokens.json', true)).toEqual(['debug.txt', 'tokens.json.log'])
  expect(await logs('kept', false)).toEqual(
    ['.tokens.json.swp', 'debug.txt', 'requests.txt', 'tmpx7f3', 'tokens.json', 'tokens.json.4f2a.tmp', 'tokens.json.log'].sort(),
  )
  expect(await logs(undefined, false)).toEqual(['debug.txt', 'tokens.json.log'])
})
