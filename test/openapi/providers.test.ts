/** The descriptions and the providers say the same: endpoints, hosts and quirks. */

import { describe, expect, test } from 'vitest'
import { providers } from '../../src/index.js'
import { quirksOf, settle } from '../../src/provider/quirk.js'
import type { Settings } from '../../src/provider/settings.js'
import { description, places } from './descriptions.js'

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** `GET /path`, for every endpoint a provider has with the quirks as they are by default and with each one toggled. */
const endpointsOf = (provider: (typeof providers)[number]): { readonly usual: Set<string>; readonly ever: Set<string> } => {
  const listed = (settings: Settings): readonly string[] =>
    Object.values(settings.endpoints).flatMap(({ methods: known, path }) => known.map((method) => `${method} ${path}`))
  const usual = new Set(listed(settle<Settings>(provider.settings)))
  const ever = new Set(usual)
  for (const { quirk } of quirksOf(provider.settings)) {
    for (const on of [true, false]) for (const one of listed(settle<Settings>(provider.settings, { [quirk.name]: on }))) ever.add(one)
  }
  return { usual, ever }
}

type Members = { readonly [member: string]: unknown }

const servers = (holder: Members, fallback: Members): readonly string[] =>
  (
    (holder['servers'] ?? fallback['servers']) as readonly {
      readonly url: string
      readonly variables?: { readonly [name: string]: { readonly enum: readonly string[] } }
    }[]
  )
    .flatMap(({ url, variables }) => {
      const [name, variable] = Object.entries(variables ?? {})[0] ?? []
      return variable ? variable.enum.map((value) => url.replace(`{${name}}`, value)) : [url]
    })
    .map((url) => new URL(url).host)

describe.each(providers.map((provider) => [provider.id, provider] as const))('openapi/%s.yaml', (id, provider) => {
  const document = description(id) as unknown as Members & { readonly paths: { readonly [path: string]: Members } }
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
  )

  test('describes every endpoint, and nothing else', () => {
    const { usual, ever } = endpointsOf(provider)
    expect([...usual].filter((endpoint) => !described.includes(endpoint))).toEqual([])
    expect(described.filter((endpoint) => !ever.has(endpoint))).toEqual([])
  })

  test('names the real hosts', () => {
    for (const { path, host, alsoHosts = [] } of Object.values(settle<Settings>(provider.settings).endpoints)) {
      expect(servers(document.paths[path] ?? {}, document), path).toEqual(expect.arrayContaining([host, ...alsoHosts]))
    }
  })

  test('marks every quirk where it bears', () => {
    const names = quirksOf(provider.settings).map(({ quirk }) => quirk.name)
    const marked = [...places(document)].flatMap(([pointer, value]) => (pointer.at(-1) === 'x-quirk' ? [value].flat() : [])) as string[]
    expect([...new Set(marked)].filter((name) => !names.includes(name))).toEqual([])
    expect(names.filter((name) => !marked.includes(name))).toEqual([])
  })

  test('grades every operation', () => {
    for (const item of Object.values(document.paths)) {
      for (const method of methods.filter((one) => one in item)) {
        expect((item[method] as Members)['x-grade']).toMatch(/^(documented|sample|observed|inferred)$/)
      }
    }
  })
})
