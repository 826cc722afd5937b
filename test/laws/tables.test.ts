import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { has, tables, withTable } from '../tables/tables.js'
import { root } from './sources.js'

it.each(Object.entries(tables))('the table "%s" is what the code prints (npm run tables writes it)', (name, { file, print }) => {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  expect(has(text, name)).toBe(true)
  const wanted = withTable(text, name, print())
  if (process.env['WRITE_TABLES'] === '1') writeFileSync(path, wanted)
  else expect(text).toBe(wanted)
})
