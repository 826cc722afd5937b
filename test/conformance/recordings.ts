/** Journals of clients that did well and of clients that did not, as `recordings/<topic>.jsonl` keeps them: one case on a line. */

import { readdirSync, readFileSync } from 'node:fs'
import type { Played } from '../../src/conformance/runner/case.js'
import type { CaseResult, ClientEnd, StepLog } from '../../src/conformance/runner/verdict.js'
import type { JournalEntry, ProviderId } from '../../src/index.js'
import { profiles } from './shipped.js'

export interface Recording {
  readonly provider: ProviderId
  readonly topic: string
  readonly name: string
  /** The client: `reference`, or a broken one. */
  readonly by: string
  readonly redirectUri: string
  readonly entries: readonly JournalEntry[]
  readonly steps: readonly StepLog[]
  readonly end: ClientEnd
}

export const folder = new URL('./recordings/', import.meta.url)

export const fileOf = (topic: string): URL => new URL(`${topic}.jsonl`, folder)

export const recordings = (): readonly Recording[] =>
  readdirSync(folder).flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Recording => JSON.parse(line)),
  )

/**
 * Cases that hold requests or wait in real time are played, and not recorded: their order is made while they run, and what they
 * show is asked of the connection afterwards.
 */
export const isRecorded = ({ name }: { readonly name: string }): boolean =>
  !/at-refresh$|silence|drip|refused-connection|throttle|a-late-401|check-and-use|each-customer|of-the-redirect|slow-refresh|shared-refresh|scheduled-refresh|second-process|callbacks-at-once|simultaneous-calls|redirect-of|^takes-a-reply|keeps-its-connection|a-long-token/.test(
    name,
  )

/** Headers that judges look at. */
const telling = /^(authorization|content-type|www-authenticate|retry-after|x-izettle-application-id)$/i

const trimmed = ({ took: _, quirks, clientId: __, request, response, ...entry }: JournalEntry): object => {
  const { body, ...asked } = request
  return {
    ...entry,
    quirks: quirks.slice(0, 0),
    request: {
      ...asked,
      headers: asked.headers.filter(([name]) => telling.test(name)),
      ...(body !== undefined && Object.keys(asked.parameters).length === 0 ? { body } : {}),
    },
    response: { ...response, headers: response.headers.filter(([name]) => telling.test(name)) },
  }
}

/** Fingerprints by the order in which they come: those of signed tokens differ from run to run, as the keys do. */
const numbered = (text: string): string => {
  const seen = new Map<string, string>()
  return text.replaceAll(/‹[0-9a-f]{8}›/g, (print) => {
    const number = seen.get(print) ?? `‹${String(seen.size + 1).padStart(8, '0')}›`
    seen.set(print, number)
    return number
  })
}

/** A case as a run reported it, with what a judge needs and nothing more. */
export const recordingOf = (result: CaseResult, by: string, redirectUri: string): string => {
  const { provider, topic, name, exchanges, steps, end } = result
  const short = steps.map(({ at: _, took: __, url: ___, ...step }) => ({ ...step, at: 0, took: 0 }))
  const text = JSON.stringify({ provider, topic, name, by, redirectUri, entries: exchanges.map(trimmed), steps: short, end })
  return numbered(text.replaceAll(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1$14741'))
}

/** What the judge saw. */
export const playedOf = ({ provider, redirectUri, entries, steps, end }: Recording): Played => ({
  profile: profiles[provider],
  redirectUri,
  entries,
  steps: steps.map(({ exchanges = [], ...step }) => ({
    ...step,
    as: step.as ?? step.step,
    entries: entries.filter(({ id }) => exchanges.includes(id)),
  })),
  end,
  passive: false,
})
