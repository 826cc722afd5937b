import { expect, it } from 'vitest'
import { importsOf, sourcesBelow, withoutComments } from './sources.js'

const impure = [
  /\bDate\b/,
  /\bMath\.random\b/,
  /\bprocess\b/,
  /\basync\b/,
  /\bawait\b/,
  /\bPromise\b/,
  /\bsetTimeout\b/,
  /\bcrypto\b/,
  /\bfetch\b/,
]

it('the protocol has no clock, no randomness, no I/O and nothing asynchronous', () => {
  const sources = sourcesBelow('src/protocol')
  expect(sources.length).toBeGreaterThan(10)
  for (const source of sources) {
    const code = withoutComments(source.text)
    expect([source.path, impure.filter((word) => word.test(code)).map(String)]).toEqual([source.path, []])
    expect([source.path, importsOf(source).filter((name) => !name.startsWith('src/'))]).toEqual([source.path, []])
  }
})
