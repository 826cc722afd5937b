import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ArenaSlot } from '../../src/journal/byteArena.js'
import { createByteArena } from '../../src/journal/byteArena.js'

const empty = (): ArenaSlot => ({ chunk: undefined, from: 0, to: 0 })

it('tells every text that is held, whatever came and went around it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('x'.repeat(3000), '€'.repeat(20_000), '🙂'.repeat(70_000), 'y'.repeat(100_000), ''),
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(text, { maxLength: 60 }), (limit, texts) => {
      const arena = createByteArena()
      const places = Array.from({ length: limit }, empty)
      for (const [at, one] of texts.entries()) {
        const place = places[at % limit] ?? empty()
        arena.release(place)
        arena.write(place, one)
        for (let back = 0; back < Math.min(limit, at + 1); back += 1)
          expect(arena.read(places[(at - back) % limit] ?? empty()) === texts[at - back]).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

it('uses its memory again: many texts take no more than few', () => {
  const arena = createByteArena()
  const places = Array.from({ length: 100 }, empty)
  const used = new Set<ArenaSlot['chunk']>()
  for (let i = 0; i < 20_000; i += 1) {
    const place = places[i % 100] ?? empty()
    arena.release(place)
    arena.write(place, `${i} `.repeat(200))
    used.add(place.chunk)
  }
  expect(used.size).toBeLessThan(10)
})
