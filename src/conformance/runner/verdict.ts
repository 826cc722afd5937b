/** What a run says about a client: the types that every report is made of, and the rules from checks to an exit code. */

import type { JournalEntry } from '../../index.js'

/** Whose word it is: an RFC's MUST, its SHOULD, what this provider documents, or good practice. */
export type Level = 'must' | 'should' | 'provider' | 'advice'

/** What an unmet requirement does to the people who use the client, worst first. */
export type Consequence = 'connection-lost' | 'secret-exposed' | 'rule-broken'

/** There is no "skipped": what was not looked at says whether it does not apply or was not exercised. */
export type Verdict = 'pass' | 'fail' | 'warn' | 'not-applicable' | 'not-exercised' | 'error'

/** Where a requirement is known from. */
export interface Reference {
  /** `RFC 6749 §5.1`, or a quirk as `zettle/no-token-type`. */
  readonly id: string
  /** The requirement in our own words. */
  readonly text: string
  readonly url?: string
}

/** What a check asks for; the same for every client. */
export interface CheckDefinition {
  /** Stable, `<topic>.<check>`; the same when it passes and when it fails. */
  readonly id: string
  readonly title: string
  readonly level: Level
  /** What comes of it when it is not kept; `rule-broken` by default. The first two are never below `must`. */
  readonly consequence?: Consequence
  readonly reference: Reference
  readonly expected: string
  readonly fix: string
}

/** One check of one case, judged. */
export interface CheckResult extends CheckDefinition {
  readonly verdict: Verdict
  /** Why nothing can be said: set for `not-applicable`, `not-exercised` and `error`. */
  readonly why?: string
  /** What the client did instead: set for `fail` and `warn`. */
  readonly seen?: string
  /** Ids of the journal entries that show it. */
  readonly evidence: readonly string[]
  /** The reason given in the baseline (`--expect`), when this failure was expected. */
  readonly known?: string
}

/** How a step of the driver went. `ended`, `killed`, `silent` and `junk` are the client's doing and never folded into `ok`. */
export type StepState = 'ok' | 'failed' | 'ended' | 'killed' | 'silent' | 'junk' | 'unsupported' | 'harness'

export interface StepError {
  readonly kind: 'oauth' | 'network' | 'protocol' | 'other'
  readonly code: string
  readonly message: string
}

/** One line of the driver's log: what the runner asked, and what came of it. */
export interface StepLog {
  /** `hello`, `authorize`, `callback`, `call`, `refresh`, `revoke`, `assertion`, `bye`; and what the runner did itself: `browser`, `restart`, `arrange`. */
  readonly step: string
  /** What the case calls this step, where that differs. */
  readonly as?: string
  readonly state: StepState
  /** Milliseconds of real time since the case began, and what the step took. */
  readonly at: number
  readonly took: number
  /** Redacted. */
  readonly url?: string
  readonly status?: number
  readonly error?: StepError
  readonly note?: string
  /** Ids of what crossed the wire while it ran. */
  readonly exchanges?: readonly string[]
}

/** How the client under test came to its end in a case. */
export interface ClientEnd {
  /** `own`: by itself with exit code 0, once it was told to; `early`: so, but before; `never-started`: not even `hello` was answered. */
  readonly how: 'own' | 'early' | 'exit-code' | 'signal' | 'timeout' | 'never-started'
  readonly code?: number
  readonly signal?: string
}

export interface CaseResult {
  /** `provider/topic/name`. */
  readonly id: string
  readonly provider: string
  readonly topic: string
  readonly name: string
  readonly title: string
  /** The worst of its checks. */
  readonly verdict: Verdict
  readonly checks: readonly CheckResult[]
  /** What crossed the wire, oldest first, redacted. */
  readonly exchanges: readonly JournalEntry[]
  readonly steps: readonly StepLog[]
  readonly end: ClientEnd
  /** The last of the client's stderr, redacted. */
  readonly stderr: string
  /** Milliseconds. */
  readonly took: number
  /** A command line that runs this case alone. */
  readonly reproduce: string
  /** What was played, as numbered sentences: of a search, and of a schedule that was played again. */
  readonly story?: readonly string[]
  /** With `--repeat`: how many attempts were made, and how many were worse than `pass`; this result is the worst of them. */
  readonly attempts?: { readonly made: number; readonly worse: number }
}

export type RunOutcome = 'passed' | 'failed' | 'incomplete' | 'error'

/** Checks by verdict. `fail` does not count known failures; those are in `known`. */
export type Summary = { readonly [V in Verdict]: number } & {
  readonly cases: number
  readonly checks: number
  /** Failures and warnings that the baseline expects. */
  readonly known: number
  /** Entries of the baseline that did not come true. */
  readonly stale: number
}

export interface StaleEntry {
  /** `provider/topic/name` or, with a check, `provider/topic/name#topic.check`. */
  readonly entry: string
  readonly reason: string
  /** Why it can never come true; absent where what it names passes now. */
  readonly why?: string
}

/** How often a fault was met: at which request, when in it, and in which step of the client. */
export interface SituationCount {
  readonly target: string
  readonly fault: string
  readonly phase: string
  readonly step: string
  readonly times: number
}

/** What a search looked at. */
export interface Exploration {
  /** Schedules that were made up and played. */
  readonly runs: number
  readonly met: readonly SituationCount[]
  /** What could have been met at this provider, and was not. */
  readonly unmet: readonly { readonly target: string; readonly fault: string }[]
  /** Schedules that broke an invariant once, and not when they were played again. */
  readonly unconfirmed: number
}

/** A schedule that breaks an invariant. */
export interface ScheduleResult {
  readonly invariant: string
  readonly consequence: Consequence
  readonly seen: string
  /** How many schedules had been made up when it was met. */
  readonly after: number
  readonly story: readonly string[]
  /** As its file has it: `conform --schedule` plays it again. */
  readonly schedule: { readonly [member: string]: unknown }
}

/** The result of one client at one provider. */
export interface Report {
  readonly format: 'authdouble-conformance'
  readonly version: 1
  readonly run: {
    readonly provider: string
    /** As the client names itself; `unknown` when it never said. */
    readonly client: string
    /** The steps it said it can do. */
    readonly steps: readonly string[]
    readonly driver: 'exec' | 'module' | 'app' | 'passive'
    readonly seed: string
    /** Case ids in the order in which they ran. */
    readonly order: readonly string[]
    /** ISO 8601. */
    readonly started: string
    /** Milliseconds. */
    readonly took: number
    readonly node: string
    readonly authdouble: string
  }
  readonly cases: readonly CaseResult[]
  /** `explore`. */
  readonly exploration?: Exploration
  readonly schedules?: readonly ScheduleResult[]
  readonly stale: readonly StaleEntry[]
  readonly summary: Summary
  readonly outcome: RunOutcome
  readonly exitCode: 0 | 1 | 3 | 4
}

/** Worst first. */
export const consequences: readonly Consequence[] = ['connection-lost', 'secret-exposed', 'rule-broken']

/** What an unmet check does, also where it does not say so. */
export const consequenceOf = ({ consequence = 'rule-broken' }: { readonly consequence?: Consequence }): Consequence => consequence

/** What an unmet requirement of a level comes to. */
export const unmet = (level: Level): 'fail' | 'warn' => (level === 'must' || level === 'provider' ? 'fail' : 'warn')

const order: readonly Verdict[] = ['error', 'fail', 'not-exercised', 'warn', 'pass', 'not-applicable']

/** The worst comes first; a list of nothing was not exercised. */
export const worst = (verdicts: readonly Verdict[]): Verdict => order.find((verdict) => verdicts.includes(verdict)) ?? 'not-exercised'

/** A verdict with known failures left out: what counts for the outcome. */
const counted = (check: CheckResult): Verdict | 'known' => (check.known !== undefined ? 'known' : check.verdict)

export const summarise = (cases: readonly CaseResult[], stale: readonly StaleEntry[] = []): Summary => {
  const checks = cases.flatMap((one) => one.checks)
  const count = (verdict: Verdict | 'known'): number => checks.filter((check) => counted(check) === verdict).length
  return {
    cases: cases.length,
    checks: checks.length,
    pass: count('pass'),
    fail: count('fail'),
    warn: count('warn'),
    'not-applicable': count('not-applicable'),
    'not-exercised': count('not-exercised'),
    error: count('error'),
    known: count('known'),
    stale: stale.length,
  }
}

/** Checks of which something was seen: what was expected to fail and was never exercised is no substance. */
const substance = (cases: readonly CaseResult[]): number =>
  cases.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'pass' || verdict === 'fail' || verdict === 'warn').length

/** A run in which nothing passed or failed was not a run: it is never `passed`. */
export const outcomeOf = (summary: Summary, cases: readonly CaseResult[]): RunOutcome => {
  if (summary.error > 0) return 'error'
  if (summary.fail > 0 || summary.stale > 0) return 'failed'
  if (summary['not-exercised'] > 0 || substance(cases) === 0) return 'incomplete'
  return 'passed'
}

export const exitCodeOf = (outcome: RunOutcome): 0 | 1 | 3 | 4 => (({ passed: 0, failed: 1, incomplete: 3, error: 4 }) as const)[outcome]
