/** Every documented exchange works with only the host changed. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { differences, sampleProviders, samplesOf } from './samples.js'

describe.each(sampleProviders)('the samples of %s', (provider) => {
  test('say where they stand in the text, and start from what is seeded', () => {
    const seed = readFileSync(new URL(`../../fixtures/${provider}/seed.json`, import.meta.url), 'utf8')
    const samples = samplesOf(provider)
    expect(samples.size).toBeGreaterThan(3)
    for (const [name, sample] of samples) {
      expect(sample, name).toMatchObject({ title: expect.any(String), source: expect.any(String), changed: expect.any(String) })
      for (const value of Object.values(sample.given ?? {}))
        if (typeof value === 'string') expect(seed, name).toContain(JSON.stringify(value))
      if (sample.after !== undefined) expect(samples.has(sample.after), `${name} comes after ${sample.after}`).toBe(true)
    }
  })
})

describe('comparing an answer with a sample', () => {
  test('finds a wrong value, a missing member and one too many', () => {
    expect(differences({ a: 1, b: 'x' }, { a: 1, b: { pattern: '^x$' } }, true)).toEqual([])
    expect(differences({ a: 2 }, { a: 1 })).toHaveLength(1)
    expect(differences({}, { a: { type: 'integer' } })).toHaveLength(1)
    expect(differences({ a: 1, token_type: 'Bearer' }, { a: 1 }, true)).toEqual(['the value has a member token_type'])
    expect(differences('IZSEC-x', { pattern: '^IZSEC[0-9a-f]' })).toHaveLength(1)
    expect(differences('not.a.jwt!', { jwt: {} })).toHaveLength(1)
  })
})
