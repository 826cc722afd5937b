import { expect, it } from 'vitest'
import { providers } from '../../src/providers/index.js'
import { sourcesBelow, withoutComments } from './sources.js'

it.each(providers.map(({ id }) => id))('%s is written down in files of fewer than 200 lines each', (id) => {
  const files = sourcesBelow(`src/providers/${id}`)
  const names = files.map(({ path }) => path)
  expect(names).toEqual(expect.arrayContaining([`src/providers/${id}/${id}.ts`, `src/providers/${id}/endpoints.ts`]))
  for (const { path, text } of files) expect([path, text.trimEnd().split('\n').length < 200]).toEqual([path, true])
})

it('a provider cannot do anything, only say: no functions with a body, no conditions, no loops', () => {
  for (const { path, text } of sourcesBelow('src/providers'))
    expect([
      path,
      /\b(if|for|while|return|function|class|async|throw)\b\s*[({]/.exec(withoutComments(text).replace(/'[^'\n]*'/g, "''")),
    ]).toEqual([path, null])
})
