import { describe, expect, it } from 'vitest'
import type { Toggle } from '../../src/provider/quirk.js'
import { quirksOf, settle, settledValue } from '../../src/provider/quirk.js'
import type { Settings } from '../../src/provider/settings.js'
import { providers } from '../../src/providers/index.js'

const at = (settings: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, step) => (typeof value === 'object' && value !== null ? (value as { [member: string]: unknown })[step] : undefined),
      settings,
    )

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (_, provider) => {
  const placed = quirksOf(provider.settings)

  it.each(placed.map((one) => [one.quirk.name, one] as const))('%s settles on, off and at each of its values', (name, { quirk, paths }) => {
    const toggles: readonly Toggle[] = [true, false, ...Object.keys(quirk.variants ?? {})]
    for (const toggle of toggles) {
      const settings = settle<Settings>(provider.settings, { [name]: toggle })
      const wanted = settledValue(quirk, toggle)
      if (!('value' in wanted)) throw new Error(wanted.error)
      const { value } = settle<{ readonly value: unknown }>({ value: wanted.value })
      for (const path of paths) expect(at(settings, path)).toEqual(value)
    }
    const plain = settle<Settings>(provider.settings)
    const { value } = settle<{ readonly value: unknown }>({ value: quirk.optIn === true ? quirk.standard : quirk.provider })
    for (const path of paths) expect(at(plain, path)).toEqual(value)
  })

  it('every quirk differs from a plain server, says what it is, and names its source', () => {
    for (const { quirk } of placed) {
      expect([quirk.name, quirk.provider]).not.toEqual([quirk.name, quirk.standard])
      expect(quirk.name).toMatch(/^[a-z][a-z0-9-]*$/)
      expect(quirk.description.length).toBeGreaterThan(20)
      expect(['documented', 'sample', 'observed', 'inferred']).toContain(quirk.source.grade)
      expect(quirk.source.where.length).toBeGreaterThan(5)
    }
  })

  it('names are unique, what is only tolerated is dormant', () => {
    const names = placed.map(({ quirk }) => quirk.name)
    expect(new Set(names).size).toBe(names.length)
    for (const { quirk } of placed) if (quirk.name.startsWith('also-takes-')) expect([quirk.name, quirk.optIn]).toEqual([quirk.name, true])
  })

  it('a toggle that is unknown or of another kind is refused by name', () => {
    const [first] = placed
    if (!first) throw new Error('no quirks')
    expect(() => settle(provider.settings, { 'no-such-quirk': true })).toThrow('no-such-quirk')
    const wrong = [...placed].find(({ quirk }) => typeof quirk.provider === 'boolean')
    if (wrong) expect(() => settle(provider.settings, { [wrong.quirk.name]: 'maybe' })).toThrow(wrong.quirk.name)
  })
})
