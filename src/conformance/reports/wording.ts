/** What every report says about a finding, in plain words, before a format gives it a form. */

import type { JournalEntry } from '../../index.js'
import type { CaseResult, CheckResult, ClientEnd, Consequence, Report, RunOutcome, StepLog, Verdict } from '../runner/verdict.js'
import { consequenceOf, consequences } from '../runner/verdict.js'

/** A check of a case, as the reports tell it. */
export interface Finding {
  readonly from: CaseResult
  readonly check: CheckResult
}

/** What counts for the exit code: a failure that the baseline expects is `known`. */
export type Standing = Verdict | 'known'

export const standingOf = (check: CheckResult): Standing => (check.known === undefined ? check.verdict : 'known')

/** A case that came to no check still has to be told of: silence would read as a pass. */
const unexercised = (one: CaseResult): CheckResult => ({
  id: `${one.topic}.exercised`,
  title: 'The case is exercised',
  level: 'must',
  reference: { id: 'authdouble', text: 'A case that was not exercised says nothing about the client.' },
  expected: 'the client goes through the case',
  fix: "Look at the steps and at the client's stderr: it ended, or never connected, before anything could be judged.",
  verdict: one.verdict === 'error' ? 'error' : 'not-exercised',
  why: `no check was made; the client ${ending(one.end)}`,
  evidence: [],
})

export const checksOf = (one: CaseResult): readonly CheckResult[] => (one.checks.length > 0 ? one.checks : [unexercised(one)])

/** How the client came to its end, to follow "the client". */
export const ending = ({ how, code, signal }: ClientEnd): string => {
  switch (how) {
    case 'own':
      return 'ended by itself'
    case 'early':
      return 'exited with code 0 before it was told to'
    case 'exit-code':
      return `exited with code ${code ?? 'unknown'}`
    case 'signal':
      return `was killed by ${signal ?? 'a signal'}`
    case 'timeout':
      return 'did not end in time'
    case 'never-started':
      return 'never answered'
  }
}

const worstFirst: readonly Standing[] = ['error', 'fail', 'not-exercised', 'warn', 'known', 'pass', 'not-applicable']

/** How a case stands: the worst of its checks, with known failures apart. */
export const caseStanding = (one: CaseResult): Standing => {
  const standings = checksOf(one).map(standingOf)
  return worstFirst.find((standing) => standings.includes(standing)) ?? 'not-exercised'
}

export const everyCheck = (report: Report): readonly Finding[] =>
  report.cases.flatMap((from) => checksOf(from).map((check) => ({ from, check })))

/** How far from the top: by standing, and a failure by what comes of it. */
const rank = ({ check }: Finding): number =>
  worstFirst.indexOf(standingOf(check)) * consequences.length + consequences.indexOf(consequenceOf(check))

/** Whatever did not simply pass or not apply: the worst first, failures by their consequence, and otherwise in the order of a connection's life. */
export const findingsOf = (report: Report): readonly Finding[] =>
  everyCheck(report)
    .filter(({ check }) => standingOf(check) !== 'pass' && standingOf(check) !== 'not-applicable')
    .sort((a, b) => rank(a) - rank(b))

/** A finding, with the further places where the same was found. */
export interface GroupedFinding extends Finding {
  readonly also: readonly Finding[]
}

/** What could not be looked at is one finding for each reason; anything else is one for each check. */
const sameFinding = ({ check }: Finding): string => {
  const standing = standingOf(check)
  return standing === 'not-exercised' ? `${standing}\n${check.why}` : `${standing}\n${check.id}\n${check.known ?? ''}`
}

/** The same findings, those that say the same put together; among equals, what was found most often comes first. */
export const groupedFindings = (report: Report): readonly GroupedFinding[] => {
  const groups = new Map<string, Finding[]>()
  for (const finding of findingsOf(report)) {
    const group = groups.get(sameFinding(finding))
    if (group) group.push(finding)
    else groups.set(sameFinding(finding), [finding])
  }
  return [...groups.values()]
    .flatMap(([first, ...also]): readonly GroupedFinding[] => (first ? [{ ...first, also }] : []))
    .sort((a, b) => rank(a) - rank(b) || b.also.length - a.also.length)
}

export const consequenceText: { readonly [consequence in Consequence]: string } = {
  'connection-lost': 'The connection was lost',
  'secret-exposed': 'A secret was exposed',
  'rule-broken': 'A rule was broken',
}

/** What a group of findings is called; undefined where nothing was done wrong. */
export const headingOf = ({ check }: Finding): string | undefined => {
  const standing = standingOf(check)
  if (standing === 'fail') return consequenceText[consequenceOf(check)]
  return {
    error: 'Could not be judged',
    'not-exercised': 'Could not be exercised',
    warn: 'Advice that was not taken',
    known: 'Known failures',
  }[standing as string]
}

/** Other places, as one line. */
export const alsoIn = ({ from, also }: GroupedFinding): string | undefined => {
  const places = [...new Set(also.map((one) => one.from.id))].filter((id) => id !== from.id)
  if (places.length === 0) return undefined
  const [shown, rest] = [places.slice(0, 12), places.length - 12]
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** The entries that show it, oldest first. An id that is not among the exchanges is left out. */
export const evidenceOf = ({ from, check }: Finding): readonly JournalEntry[] =>
  from.exchanges.filter(({ id }) => check.evidence.includes(id))

/** The path alone: the sandbox before it says no more than the case does. */
const pathOf = ({ request }: JournalEntry): string => request.url.replace(/^\/~[^/]+|\?.*$/g, '')

/** What came: `POST /zettle/token (refresh_token)`. */
export const asked = (entry: JournalEntry): string =>
  `${entry.request.method} ${pathOf(entry)}${entry.grantType === undefined ? '' : ` (${entry.grantType})`}`

/** What went back: `400 refresh_token_rotated`. */
export const answered = (entry: JournalEntry): string => {
  const { status, complete } = entry.response
  const said = status === undefined ? 'no answer' : String(status)
  const fault = entry.fault === undefined ? '' : `, by the fault "${entry.fault.kind}"`
  return `${said}${entry.reason === undefined ? '' : ` ${entry.reason}`}${fault}${complete ? '' : ', not received in full'}`
}

export const exchangeLine = (entry: JournalEntry): string => `${entry.id} ${asked(entry)} → ${answered(entry)}`

/** What is told of a finding, labelled; empty ones are left out. */
export const factsOf = (finding: Finding & { readonly also?: readonly Finding[] }): readonly (readonly [label: string, text: string])[] => {
  const { check, from } = finding
  const shown = evidenceOf(finding).map(exchangeLine)
  const missing = check.evidence.filter((id) => !from.exchanges.some((entry) => entry.id === id))
  const { reference } = check
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['also in', 'also' in finding && finding.also ? alsoIn({ ...finding, also: finding.also }) : undefined],
    ['expected', check.expected],
    ['seen', check.seen],
    ['schedule', from.story?.join('\n')],
    ['why', check.why],
    ['known', check.known],
    ['evidence', [...shown, ...missing].join('\n')],
    ['fix', check.verdict === 'fail' || check.verdict === 'warn' ? check.fix : undefined],
    ['reference', `${reference.id}: ${reference.text}${reference.url === undefined ? '' : ` <${reference.url}>`}`],
    [
      'attempts',
      check.verdict === 'not-applicable'
        ? undefined
        : from.attempts && `${from.attempts.worse} of ${from.attempts.made} were worse than a pass`,
    ],
    ['reproduce', from.reproduce],
  ]
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '')
}

/** `callback "again"`: what was asked of the client, and what the case calls it. */
export const stepName = ({ step, as }: StepLog): string => (as === undefined ? step : `${step} "${as}"`)

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** One line that tells what is wrong. */
export const messageOf = ({ check }: Finding): string => `${check.title}: ${check.seen ?? check.why ?? `expected ${check.expected}`}`

export const outcomeText: { readonly [outcome in RunOutcome]: string } = {
  passed: 'passed',
  failed: 'failed',
  incomplete: 'incomplete: something could not be exercised',
  error: 'authdouble itself failed',
}

/** `41 pass, 2 fail, 1 warn`: what there is of each, the worst first. */
export const tally = ({ summary }: Report): string => {
  const counts: readonly (readonly [number, string])[] = [
    [summary.error, 'error'],
    [summary.fail, 'fail'],
    [summary.stale, 'stale'],
    [summary['not-exercised'], 'not exercised'],
    [summary.warn, 'warn'],
    [summary.known, 'known'],
    [summary.pass, 'pass'],
    [summary['not-applicable'], 'not applicable'],
  ]
  const said = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return said.length === 0 ? 'nothing' : said.join(', ')
}

/**
 * Shows control characters instead of sending them: what a client says about itself must not steer a terminal.
 * Newlines stay, and so do tabs.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (char) =>
    char === '\n' || char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  )

/** The same on one line. */
export const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim()
