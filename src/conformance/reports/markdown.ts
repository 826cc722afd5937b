/** The report for the summary page of a CI run: what came of it, then each finding to open. */

import { escaped } from '../../pages/html.js'
import type { Report } from '../runner/verdict.js'
import { consequenceOf } from '../runner/verdict.js'
import { explorationLine, situationCells, situationColumns } from './situations.js'
import { signs } from './text.js'
import type { GroupedFinding } from './wording.js'
import { counted, factsOf, groupedFindings, headingOf, oneLine, outcomeText, printable, standingOf, tally } from './wording.js'

/** Characters that Markdown or the HTML in it would read as more than themselves. */
export const plain = (text: string): string => escaped(oneLine(text).replace(/[\\`*_{}[\]()#!|~@]/g, '\\$&')).replaceAll('&#39;', "'")

/** A fence longer than any run of backticks inside. */
const fenced = (text: string, language = ''): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${printable(text)}\n${fence}`
}

const inline = (text: string): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return text.includes('`') ? `${fence} ${oneLine(text)} ${fence}` : `${fence}${oneLine(text)}${fence}`
}

const told = ([name, text]: readonly [string, string]): string => {
  if (name === 'reproduce') return `**${name}**\n\n${fenced(text, 'sh')}`
  if (name === 'evidence' || name === 'schedule') return `**${name}**\n\n${fenced(text)}`
  return `**${name}**: ${plain(text)}`
}

const finding = (one: GroupedFinding): string => {
  const [sign, , word] = signs[standingOf(one.check)]
  const { check, from } = one
  const summary = `${sign} ${word} ${escaped(oneLine(check.title))} (<code>${escaped(oneLine(from.id))}</code>)`
  return `<details>\n<summary>${summary}</summary>\n\n${inline(check.id)}, level ${check.level}${check.verdict === 'fail' ? `, ${consequenceOf(check)}` : ''}\n\n${factsOf(one).map(told).join('\n\n')}\n\n</details>\n`
}

/** GitHub refuses a step's summary of more than 1 MiB; this leaves room for others in the same step. */
const sandbox = 600_000

/** What a search has met, as a table to open. */
const searched = ({ exploration }: Report): readonly string[] => {
  if (!exploration) return []
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`
  const rows = [
    line(situationColumns),
    line(situationColumns.map(() => '---')).replaceAll('\\', ''),
    ...exploration.met.map((one) => line(situationCells(one))),
  ]
  return [`<details>\n<summary>${escaped(explorationLine(exploration))}</summary>\n\n${rows.join('\n')}\n\n</details>`]
}

export const markdown = (report: Report): string => {
  const { run, summary } = report
  const sign = report.outcome === 'passed' ? '✅' : report.outcome === 'failed' ? '❌' : '⚠️'
  const head = [
    `## ${sign} ${plain(run.provider)} · ${plain(run.client)}: ${outcomeText[report.outcome]}`,
    `${counted(summary.cases, 'case')}, checks: ${tally(report)}. Exit code ${report.exitCode}. Driver ${run.driver}, seed ${inline(run.seed)}, authdouble ${run.authdouble}, Node ${run.node}.`,
    ...(report.stale.length > 0
      ? [
          `### In the baseline, but no longer failing\n\n${report.stale.map(({ entry, reason, why }) => `- ${inline(entry)}: ${plain(why ?? reason)}`).join('\n')}`,
        ]
      : []),
  ].join('\n\n')
  const findings = groupedFindings(report)
  const written: string[] = []
  let length = Buffer.byteLength(head)
  let heading: string | undefined
  for (const one of findings) {
    const next = headingOf(one)
    const piece = `${next === heading ? '' : `### ${next}\n\n`}${finding(one)}`
    heading = next
    length += Buffer.byteLength(piece)
    if (length > sandbox) break
    written.push(piece)
  }
  const left = findings.length - written.length
  const cut = left > 0 ? [`${left} more findings are in the other reports. This page has no room for them.`] : []
  return `${[head, ...(findings.length > 0 ? [written.join('\n')] : []), ...searched(report), ...cut].join('\n\n')}\n`
}
