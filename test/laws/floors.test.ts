import { describe, expect, it } from 'vitest'
import { importsOf, sourcesBelow, withoutComments } from './sources.js'

/** Each room's floor. A file imports from its own room and from floors below. */
const floors: { readonly [room: string]: number } = {
  provider: 0,
  validation: 0,
  package: 0,
  providers: 1,
  protocol: 1,
  clock: 1,
  http: 2,
  store: 2,
  intercept: 2,
  faults: 3,
  journal: 4,
  sandbox: 5,
  issuance: 6,
  'provider-files': 6,
  pages: 7,
  'control-api': 8,
  server: 9,
  index: 10,
  conformance: 11,
  testing: 11,
  // Types alone, and nobody imports it: the laws of the console say so.
  console: 12,
  cli: 12,
}

/** The folder below src, or the file itself. */
const roomOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? ''

const allowed = (from: string, to: string): boolean => {
  const [mine = Number.NaN, theirs = Number.NaN] = [floors[from], floors[to]]
  return from === to || theirs < mine
}

describe('floors', () => {
  const sources = sourcesBelow('src')

  it('every file of the house stands on a floor', () => {
    expect(sources.length).toBeGreaterThan(40)
    expect(sources.filter(({ path }) => floors[roomOf(path)] === undefined).map(({ path }) => path)).toEqual([])
  })

  it('imports only point down', () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter((name) => name.startsWith('src/'))
        .filter((name) => !allowed(roomOf(source.path), roomOf(name)))
        .map((name) => `${source.path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('no files import each other in a circle', () => {
    const imports = new Map(
      sources.map((source) => [
        source.path,
        importsOf({ ...source, text: withoutComments(source.text) }).filter((name) => name.startsWith('src/')),
      ]),
    )
    const circles: string[] = []
    const done = new Set<string>()
    const follow = (path: string, way: readonly string[]): void => {
      const at = way.indexOf(path)
      if (at >= 0) circles.push([...way.slice(at), path].join(' -> '))
      if (at >= 0 || done.has(path)) return
      for (const next of imports.get(path) ?? []) follow(next, [...way, path])
      done.add(path)
    }
    for (const path of imports.keys()) follow(path, [])
    expect(circles).toEqual([])
  })

  it('the vocabulary of providers imports nothing, and providers import only the vocabulary', () => {
    const outside = sources
      .filter(({ path }) => ['provider', 'providers'].includes(roomOf(path)))
      .flatMap((source) =>
        importsOf(source).filter((name) => !['provider', 'providers'].includes(roomOf(name)) || !name.startsWith('src/')),
      )
    expect(outside).toEqual([])
  })

  it('what the control API is made of is imported by it alone, and it is loaded when it is first called', () => {
    const framework = ['koa', '@koa/router', 'koa-bodyparser']
    const code = sources.map((source) => ({ ...source, text: withoutComments(source.text) }))
    // Types cost nothing at run time, but for those of the control API nobody needs them.
    const users = code.filter((source) => importsOf(source).some((name) => framework.includes(name))).map(({ path }) => path)
    expect(users.filter((path) => !path.startsWith('src/control-api/'))).toEqual([])
    expect(users).toContain('src/control-api/router.ts')
    const early = code.filter(
      ({ path, text }) => !path.startsWith('src/control-api/') && /from '[^']*\/control-api\/router\.js'/.test(text),
    )
    expect(early.map(({ path }) => path)).toEqual([])
  })

  it('jose is imported only where tokens are signed and opened', () => {
    const users = sources.filter((source) => /from 'jose'|import\('jose'\)/.test(source.text)).map(({ path }) => path)
    // Besides the wire, the case that forges ID tokens for a client to refuse.
    expect(users.filter((path) => !path.startsWith('src/http/') && path !== 'src/conformance/cases/exchange/id-token.ts')).toEqual([])
    expect(users.length).toBeGreaterThan(0)
  })
})
