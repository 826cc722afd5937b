import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { has, tables, withTable } from '../tables/tables.js'
import { root } from './sources.js'

const readme = join(root, 'README.md')

it.each(Object.keys(tables))('the table "%s" in the README is what the code prints (npm run tables writes it)', (name) => {
  const text = readFileSync(readme, 'utf8')
  expect(has(text, name)).toBe(true)
  const wanted = withTable(text, name, tables[name]?.() ?? '')
  if (process.env['WRITE_TABLES'] === '1') writeFileSync(readme, wanted)
  else expect(text).toBe(wanted)
})
