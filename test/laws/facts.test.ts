/** What a provider does differently from the standard is a quirk, or a fact with a source; and sources can be looked up. */

import { describe, expect, it } from 'vitest'
import { defaults, replacedWhole } from '../../src/provider/defaults.js'
import { defineProvider } from '../../src/provider/define.js'
import { defineErrors, standardErrors } from '../../src/provider/dialect.js'
import { factsOf, formsOf } from '../../src/provider/facts.js'
import { isQuirk, quirksOf, settle } from '../../src/provider/quirk.js'
import type { Source } from '../../src/provider/source.js'
import { documented, isFact } from '../../src/provider/source.js'
import { providers } from '../../src/providers/index.js'

type Members = { readonly [member: string]: unknown }

const isOpen = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/** With the standard's members in place of those that have a source of their own. */
const withoutSourced = (value: unknown, standard: unknown): unknown =>
  isOpen(value) && isOpen(standard)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([member, inner]) =>
          isFact(inner) || isQuirk(inner) ? (member in standard ? [[member, standard[member]]] : []) : [[member, inner]],
        ),
      )
    : value

/** Paths of what departs from the standard with nothing that says why. */
const unsourced = (value: unknown, standard: unknown, path: string): readonly string[] => {
  if (isFact(value) || isQuirk(value)) return []
  const name = path.split('.').at(-1) ?? ''
  const members = isOpen(value) ? Object.entries(value) : []
  // A section that is there, and says nothing, departs by being there.
  if (members.length === 0 || replacedWhole.includes(name))
    return JSON.stringify(withoutSourced(value, standard)) === JSON.stringify(standard) ? [] : [path]
  return members.flatMap(([member, inner]) => unsourced(inner, isOpen(standard) ? standard[member] : undefined, `${path}.${member}`))
}

/** A key stands for one reason, for all with an error code, or for all of them. */
const standardWords = (key: string): readonly Members[] => {
  const all = standardErrors as { readonly [reason: string]: Members }
  return Object.entries(all)
    .filter(([reason, words]) => key === '*' || reason === key || words['error'] === key)
    .map(([, words]) => words)
}

const unsourcedWords = (words: object): readonly string[] =>
  Object.entries(words).flatMap(([key, said]) => [
    ...new Set(standardWords(key).flatMap((standard) => unsourced(said, standard, `dialect.${key}`))),
  ])

const unsourcedIn = (settings: object): readonly string[] =>
  formsOf(settings).flatMap((form) => {
    const { dialect = {}, ...sections } = form as { readonly dialect?: object }
    return [
      ...Object.entries(sections).flatMap(([section, value]) => unsourced(value, (defaults as Members)[section], section)),
      ...formsOf(dialect).flatMap(unsourcedWords),
    ]
  })

const sourcesOf = (settings: object): readonly (readonly [name: string, source: Source])[] => [
  ...quirksOf(settings).map(({ quirk }) => [quirk.name, quirk.source] as const),
  ...factsOf(settings).map(({ path, source }) => [path, source] as const),
]

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (_, { settings }) => {
  it('departs from the standard only where a quirk or a fact says so', () => {
    expect(formsOf(settings)).toHaveLength(1)
    expect(unsourcedIn(settings)).toEqual([])
  })

  it('quotes ten words at most of every place that it names, and none of what nobody has said', () => {
    const sources = sourcesOf(settings)
    expect(sources.length).toBeGreaterThan(10)
    for (const [name, { grade, where, quote }] of sources) {
      expect([name, where.length > 3]).toEqual([name, true])
      expect([name, grade, quote !== undefined]).toEqual([name, grade, grade !== 'inferred'])
      expect([name, (quote ?? '').split(/\s+/).length <= 10]).toEqual([name, true])
    }
  })
})

it('a departure that nothing explains is found, in a section, an endpoint, a reply and an error', () => {
  const dialect = defineErrors({ invalid_grant: { description: 'no' }, invalid_client: documented('docs', 'no', { status: 400 }) })
  const endpoints = { token: { operation: 'token', methods: ['POST'], path: '/t', host: 'a.example' } } as const
  const { settings } = defineProvider({
    id: 'acme',
    name: 'Acme',
    docs: '',
    settings: {
      issuer: documented('docs', 'a.example', 'https://a.example'),
      endpoints,
      code: { lifetime: 30, once: true },
      token: { reply: { access_token: '{access_token}' } },
      access: { lifetime: documented('docs', 'an hour or two', 7200) },
      revoke: {},
      dialect,
    },
  })
  expect(unsourcedIn(settings)).toEqual([
    'endpoints.token.operation',
    'endpoints.token.methods',
    'endpoints.token.path',
    'endpoints.token.host',
    'code.lifetime',
    'token.reply',
    'revoke',
    'dialect.invalid_grant.description',
  ])
  expect(settle<{ readonly access: Members }>(settings).access['lifetime']).toBe(7200)
  expect(factsOf(settings)).toEqual([
    { path: 'issuer', source: { grade: 'documented', where: 'docs', quote: 'a.example' }, value: 'https://a.example' },
    { path: 'access.lifetime', source: { grade: 'documented', where: 'docs', quote: 'an hour or two' }, value: 7200 },
    { path: 'dialect.invalid_client', source: { grade: 'documented', where: 'docs', quote: 'no' }, value: { status: 400 } },
  ])
})
