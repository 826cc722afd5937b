/** The report as JUnit XML: a suite for the run, a test case for each check. */

import type { Html } from '../../pages/html.js'
import { html as xml } from '../../pages/html.js'
import type { Report } from '../runner/verdict.js'
import { consequenceOf } from '../runner/verdict.js'
import type { Finding } from './wording.js'
import { everyCheck, factsOf, messageOf, oneLine, printable, standingOf } from './wording.js'

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)

const property = ([name, value]: readonly [string, string]): Html => xml`<property name="${name}" value="${oneLine(value)}"/>`

const properties = (pairs: readonly (readonly [string, string | undefined])[]): Html =>
  xml`<properties>${pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined).map(property)}</properties>`

const details = (finding: Finding): string =>
  factsOf(finding)
    .map(([name, text]) => `${name}: ${printable(text)}`)
    .join('\n')

/** JUnit knows no "not exercised". It is an error and not a skip: what was not looked at must not look green. */
const result = (finding: Finding): Html | undefined => {
  const { check } = finding
  const message = oneLine(messageOf(finding))
  switch (standingOf(check)) {
    case 'pass':
      return undefined
    case 'fail':
      return xml`<failure type="${check.level}" message="${message}">${details(finding)}</failure>`
    case 'error':
    case 'not-exercised':
      return xml`<error type="${check.verdict}" message="${message}">${details(finding)}</error>`
    case 'known':
      return xml`<skipped message="${oneLine(`known: ${check.known}`)}"/>`
    case 'not-applicable':
      return xml`<skipped message="${oneLine(`not applicable: ${check.why ?? ''}`)}"/>`
    case 'warn':
      return xml`<system-out>${`warning\n${details(finding)}`}</system-out>`
  }
}

const testcase = (finding: Finding): Html => {
  const { check, from } = finding
  const about = properties([
    ['level', check.level],
    ['verdict', check.verdict],
    ['consequence', consequenceOf(check)],
    ['reference', `${check.reference.id}: ${check.reference.text}`],
    ['reference.url', check.reference.url],
    ['evidence', check.evidence.length > 0 ? check.evidence.join(' ') : undefined],
    ['reproduce', from.reproduce],
  ])
  const took = seconds(from.took / Math.max(1, from.checks.length))
  return xml`<testcase classname="${oneLine(from.id)}" name="${oneLine(`${check.id}: ${check.title}`)}" time="${took}">${about}${result(finding)}</testcase>\n`
}

const stale = ({ entry, reason, why }: Report['stale'][number]): Html =>
  xml`<testcase classname="baseline" name="${oneLine(entry)}"><failure type="stale" message="${oneLine(`expected to fail and did not: ${why ?? reason}`)}"/></testcase>\n`

/** A run of nothing gets one test case that is an error, since an empty suite reads as green. */
const nothing = xml`<testcase classname="run" name="something is exercised"><error type="not-exercised" message="no case was run"/></testcase>\n`

export const junit = (report: Report): string => {
  const { run } = report
  const findings = everyCheck(report)
  const count = (...of: readonly string[]): number => findings.filter(({ check }) => of.includes(standingOf(check))).length
  const empty = findings.length === 0
  const failures = count('fail') + report.stale.length
  const errors = count('error', 'not-exercised') + (empty ? 1 : 0)
  const skipped = count('known', 'not-applicable')
  const tests = findings.length + report.stale.length + (empty ? 1 : 0)
  const about = properties([
    ['provider', run.provider],
    ['client', run.client],
    ['driver', run.driver],
    ['seed', run.seed],
    ['node', run.node],
    ['authdouble', run.authdouble],
    ['outcome', report.outcome],
  ])
  const name = oneLine(`${run.provider} · ${run.client}`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    xml`<testsuites name="authdouble conform" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds(run.took)}">
<testsuite name="${name}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds(run.took)}" timestamp="${run.started.replace(/\.\d+Z$|Z$/, '')}">
${about}
${findings.map(testcase)}${report.stale.map(stale)}${empty ? nothing : undefined}</testsuite>
</testsuites>
`.html
  }`
}
