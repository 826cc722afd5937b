/** Every statement of the providers' texts is carried by a quirk or a setting, tested, or excluded with a reason. */

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { casesOf } from '../../src/conformance/runner/run.js'
import { caseId } from '../../src/conformance/runner/select.js'
import { providers } from '../../src/index.js'
import { quirksOf, settle } from '../../src/provider/quirk.js'

interface Requirement {
  readonly id: string
  readonly section: string
  readonly level: string
  readonly says: string
  readonly quirk?: string
  readonly setting?: string
  readonly case?: string
  readonly test?: string
  readonly excluded?: string
}

const root = new URL('../../', import.meta.url)
const ways = ['quirk', 'setting', 'case', 'test', 'excluded'] as const

const requirementsOf = (provider: string): readonly Requirement[] =>
  parse(readFileSync(new URL(`fixtures/${provider}/requirements.yaml`, root), 'utf8')).requirements

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, member) =>
        typeof inner === 'object' && inner !== null ? (inner as { readonly [member: string]: unknown })[member] : undefined,
      value,
    )

const carried = (way: (typeof ways)[number]) => (provider: string) =>
  requirementsOf(provider).flatMap((requirement) => requirement[way] ?? [])

describe.each(providers.map((provider) => [provider.id, provider] as const))('the requirements of %s', (id, provider) => {
  test('each have an id, a place in the text, a level, words and one way of being carried', () => {
    const requirements = requirementsOf(id)
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
