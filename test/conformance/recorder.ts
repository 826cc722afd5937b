/** Makes recordings that are the same on every run: seeded clients, a clock that moves with the requests, and one request after another. */

import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import type { Case } from '../../src/conformance/runner/case.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import type { CaseResult } from '../../src/conformance/runner/verdict.js'
import type { ProviderId } from '../../src/index.js'
import { brokenClient } from './broken/broken.js'
import { brokenClients } from './broken/index.js'
import type { Parts } from './parts.js'
import { isRecorded, recordingOf } from './recordings.js'
import { clientOf } from './reference.js'
import { cases, profiles, providersOf } from './shipped.js'

const redirectUri = 'http://127.0.0.1:4741/callback'
const began = Date.UTC(2026, 0, 1)

/** What a client would take from the machine's randomness, from a seed instead. */
const seeded = (seed: string): Partial<Parts> => {
  let made = 0
  const next = (): string => {
    made += 1
    return createHash('sha256').update(`${seed}:${made}`).digest('base64url')
  }
  return { newState: () => next().slice(0, 32), newVerifier: next }
}

/** Sends in the order of asking, each request when the one before was answered and read, and a millisecond later than it. */
const inOrder = (send: typeof fetch): typeof fetch => {
  let last: Promise<unknown> = Promise.resolve()
  return (...asked) => {
    const answer = last.then(() => {
      vi.setSystemTime(Date.now() + 1)
      return send(...asked)
    })
    const read = async (): Promise<void> => {
      for (let turn = 0; turn < 5; turn += 1) await setImmediate()
    }
    last = answer.then(read, read)
    return answer
  }
}

/** Plays a case alone, at a provider. */
const play = async (one: Case, provider: ProviderId, client: Parameters<typeof clientDriver>[0]): Promise<readonly CaseResult[]> => {
  vi.setSystemTime(began)
  const only = [`${one.topic}/${one.name}`]
  // What waits for the client's clock waits for no other.
  const pause = async (milliseconds: number): Promise<void> => void vi.setSystemTime(Date.now() + milliseconds)
  return (await runConformance({ provider, driver: { ...clientDriver(client), pause }, only, seed: 'recorded' })).cases
}

/** A case by the client that does everything right, and by broken ones until each check was red once. */
const recordCase = async (one: Case): Promise<readonly string[]> => {
  const [first] = providersOf(one)
  if (first === undefined) return []
  const good = await play(one, first, clientOf(seeded('reference')))
  const kept = good.map((result) => recordingOf(result, 'reference', redirectUri))
  const caught = new Set<string>()
  // Some checks are there at some providers only.
  const plays = brokenClients.flatMap((broken) =>
    broken.providers.filter((id) => providersOf(one).includes(id)).map((provider) => ({ broken, provider })),
  )
  for (const { broken, provider } of plays) {
    const ids = one.checks(profiles[provider]).map(({ id }) => id)
    if (!ids.some((id) => broken.killedBy.includes(id) && !caught.has(id))) continue
    for (const result of await play(one, provider, brokenClient(broken, seeded(broken.name)))) {
      const red = result.checks.filter(({ id, verdict }) => (verdict === 'fail' || verdict === 'warn') && !caught.has(id))
      for (const { id } of red) caught.add(id)
      if (red.length > 0) kept.push(recordingOf(result, broken.name, redirectUri))
    }
  }
  return kept
}

/** The lines of each topic's file. */
export const record = async (which: readonly Case[] = cases.filter(isRecorded)): Promise<ReadonlyMap<string, readonly string[]>> => {
  const lines = new Map<string, readonly string[]>()
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.stubGlobal('fetch', inOrder(fetch))
  try {
    for (const one of which) lines.set(one.topic, [...(lines.get(one.topic) ?? []), ...(await recordCase(one))])
  } finally {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  }
  return lines
}
