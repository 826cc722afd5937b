/** The console is a page of its own: it knows the control API by its types, and nobody else knows the console. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { importsOf, root, sourcesBelow, withoutComments } from './sources.js'

const files = readdirSync(join(root, 'src/console'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ path: `src/console/${name.replaceAll('\\', '/')}`, text: readFileSync(join(root, 'src/console', name), 'utf8') }))

test('from outside of its room come types, into one file, and Preact', () => {
  expect(files.length).toBeGreaterThan(30)
  const outside = files.flatMap(({ path, text }) =>
    // What is shown to be copied imports what its reader has.
    importsOf({ path, text: text.replace(/`[^`]*`/g, '``') })
      .filter((name) => !name.startsWith('src/console/') && !/^preact(\/|$)/.test(name))
      .map((name) => `${path} imports ${name}`),
  )
  expect(outside).toEqual(
    ['conformance/api.ts', 'conformance/explore/schedule.ts', 'index.ts'].map((name) => `src/console/types.ts imports src/${name}`),
  )
  const types = files.find(({ path }) => path.endsWith('/types.ts'))
  expect(types?.text.split('\n').filter((line) => line.startsWith('import '))).toEqual([
    expect.stringMatching(/^import type /),
    expect.stringMatching(/^import type /),
    expect.stringMatching(/^import type /),
  ])
})

test('nobody imports it', () => {
  const users = sourcesBelow('src').filter(
    (source) => !source.path.startsWith('src/console/') && importsOf(source).some((name) => name.includes('console/')),
  )
  expect(users.map(({ path }) => path)).toEqual([])
})

test('the server loads its page only when somebody asks for it', () => {
  const early = sourcesBelow('src').filter(({ text }) => /from '[^']*\/door\.js'/.test(withoutComments(text)))
  expect(early.map(({ path }) => path)).toEqual([])
  expect(sourcesBelow('src').filter(({ text }) => text.includes("import('./door.js')")).length).toBe(1)
})

test('no text can become markup in it, and no provider is named in it', () => {
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function|DOMParser/
  const names = /\b(i?zettle|ziina|zoho|zentail|vcita|intandem)\b/i
  const guilty = files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .filter((line) => forbidden.test(line) || names.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  )
  expect(guilty).toEqual([])
})

test('each of its files is short', () => {
  expect(files.filter(({ text }) => text.split('\n').length > 220).map(({ path }) => path)).toEqual([])
})

test('as it was built it takes at most 60 kB compressed', () => {
  const sizes = ['console.js', 'console.css'].map((name) => gzipSync(readFileSync(join(root, 'dist/console', name))).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000)
})
