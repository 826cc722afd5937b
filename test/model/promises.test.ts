/**
 * The double judged by its own kind of search: random schedules of requests, races, lost replies, kills, clock moves and
 * replicas against a model of what was promised. Long: `npm run test:model`.
 */

import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { redisInstalled } from '../store/redis-server.js'
import type { Figures, Step } from './schedule.js'
import { play } from './schedule.js'
import type { World } from './worlds.js'
import { fileWorld, memoryWorld, redisWorld } from './worlds.js'

const asked = process.env['AUTHDOUBLE_SCHEDULES']
const figures: { [world: string]: Figures } = {}
afterAll(() => {
  if (asked !== undefined) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
})

const which = fc.nat(20)
const step = (kills: boolean): fc.Arbitrary<Step> => {
  const racing = { which, times: fc.constantFrom(1, 1, 2, 5), lost: fc.boolean(), kill: kills ? fc.constantFrom(false, false, false, true) : fc.constant(false) }
  const provider = fc.constantFrom('zettle' as const, 'zoho-payments' as const)
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('code' as const), provider }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('redeem' as const), ...racing }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('refresh' as const), ...racing }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('call' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), seconds: fc.constantFrom(11, 97, 3989) }) },
    ...(kills ? [{ weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), which }) }] : []),
  )
}

const worlds: readonly (readonly [string, () => Promise<World>, number, boolean])[] = [
  ['memory', memoryWorld, 15, true],
  ['a file', fileWorld, 3, true],
  ['two processes on Redis', redisWorld, 3, redisInstalled],
]

describe.each(worlds)('on %s', (name, open, few, there) => {
  it.runIf(there)(
    'every schedule keeps what was promised',
    async () => {
      const world = await open()
      const counted: Figures = { schedules: 0, requests: 0, races: 0, kills: 0 }
      figures[name] = counted
      try {
        const schedules = fc.array(step(world.kill !== undefined), { minLength: 5, maxLength: 25, size: 'max' })
        await fc.assert(
          fc.asyncProperty(schedules, (steps) => play(world, steps, counted)),
          { numRuns: asked === undefined ? few : Number(asked), endOnFailure: process.env['AUTHDOUBLE_UNSHRUNK'] === 'true' },
        )
      } finally {
        await world.close()
      }
      expect(counted.requests).toBeGreaterThan(few)
    },
    asked === undefined ? 120_000 : 3_600_000,
  )
})
