import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Held } from '../../src/instruments/reel.js'
import { createReel } from '../../src/instruments/reel.js'

const empty = (): Held => ({ chunk: undefined, from: 0, to: 0 })

it('tells every text that is held, whatever came and went around it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('x'.repeat(3000), '€'.repeat(20_000), '🙂'.repeat(70_000), 'y'.repeat(100_000), ''),
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(text, { maxLength: 60 }), (limit, texts) => {
      const reel = createReel()
      const places = Array.from({ length: limit }, empty)
      for (const [at, one] of texts.entries()) {
        const place = places[at % limit] ?? empty()
        reel.release(place)
        reel.write(place, one)
        for (let back = 0; back < Math.min(limit, at + 1); back += 1)
          expect(reel.read(places[(at - back) % limit] ?? empty()) === texts[at - back]).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

it('uses its memory again: many texts take no more than few', () => {
  const reel = createReel()
  const places = Array.from({ length: 100 }, empty)
  const used = new Set<Held['chunk']>()
  for (let i = 0; i < 20_000; i += 1) {
    const place = places[i % 100] ?? empty()
    reel.release(place)
    reel.write(place, `${i} `.repeat(200))
    used.add(place.chunk)
  }
  expect(used.size).toBeLessThan(10)
})
