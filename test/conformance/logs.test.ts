import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { logsIn } from '../../src/conformance/runner/logs.js'

it('The logs of a client are read while it removes files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-logs-'))
  const names = Array.from({ length: 300 }, (_, at) => `lock-${at}`)
  await Promise.all(['app.log', ...names].map((name) => writeFile(join(folder, name), name)))
  const reading = logsIn(folder, 'store.json', false)
  // Its own list is made by now, and most files of the list are not read yet.
  await readdir(folder)
  for (const name of names) rmSync(join(folder, name))
  const read = await reading
  expect(read).toContainEqual({ where: 'the file app.log of its state directory', text: 'app.log' })
  expect(read.length).toBeLessThan(names.length)
  await rm(folder, { recursive: true })
})
