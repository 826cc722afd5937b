/** Verdicts from traffic that somebody recorded: only what a journal alone can show. */

import type { JournalEntry, Provider, ProviderId } from '../../index.js'
import { redact, version } from '../../index.js'
import type { Case, Played } from './case.js'
import { judgeCase } from './judge.js'
import { profileOf } from './profile.js'
import { casesOf, providerNamed } from './run.js'
import { caseId } from './select.js'
import type { CaseResult, Report } from './verdict.js'
import { exitCodeOf, outcomeOf, summarise, worst } from './verdict.js'

const isEntry = (value: unknown): value is JournalEntry =>
  typeof value === 'object' && value !== null && 'id' in value && 'request' in value && 'response' in value

/** The entries of a journal as the control API or a HAR file has them. @throws Error when it is neither */
export const readJournal = (text: string): readonly JournalEntry[] => {
  const value = JSON.parse(text) as { readonly entries?: unknown; readonly log?: { readonly entries?: unknown } } | readonly unknown[]
  const list = Array.isArray(value) ? value : 'entries' in value ? value.entries : 'log' in value ? value.log?.entries : undefined
  if (!Array.isArray(list)) throw new Error('this is not a journal: it has no entries')
  const entries = list.map((one: unknown) => (isEntry(one) && 'at' in one ? one : (one as { readonly _authdouble?: unknown })._authdouble))
  if (!entries.every(isEntry)) throw new Error('this is not a journal: an entry lacks its id, request or response')
  return entries
}

/** Judges recorded traffic of one provider. @throws Error when no case fits */
export const judgeRecorded = (
  all: readonly JournalEntry[],
  wanted: ProviderId | Provider,
  only: readonly string[] = [],
  file = 'journal.json',
): Report => {
  const started = Date.now()
  const profile = profileOf(providerNamed(wanted))
  const { provider } = profile
  const entries = all.filter((entry) => entry.provider === provider)
  const chosen = casesOf(wanted, only).filter(({ passive }) => passive === true)
  if (chosen.length === 0)
    throw new Error(`no case of ${provider} can be judged by a journal alone${only.length > 0 ? ` and fits ${only.join(', ')}` : ''}`)
  const end = { how: 'own' } as const
  const played: Played = { profile, entries, steps: [], end, passive: true }
  const shown = entries.map(redact)
  const judged = chosen.map((one: Case): CaseResult => {
    const checks = judgeCase(one.checks(profile), one.judge, played, { end, plain: null })
    const evidence = new Set(checks.flatMap((check) => check.evidence))
    return {
      id: caseId(provider, one),
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
      reproduce: `authdouble conform --provider ${provider} --case ${one.topic}/${one.name} --passive ${file}`,
    }
  })
  const summary = summarise(judged)
  const outcome = outcomeOf(summary)
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
    stale: [],
    summary,
    outcome,
    exitCode: exitCodeOf(outcome),
  }
}
