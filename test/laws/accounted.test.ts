/** Every statement of the providers' texts is carried by a quirk, a case or a test that breaks it, or excluded with a reason. */

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { casesOf } from '../../src/conformance/runner/run.js'
import { caseId } from '../../src/conformance/runner/select.js'
import { providers } from '../../src/index.js'
import { quirksOf, settle } from '../../src/provider/quirk.js'
import type { Requirement } from '../statement.js'
import { requirementsOf } from '../statement.js'

const root = new URL('../../', import.meta.url)
const ways = ['quirk', 'setting', 'case', 'test', 'excluded'] as const

const rowsOf = (provider: string): readonly Requirement[] => {
  const { requirements, ours } = requirementsOf(provider)
  return [...requirements, ...ours]
}

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, member) =>
        typeof inner === 'object' && inner !== null ? (inner as { readonly [member: string]: unknown })[member] : undefined,
      value,
    )

const carried = (way: (typeof ways)[number]) => (provider: string) => rowsOf(provider).flatMap((requirement) => requirement[way] ?? [])

describe.each(providers.map((provider) => [provider.id, provider] as const))('the requirements of %s', (id, provider) => {
  test('each have an id, a place in the text, a level, words and one way of being carried', () => {
    const requirements = rowsOf(id)
    expect(requirements.length).toBeGreaterThanOrEqual(25)
    expect(new Set(requirements.map((requirement) => requirement.id)).size).toBe(requirements.length)
    for (const requirement of requirements) {
      expect(requirement).toMatchObject({
        id: expect.stringMatching(/^[a-z0-9-]+$/),
        section: expect.any(String),
        says: expect.any(String),
      })
      expect(['must', 'should', 'advice', 'provider'], requirement.id).toContain(requirement.level)
      expect(
        ways.filter((way) => typeof requirement[way] === 'string' && requirement[way] !== ''),
        requirement.id,
      ).toHaveLength(1)
    }
  })

  test('name quirks and settings that exist', () => {
    const names = quirksOf(provider.settings).map(({ quirk }) => quirk.name)
    expect(carried('quirk')(id).filter((name) => !names.includes(name))).toEqual([])
    const settings = settle(provider.settings)
    expect(carried('setting')(id).filter((path) => at(settings, path) === undefined)).toEqual([])
  })

  test('name tests that exist', () => {
    expect(carried('test')(id).filter((file) => !existsSync(new URL(file, root)))).toEqual([])
  })

  test('name conformance cases that exist, and are played for this provider', () => {
    const known = casesOf(id).map((one) => caseId(id, one))
    expect(carried('case')(id).filter((name) => !known.includes(name))).toEqual([])
  })
})

/** The plain server has specifications for a text, which others quote. */
const withText = providers.map(({ id }) => id).filter((id) => id !== 'plain')

describe.each(withText)('the statements of %s', (id) => {
  const { requirements, ours } = requirementsOf(id)

  test('quote ten words of the text at most, and what is ours quotes nothing', () => {
    for (const { id: row, quote } of requirements) {
      expect([row, (quote ?? '') !== '']).toEqual([row, true])
      expect([row, (quote ?? '').split(/\s+/).length <= 10]).toEqual([row, true])
    }
    expect(ours.filter(({ quote }) => quote !== undefined)).toEqual([])
  })

  test('are not taken for carried because a setting exists, and those that name a test are broken in it', () => {
    expect(requirements.filter(({ setting }) => setting !== undefined)).toEqual([])
    const file = `test/providers/${id}/statements.test.ts`
    const tested = requirements.filter((row) => row.test !== undefined)
    expect(tested.filter((row) => row.test !== file)).toEqual([])
    const text = readFileSync(new URL(file, root), 'utf8')
    const broken = [...text.matchAll(/\b(?:statement|opens)\(\s*'([^']+)'/g)].map(([, row]) => row)
    expect(broken.toSorted()).toEqual(tested.map((row) => row.id).toSorted())
  })
})
