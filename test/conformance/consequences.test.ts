import { describe, expect, it } from 'vitest'
import { casesFor } from '../../src/conformance/cases/index.js'
import { invariants } from '../../src/conformance/invariants/violations.js'
import { allProviders, profiles } from './shipped.js'

const checks = allProviders.flatMap((id) =>
  casesFor(profiles[id]).flatMap((one) => one.checks(profiles[id]).map((check) => ({ ...check, of: `${id}/${one.topic}/${one.name}` }))),
)

describe('What costs somebody the connection or a secret', () => {
  it('is never below a must', () => {
    const grave = [...checks, ...invariants.map((one) => ({ ...one, of: 'always' }))].filter(
      ({ consequence }) => consequence !== undefined && consequence !== 'rule-broken',
    )
    expect(grave.length).toBeGreaterThan(20)
    expect(grave.filter(({ level }) => level !== 'must').map(({ of, id }) => `${of} ${id}`)).toEqual([])
  })

  it('has one consequence and one level wherever the check is made', () => {
    const seen = new Map<string, string>()
    for (const { id, consequence = 'rule-broken' } of checks) {
      expect(`${id} ${consequence}`).toBe(`${id} ${seen.get(id) ?? consequence}`)
      seen.set(id, consequence)
    }
  })

  it('and every must names the text that says so', () => {
    expect(checks.filter(({ reference }) => reference.id === '' || reference.text === '')).toEqual([])
  })
})
