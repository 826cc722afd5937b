import { expect, it } from 'vitest'
import { quirksOf } from '../../src/provider/quirk.js'
import { providers } from '../../src/providers/index.js'
import { sourcesBelow } from './sources.js'

it('every quirk of every provider has a test that sees it on and off', () => {
  const tested = sourcesBelow('test').flatMap(({ text }) => [...text.matchAll(/\bquirkTest\(\s*'([^']+)'/g)].map(([, name]) => name))
  const declared = providers.flatMap(({ id, settings }) =>
    quirksOf(settings).map(({ quirk }) => [`${id}/${quirk.name}`, `${id}/${quirk.was}`]),
  )
  expect(declared.length).toBeGreaterThan(50)
  expect(declared.filter((names) => !names.some((name) => tested.includes(name)))).toEqual([])
})
