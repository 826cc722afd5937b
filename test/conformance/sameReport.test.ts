import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { ModuleClient } from '../../src/conformance/drivers/module.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import type { Report } from '../../src/conformance/runner/verdict.js'
import { clientOf } from './reference.js'

/** A client whose states are the same in each case of each run. */
const seeded: ModuleClient = (given) => {
  let made = 0
  const next = (): string => {
    made += 1
    return createHash('sha256').update(`${given.redirectUri}:${made}`).digest('base64url')
  }
  const client = clientOf({ newState: next, newVerifier: next })
  return typeof client === 'function' ? client(given) : client
}

/** Members that are times, or made of them. */
const times = /^(at|took|started|expiresAt|heldFor)$/

const withoutTimes = (report: Report): unknown =>
  JSON.parse(JSON.stringify(report), (name: string, value: unknown) =>
    times.test(name)
      ? undefined
      : Array.isArray(value) && value.length === 2 && /^(date|retry-after|content-length)$/i.test(String(value[0]))
        ? undefined
        : value,
  )

it('Under one seed the report is the same but for times, whatever is run at once', { timeout: 240_000 }, async () => {
  const run = (jobs: number): Promise<Report> =>
    runConformance({
      provider: 'ziina',
      driver: clientDriver(seeded),
      seed: 'same',
      jobs,
      only: ['exchange/*', 'resource/*', 'refresh/*', 'authorize/refuses-*'],
    })
  const [one, two] = [await run(1), await run(4)]
  const [first, second] = [withoutTimes(one), withoutTimes(two)] as { readonly cases: readonly { readonly id: string }[] }[]
  for (const [at, each] of (first?.cases ?? []).entries()) expect(second?.cases[at], each.id).toEqual(each)
  expect(second).toEqual(first)
})
