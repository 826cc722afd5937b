/** Verdicts from traffic that somebody recorded: only what a journal alone can show. */

import type { JournalEntry, Provider, ProviderId, Toggles } from '../../index.js'
import { redact, version } from '../../index.js'
import { brokenInvariants } from './always.js'
import type { KnownFailure } from './baseline.js'
import { applyBaseline } from './baseline.js'
import type { Case, Played } from './case.js'
import { judgeCase } from './judge.js'
import { profileOf } from './profile.js'
import { casesOf, knownPlaces, providerNamed } from './run.js'
import type { CaseResult, CheckResult, Report } from './verdict.js'
import { exitCodeOf, outcomeOf, summarise, worst } from './verdict.js'

const isEntry = (value: unknown): value is JournalEntry =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'request' in value &&
  'response' in value &&
  typeof value.request === 'object' &&
  value.request !== null &&
  'parameters' in value.request &&
  typeof value.response === 'object' &&
  value.response !== null &&
  'headers' in value.response

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`this is no journal: it is no JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** The entries of a journal as the control API or a HAR file has them. @throws Error when it is neither */
export const readJournal = (text: string): readonly JournalEntry[] => {
  const value = parsed(text) as { readonly entries?: unknown; readonly log?: { readonly entries?: unknown } } | readonly unknown[]
  const list = Array.isArray(value) ? value : 'entries' in value ? value.entries : 'log' in value ? value.log?.entries : undefined
  if (!Array.isArray(list)) throw new Error('this is not a journal: it has no entries')
  const entries = list.map((one: unknown) =>
    isEntry(one) && 'at' in one ? one : (one as { readonly _authdouble?: unknown } | null)?._authdouble,
  )
  const broken = entries.findIndex((entry) => !isEntry(entry))
  if (broken >= 0) throw new Error(`this is not a journal: entry ${broken + 1} of ${entries.length} lacks its id, request or response`)
  return entries as readonly JournalEntry[]
}

export interface PassiveOptions {
  /** Known failures, each with a reason. */
  readonly expect?: readonly KnownFailure[]
  /** Quirks that differed while it was recorded, by `provider/name`. */
  readonly quirks?: Toggles
}

/** What holds in every case, as far as traffic alone shows it. */
const always = { topic: 'errors', name: 'recorded-traffic', title: 'What holds for every client holds in this traffic' } as const

/** Judges recorded traffic of one provider. @throws Error when no case fits */
export const judgeRecorded = (
  all: readonly JournalEntry[],
  wanted: ProviderId | Provider,
  only: readonly string[] = [],
  file = 'journal.json',
  { expect = [], quirks = {} }: PassiveOptions = {},
): Report => {
  const started = Date.now()
  const profile = profileOf(providerNamed(wanted), quirks)
  const { provider } = profile
  const entries = all.filter((entry) => entry.provider === provider)
  const chosen = casesOf(wanted, only, quirks).filter(({ passive }) => passive === true)
  if (chosen.length === 0)
    throw new Error(`no case of ${provider} can be judged by a journal alone${only.length > 0 ? ` and fits ${only.join(', ')}` : ''}`)
  const end = { how: 'own' } as const
  const played: Played = { profile, entries, steps: [], end, passive: true }
  const shown = entries.map((entry) => redact(entry))
  const resultOf = (one: Pick<Case, 'topic' | 'name' | 'title'>, checks: readonly CheckResult[]): CaseResult => {
    const evidence = new Set(checks.flatMap((check) => check.evidence))
    return {
      id: `${provider}/${one.topic}/${one.name}`,
      provider,
      topic: one.topic,
      name: one.name,
      title: one.title,
      verdict: worst(checks.map(({ verdict }) => verdict)),
      checks,
      exchanges: shown.filter(({ id }) => evidence.has(id)),
      steps: [],
      end,
      stderr: '',
      took: 0,
      reproduce: `npx authdouble conform --provider ${provider} --case ${one.topic}/${one.name} --passive ${file}`,
    }
  }
  const cases = chosen.map((one) => resultOf(one, judgeCase(one.checks(profile), one.judge, played, { end, plain: null })))
  const broken = brokenInvariants(played, null)
  const found = broken.length > 0 ? [...cases, resultOf(always, broken)] : cases
  const { cases: judged, stale } = applyBaseline(found, expect, knownPlaces(providerNamed(wanted), quirks))
  const summary = summarise(judged, stale)
  const outcome = outcomeOf(summary, judged)
  return {
    format: 'authdouble-conformance',
    version: 1,
    run: {
      provider,
      client: 'recorded traffic',
      steps: [],
      driver: 'passive',
      seed: '',
      order: judged.map(({ id }) => id),
      started: new Date(started).toISOString(),
      took: Date.now() - started,
      node: process.version,
      authdouble: version,
    },
    cases: judged,
    stale,
    summary,
    outcome,
    exitCode: exitCodeOf(outcome),
  }
}
