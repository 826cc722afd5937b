/** What a search, or a schedule that is played again, comes to: a report like that of a run, in which each invariant is a case. */

import { version } from '../../index.js'
import type { Violation } from '../invariants/history.js'
import type { KnownFailure } from '../runner/baseline.js'
import { applyBaseline } from '../runner/baseline.js'
import type { CaseResult, CheckResult, Report, ScheduleResult, StepLog } from '../runner/verdict.js'
import { exitCodeOf, outcomeOf, summarise, unmet } from '../runner/verdict.js'
import { createNeutral } from './neutral.js'
import type { Played, Stage } from './play.js'
import { invariants } from './play.js'
import { arranged } from './recorder.js'
import type { Schedule } from './schedule.js'
import type { Finding, SearchResult } from './search.js'
import { tell } from './tell.js'

export interface ReportOptions {
  /** `explore`, or `schedule` for one that is played again. */
  readonly topic: 'explore' | 'schedule'
  readonly started: Date
  readonly expect?: readonly KnownFailure[]
  /** A command line that shows a finding, or all, again. */
  readonly reproduce: (finding?: Finding) => string
}

type Definition = (typeof invariants)[number]

const definitionOf = ({ id, title, level, consequence, reference, expected, fix }: Definition) => ({
  id,
  title,
  level,
  consequence,
  reference,
  expected,
  fix,
})

/** `always.code-once` is the case `code-once`. */
const nameOf = (id: string): string => id.slice(id.indexOf('.') + 1)

type Text = (text: string) => string

const shownSteps = (played: Played, hide: Text): readonly StepLog[] =>
  played.steps.map(({ entries, as, step, url, note, error, user: _, session: __, ...rest }) => ({
    ...rest,
    step,
    ...(as === step ? {} : { as }),
    ...(url === undefined ? {} : { url: hide(url) }),
    ...(note === undefined ? {} : { note: hide(note) }),
    ...(error === undefined ? {} : { error: { ...error, message: hide(error.message) } }),
    ...(entries.length === 0 || step === arranged ? {} : { exchanges: entries.map(({ id }) => id) }),
  }))

const caseOf = (stage: Stage, { topic }: ReportOptions, definition: Definition, suffix: string) => ({
  id: `${stage.provider.id}/${topic}/${nameOf(definition.id)}${suffix}`,
  provider: stage.provider.id,
  topic,
  name: `${nameOf(definition.id)}${suffix}`,
  title: definition.title,
})

const failing = (stage: Stage, options: ReportOptions, definition: Definition, finding: Finding, suffix: string): CaseResult => {
  const { violation, played, schedule } = finding
  const hidden = createNeutral(played)
  const check: CheckResult = {
    ...definitionOf(definition),
    verdict: unmet(definition.level),
    seen: hidden.text(violation.seen),
    evidence: violation.evidence.map(({ id }) => id),
  }
  return {
    ...caseOf(stage, options, definition, suffix),
    verdict: check.verdict,
    checks: [check],
    exchanges: hidden.entries,
    steps: shownSteps(played, hidden.text),
    end: played.end,
    stderr: hidden.text(played.stderr).slice(-8192),
    took: 0,
    reproduce: options.reproduce(finding),
    ...(schedule.story ? { story: schedule.story } : {}),
  }
}

type Standing = { readonly verdict: 'pass' } | { readonly verdict: 'error' | 'not-exercised'; readonly why: string }

const standing = (stage: Stage, options: ReportOptions, definition: Definition, how: Standing): CaseResult => ({
  ...caseOf(stage, options, definition, ''),
  verdict: how.verdict,
  checks: [{ ...definitionOf(definition), ...how, evidence: [] }],
  exchanges: [],
  steps: [],
  end: { how: 'own' },
  stderr: '',
  took: 0,
  reproduce: options.reproduce(),
})

const casesOf = (stage: Stage, options: ReportOptions, findings: readonly Finding[], how: Standing): readonly CaseResult[] =>
  invariants.flatMap((definition) => {
    const mine = findings.filter(({ violation }) => violation.invariant === definition.id)
    if (mine.length === 0) return [standing(stage, options, definition, how)]
    return mine.map((finding, at) => failing(stage, options, definition, finding, at === 0 ? '' : `-${at + 1}`))
  })

const scheduleResult = ({ violation, schedule, after, played }: Finding): ScheduleResult => ({
  invariant: violation.invariant,
  consequence: violation.consequence,
  seen: createNeutral(played).text(violation.seen),
  after,
  story: schedule.story ?? [],
  schedule: { ...schedule },
})

const reportFrom = (
  stage: Stage,
  options: ReportOptions,
  all: readonly CaseResult[],
  hello: Played['hello'],
  findings: readonly Finding[],
): Report => {
  const { cases, stale } = applyBaseline(all, options.expect ?? [])
  const summary = summarise(cases, stale)
  const outcome = outcomeOf(summary, cases)
  return {
    format: 'authdouble-conformance',
    version: 1,
    run: {
      provider: stage.provider.id,
      client: hello.client ?? 'unknown',
      steps: hello.steps ?? [],
      driver: stage.driver.kind,
      seed: stage.seed,
      order: cases.map(({ id }) => id),
      started: options.started.toISOString(),
      took: Date.now() - options.started.getTime(),
      node: process.version,
      authdouble: version,
    },
    cases,
    schedules: findings.map(scheduleResult),
    stale,
    summary,
    outcome,
    exitCode: exitCodeOf(outcome),
  }
}

const harness = (hello: Played['hello'], failed: string): Standing =>
  hello.state === 'ok' || hello.state === 'harness'
    ? { verdict: 'error', why: failed }
    : { verdict: 'not-exercised', why: `the client did not answer hello: ${failed}` }

const never: Standing = { verdict: 'not-exercised', why: 'the client was never connected, in any schedule' }

export const reportOfSearch = (stage: Stage, result: SearchResult, options: ReportOptions): Report => {
  const { findings, hello, failed, connected, runs, met, unmet, unconfirmed } = result
  const how: Standing = failed !== undefined ? harness(hello, failed) : connected ? { verdict: 'pass' } : never
  const report = reportFrom(stage, options, casesOf(stage, options, findings, how), hello, findings)
  return { ...report, exploration: { runs, met, unmet, unconfirmed: unconfirmed.length } }
}

/** A schedule that was played again: every invariant that it breaks, and the others. */
export const reportOfReplay = (stage: Stage, schedule: Schedule, played: Played, options: ReportOptions): Report => {
  const hide = createNeutral(played).text
  const first = new Map<string, Violation>()
  for (const violation of played.violations) if (!first.has(violation.invariant)) first.set(violation.invariant, violation)
  const findings = [...first.values()].map((violation): Finding => {
    const { story: _, ...rest } = schedule
    return { violation, played, after: 1, schedule: { ...rest, finds: violation.invariant, story: tell(played, violation).map(hide) } }
  })
  const connected = played.entries.some(({ issued = [] }) => issued.some(({ kind }) => kind === 'access_token'))
  const how: Standing = played.failed !== undefined ? harness(played.hello, played.failed) : connected ? { verdict: 'pass' } : never
  return reportFrom(stage, options, casesOf(stage, options, findings, how), played.hello, findings)
}
