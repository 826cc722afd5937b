/** The report for a terminal: failures first, each with what it takes to understand, repair and repeat it. */

import type { CaseResult, Report, StepLog } from '../runner/verdict.js'
import { explorationLine, situationLines, unmetLines } from './situations.js'
import type { GroupedFinding, Standing } from './wording.js'
import {
  counted,
  ending,
  factsOf,
  groupedFindings,
  headingOf,
  oneLine,
  outcomeText,
  printable,
  standingOf,
  stepName,
  tally,
} from './wording.js'

export interface TextOptions {
  /** Whether escape sequences may be used; `wantsColour` says. */
  readonly colour?: boolean
  /** Where lines are broken; 100 by default. */
  readonly columns?: number
}

/** Colours are for people at a terminal that has them and who did not ask for none (no-color.org). */
export const wantsColour = (stream: { readonly isTTY?: boolean }, environment: { readonly [name: string]: string | undefined }): boolean =>
  stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const
type Style = keyof typeof codes
export type Paint = (style: Style, text: string) => string

export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text

export const signs: { readonly [standing in Standing]: readonly [sign: string, style: Style, word: string] } = {
  error: ['!', 'red', 'ERROR'],
  fail: ['✗', 'red', 'FAIL'],
  'not-exercised': ['?', 'yellow', 'NOT EXERCISED'],
  warn: ['▲', 'yellow', 'WARN'],
  known: ['~', 'cyan', 'KNOWN'],
  pass: ['✓', 'green', 'PASS'],
  'not-applicable': ['–', 'dim', 'NOT APPLICABLE'],
}

/** Breaks at spaces; a word longer than a line stays whole, so that URLs and commands can be copied. */
const wrap = (text: string, width: number): readonly string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1)
      if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
      else lines.push(word)
    }
    return lines
  })

const label = 11

const fact = (paint: Paint, columns: number, name: string, text: string): readonly string[] => {
  const lines = name === 'reproduce' ? [oneLine(text)] : wrap(printable(text), Math.max(30, columns - label - 4))
  return lines.map((line, at) => `    ${paint('dim', (at === 0 ? name : '').padEnd(label))}${line}`)
}

const finding = (paint: Paint, columns: number, one: GroupedFinding): readonly string[] => {
  const [sign, style, word] = signs[standingOf(one.check)]
  return [
    `${paint(style, `${sign} ${word}`)} ${paint('bold', oneLine(one.check.title))}`,
    `    ${oneLine(one.from.id)} ${paint('dim', `· ${one.check.id} · ${one.check.level}${one.also.length > 0 ? ` · ${one.also.length + 1} times` : ''}`)}`,
    ...factsOf(one).flatMap(([name, text]) => fact(paint, columns, name, text)),
    '',
  ]
}

const stepLine = (step: StepLog): string => {
  const { state, status, error, note } = step
  return oneLine(
    [`${stepName(step)}: ${state}`, status, error && `${error.kind} ${error.code} ${error.message}`, note]
      .filter((piece) => piece !== undefined && piece !== '')
      .join(', '),
  )
}

/** What the client did and said in a case that went wrong. */
const client = (paint: Paint, one: CaseResult): readonly string[] => [
  `${paint('bold', oneLine(one.id))}: the client ${ending(one.end)}`,
  ...one.steps.filter(({ state }) => state !== 'ok').map((step) => `    ${stepLine(step)}`),
  ...one.stderr
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-10)
    .map((line) => `    ${paint('dim', '│')} ${printable(line)}`),
]

const troubled = (one: CaseResult): boolean =>
  ['fail', 'error', 'not-exercised'].includes(one.verdict) &&
  (one.end.how !== 'own' || one.stderr.trim() !== '' || one.steps.some(({ state }) => state !== 'ok'))

/** Checks that passed or do not apply, a line for each reason. */
const rest = (paint: Paint, report: Report): readonly string[] => {
  const reasons = new Map<string, number>()
  for (const check of report.cases.flatMap(({ checks }) => checks))
    if (check.verdict === 'not-applicable') reasons.set(check.why ?? '', (reasons.get(check.why ?? '') ?? 0) + 1)
  return [...reasons].map(([why, count]) => paint('dim', `– ${count} not applicable: ${oneLine(why)}`))
}

/** What a search has met, and what it has not. */
const searched = (paint: Paint, { exploration }: Report): readonly string[] => {
  if (!exploration) return []
  const missed = unmetLines(exploration).map((line) => paint('dim', `not met: ${line}`))
  return [paint('bold', `What was searched: ${explorationLine(exploration)}`), '', ...situationLines(exploration), ...missed, '']
}

/** Findings under what came of them. */
const groups = (report: Report): readonly (readonly [string | undefined, readonly GroupedFinding[]])[] => {
  const byHeading = new Map<string | undefined, GroupedFinding[]>()
  for (const one of groupedFindings(report)) byHeading.set(headingOf(one), [...(byHeading.get(headingOf(one)) ?? []), one])
  return [...byHeading]
}

/** @returns the report, ending in a newline */
export const text = (report: Report, { colour = false, columns = 100 }: TextOptions = {}): string => {
  const paint = painter(colour)
  const { run } = report
  const style = report.outcome === 'passed' ? 'green' : report.outcome === 'incomplete' ? 'yellow' : 'red'
  const troubles = report.cases.filter(troubled)
  const lines = [
    `${paint('bold', `${run.provider} · ${oneLine(run.client)}`)} ${paint('dim', `· ${run.driver} · seed ${oneLine(run.seed)} · authdouble ${run.authdouble}`)}`,
    '',
    ...groups(report).flatMap(([heading, list]) => [
      ...(heading === undefined ? [] : [paint('bold', heading.toUpperCase()), '']),
      ...list.flatMap((one) => finding(paint, columns, one)),
    ]),
    ...report.stale.flatMap(({ entry, reason, why }) => [
      `${paint('red', '✗ STALE')} ${paint('bold', oneLine(entry))}`,
      ...fact(paint, columns, 'expected', 'a failure, by the baseline'),
      ...fact(paint, columns, 'known', reason),
      ...(why === undefined ? [] : fact(paint, columns, 'why', why)),
      ...fact(
        paint,
        columns,
        'fix',
        why === undefined
          ? 'It passes now, or no longer runs. Remove the entry from the baseline.'
          : 'Correct the entry, or take it out of the baseline.',
      ),
      '',
    ]),
    ...(troubles.length > 0 ? [paint('bold', 'What the client did'), '', ...troubles.flatMap((one) => [...client(paint, one), ''])] : []),
    ...searched(paint, report),
    ...rest(paint, report),
    `${paint(style, `${run.provider}: ${outcomeText[report.outcome]}`)} · ${counted(report.summary.cases, 'case')} · checks: ${tally(report)} · ${(run.took / 1000).toFixed(1)} s · exit ${report.exitCode}`,
  ]
  return `${lines.join('\n')}\n`
}
