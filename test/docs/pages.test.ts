import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { providers } from '../../src/index.js'
import { quirksOf } from '../../src/provider/quirk.js'
import { root } from '../laws/sources.js'
import { blocksOf, pages, textOf } from './pages.js'

const documents = [...pages, 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']

/** Headings as GitHub names them in links. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )

/** What is being written. */
const coming: readonly string[] = []

const linksOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

it.each(documents)('what %s links to is there', (page) => {
  const lost = linksOf(textOf(page))
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      if (coming.includes(file) || coming.includes(`${file}#${anchor}`)) return false
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor)
    })
  expect(lost).toEqual([])
})

it('the README can be read in a few minutes', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(151)
})

it('every page is in the index, and can be reached from the README', () => {
  const own = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(own.map((page) => page.slice('docs/'.length)).filter((name) => !linksOf(textOf('docs/README.md')).includes(name))).toEqual([])
  const linked = linksOf(textOf('README.md'))
  expect(own.filter((page) => page !== 'docs/quirks.md' && !linked.includes(page))).toEqual([])
})

it('every dependency is named in the README, with its reason', () => {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const rows = [...textOf('README.md').matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)]
  const named = rows.filter(([, , reason = '']) => reason.length > 10).flatMap(([, names = '']) => names.split(', '))
  expect(Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !named.includes(name))).toEqual([])
})

const known = providers.flatMap(({ id, settings }) => quirksOf(settings).map(({ quirk }) => `${id}/${quirk.name}`))

it('every quirk that a page switches is one', () => {
  const text = documents
    .filter((page) => page !== 'CHANGELOG.md')
    .map(textOf)
    .join('\n')
  const ids = providers.map(({ id }) => id).join('|')
  const switched = [...text.matchAll(new RegExp(`(?:--quirk |'|quirks/|\`)((?:${ids})/[a-z0-9-]+-[a-z0-9-]+)(?==|'|\`| )`, 'g'))].map(
    ([, name = '']) => name,
  )
  expect(switched.length).toBeGreaterThan(8)
  // The ids of cases look alike, but have three parts.
  expect(switched.filter((name) => !known.includes(name))).toEqual([])
})

it('every trap of a provider is a quirk of it', () => {
  const traps = textOf('docs/providers-and-quirks.md').split('## Switch a quirk')[0] ?? ''
  const lists = traps.split('\n\n').filter((part) => part.startsWith('**'))
  expect(lists.length).toBeGreaterThan(4)
  for (const list of lists) {
    const { id, name } = providers.find((provider) => list.startsWith(`**${provider.name}**`)) ?? { id: '', name: list }
    const named = [...list.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, quirk = '']) => `${id}/${quirk}`)
    expect(named.length, name).toBeGreaterThan(3)
    expect(named.filter((quirk) => !known.includes(quirk))).toEqual([])
  }
})

it('the page of the faults has every kind that the control API takes', () => {
  const { components } = parse(readFileSync(join(root, 'openapi/control.yaml'), 'utf8'))
  const kinds: readonly string[] = components.schemas.FaultMembers.properties.kind.enum
  const rows = [...textOf('docs/faults-and-clock.md').matchAll(/^\| `([a-z-]+)` \| [a-z -]+ \|/gm)].map(([, kind]) => kind)
  expect(rows.sort()).toEqual([...kinds].sort())
})

it('a reason why a block is not run names tests that are there', () => {
  const reasons = pages.flatMap((page) => blocksOf(textOf(page)).flatMap(({ notRun }) => notRun ?? []))
  const files = reasons.flatMap((reason) => [...reason.matchAll(/(?:test|docker)\/[\w./-]*\w/g)].map(([file]) => file))
  expect(files.length).toBeGreaterThan(3)
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
})
