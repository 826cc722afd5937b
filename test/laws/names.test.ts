import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root, sourcesBelow, withoutComments } from './sources.js'

const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['providers', 'cli'].includes(entry.name))
  .map(({ name }) => name)
const names = /\b(i?zettle|ziina|zoho|zentail|vcita|intandem)\b/i

it.each(rooms)('no provider is named in %s', (room) => {
  const guilty = sourcesBelow(`src/${room}`).flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .filter((line) => names.test(line) && !/^(import|export) .*providers\//.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  )
  expect(guilty).toEqual([])
})
