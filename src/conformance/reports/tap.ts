/** The report in TAP 14: a subtest for each case, a test point for each check. */

import { stringify } from 'yaml'
import type { CaseResult, Report } from '../runner/verdict.js'
import { consequenceOf } from '../runner/verdict.js'
import type { Finding } from './wording.js'
import { checksOf, factsOf, oneLine, printable, standingOf } from './wording.js'

/** `#` and `\` mean something in a description. */
const described = (text: string): string => oneLine(text).replace(/[\\#]/g, '\\$&')

const indent = (depth: number, text: string): string => text.replace(/^(?=.)/gm, ' '.repeat(depth))

const diagnosis = (finding: Finding): string => {
  const { check } = finding
  const facts = Object.fromEntries(factsOf(finding).map(([name, text]) => [name, printable(text)]))
  const about = {
    severity: check.verdict === 'warn' ? 'comment' : 'fail',
    verdict: check.verdict,
    level: check.level,
    consequence: consequenceOf(check),
    ...facts,
  }
  return indent(2, `---\n${stringify(about, { lineWidth: 0 })}...\n`)
}

const point = (finding: Finding, number: number): string => {
  const { check } = finding
  const line = `${number} - ${described(`${check.id} ${check.title}`)}`
  switch (standingOf(check)) {
    case 'pass':
      return `ok ${line}\n`
    case 'not-applicable':
      return `ok ${line} # SKIP not applicable: ${described(check.why ?? '')}\n`
    case 'known':
      return `not ok ${line} # TODO known: ${described(check.known ?? '')}\n${diagnosis(finding)}`
    case 'warn':
      return `ok ${line}\n${diagnosis(finding)}`
    default:
      return `not ok ${line}\n${diagnosis(finding)}`
  }
}

const subtest = (from: CaseResult, at: number): string => {
  const findings = checksOf(from).map((check) => ({ from, check }))
  const bad = findings.some(({ check }) => ['fail', 'error', 'not-exercised'].includes(standingOf(check)))
  const body = `${findings.map((finding, index) => point(finding, index + 1)).join('')}1..${findings.length}\n`
  return `# Subtest: ${described(from.id)}\n${indent(4, body)}${bad ? 'not ok' : 'ok'} ${at + 1} - ${described(from.id)}\n`
}

export const tap = (report: Report): string => {
  const points = report.cases.map(subtest)
  for (const { entry, reason, why } of report.stale)
    points.push(
      `not ok ${points.length + 1} - ${described(`baseline: ${entry} was expected to fail (${reason})${why === undefined ? '' : `: ${why}`}`)}\n`,
    )
  if (points.length === 0) points.push('not ok 1 - no case was run\n')
  const { run } = report
  const about = `# ${described(`${run.provider} · ${run.client} · ${run.driver} · seed ${run.seed} · authdouble ${run.authdouble}`)}\n`
  return `TAP version 14\n${about}1..${points.length}\n${points.join('')}`
}
