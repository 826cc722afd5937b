/** The report as SARIF 2.1.0, for code scanning: a rule for each check, a result for each failure. */

import { createHash } from 'node:crypto'
import type { CheckDefinition, Report } from '../runner/verdict.js'
import { consequenceOf } from '../runner/verdict.js'
import type { Finding } from './wording.js'
import { everyCheck, evidenceOf, exchangeLine, factsOf, findingsOf, messageOf, oneLine, printable, standingOf } from './wording.js'

export interface SarifOptions {
  /** The file that findings are pinned to, relative to the repository: where the client's OAuth code is. Findings name their case alone by default. */
  readonly location?: string
}

const levelOf = ({ level }: CheckDefinition): 'error' | 'warning' => (level === 'must' || level === 'provider' ? 'error' : 'warning')

const ruleName = (id: string): string => id.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase())

const rule = (check: CheckDefinition) => ({
  id: check.id,
  name: ruleName(check.id),
  shortDescription: { text: oneLine(check.title) },
  fullDescription: { text: oneLine(`${check.reference.id}: ${check.reference.text}`) },
  help: {
    text: printable(`Expected: ${check.expected}\nHow to fix: ${check.fix}\nReference: ${check.reference.id}: ${check.reference.text}`),
  },
  ...(check.reference.url === undefined ? {} : { helpUri: check.reference.url }),
  defaultConfiguration: { level: levelOf(check) },
  properties: { tags: ['oauth', check.level, consequenceOf(check)] },
})

/** A path as a URI reference; what is above the repository or absolute keeps its shape. */
const uriOf = (path: string): string => path.replaceAll('\\', '/').replace(/^\.\//, '').split('/').map(encodeURIComponent).join('/')

/** Code scanning takes two results of one rule at one line for one alert, unless their fingerprints differ. */
const fingerprint = (report: Report, { from, check }: Finding): string =>
  createHash('sha256').update(`${report.run.client}\n${from.id}\n${check.id}`).digest('hex').slice(0, 32)

const result = (report: Report, location: string | undefined, ruleIndex: number, finding: Finding) => {
  const { check, from } = finding
  const shown = factsOf(finding).map(([name, text]) => `${name}: ${printable(text)}`)
  return {
    ruleId: check.id,
    ruleIndex,
    level: check.verdict === 'warn' ? 'warning' : 'error',
    message: { text: [oneLine(messageOf(finding)), ...shown].join('\n') },
    locations: [
      {
        ...(location === undefined
          ? {}
          : { physicalLocation: { artifactLocation: { uri: uriOf(location), uriBaseId: '%SRCROOT%' }, region: { startLine: 1 } } }),
        logicalLocations: [{ fullyQualifiedName: from.id, kind: 'function' }],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${fingerprint(report, finding)}:1` },
    ...(check.known === undefined ? {} : { suppressions: [{ kind: 'external', justification: oneLine(check.known) }] }),
    properties: {
      case: from.id,
      level: check.level,
      consequence: consequenceOf(check),
      client: report.run.client,
      evidence: evidenceOf(finding).map(exchangeLine),
      reproduce: from.reproduce,
    },
  }
}

const notification = (level: 'error' | 'warning', id: string, message: string) => ({
  level,
  descriptor: { id },
  message: { text: oneLine(message) },
})

/**
 * What passed is not listed, since code scanning shows every result as an alert; what could not be looked at is a
 * notification of the run, which is then not a successful one.
 */
export const sarif = (report: Report, { location }: SarifOptions = {}): string => {
  const { run } = report
  const rules = [...new Map(everyCheck(report).map(({ check }) => [check.id, check])).values()]
  const findings = findingsOf(report)
  const unseen = findings.filter(({ check }) => check.verdict === 'error' || check.verdict === 'not-exercised')
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'authdouble', version: run.authdouble, semanticVersion: run.authdouble, rules: rules.map(rule) },
        },
        automationDetails: { id: `authdouble/${run.provider}/${run.client}/` },
        invocations: [
          {
            executionSuccessful: report.outcome === 'passed' || report.outcome === 'failed',
            exitCode: report.exitCode,
            startTimeUtc: run.started,
            toolExecutionNotifications: [
              ...unseen.map((finding) =>
                notification(
                  finding.check.verdict === 'error' ? 'error' : 'warning',
                  finding.check.id,
                  `${finding.from.id}: ${finding.check.verdict}: ${messageOf(finding)}`,
                ),
              ),
              ...(report.cases.length === 0 ? [notification('error', 'run.exercised', 'no case was run')] : []),
            ],
            toolConfigurationNotifications: report.stale.map(({ entry, reason, why }) =>
              notification(
                'error',
                'baseline.stale',
                `${entry} was expected to fail (${reason}) and did not${why === undefined ? '' : ` (${why})`}: take it out of the baseline`,
              ),
            ),
          },
        ],
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: findings
          .filter(
            ({ check }) => ['fail', 'warn', 'known'].includes(standingOf(check)) && !['error', 'not-exercised'].includes(check.verdict),
          )
          .map((finding) =>
            result(
              report,
              location,
              rules.findIndex(({ id }) => id === finding.check.id),
              finding,
            ),
          ),
        properties: { driver: run.driver, seed: run.seed, node: run.node, outcome: report.outcome },
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
