/** The script that looks quotations up finds what is there, and lists what is not. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { factsOf } from '../../src/provider/facts.js'
import { quirksOf } from '../../src/provider/quirk.js'
import { zentail } from '../../src/providers/zentail/zentail.js'
import { requirementsOf } from '../statement.js'
import { root } from './sources.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-sources-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = () => {
  const { status, stdout } = spawnSync(process.execPath, ['test/scripts/sources.mjs', folder, '--provider', 'zentail'], { cwd: root })
  return { status, lines: stdout.toString().trim().split('\n') }
}

const quotes = [
  ...quirksOf(zentail.settings).map(({ quirk }) => quirk.source),
  ...factsOf(zentail.settings).map(({ source }) => source),
  ...requirementsOf('zentail').requirements,
].flatMap(({ quote }) => (quote === undefined ? [] : [quote]))

it('quotations are found in saved pages whatever their line ends, spaces and marks are; those that are missing are listed', () => {
  // As a page looks that was saved as text: words apart, code in marks, other quotation marks.
  const page = quotes.map((quote) => `**${quote.replaceAll(' ', '\n').replaceAll("'", '’')}**`).join('\n\n')
  writeFileSync(join(folder, 'page.md'), page)
  expect(run()).toEqual({ status: 0, lines: [`${quotes.length} of ${quotes.length} quotations are in the 1 files`] })
  const [first = ''] = quotes
  writeFileSync(join(folder, 'page.md'), page.replaceAll(first.replaceAll(' ', '\n').slice(0, 12), ''))
  const { status, lines } = run()
  expect(status).toBe(1)
  expect(lines.length).toBeGreaterThan(1)
  expect(lines[0]).toContain(`“${first}”`)
})
