/** What a page opens on: what was lost, in which situation, how it came to that, and how to mend it. */

import type { Html } from '../../../pages/html.js'
import { html } from '../../../pages/html.js'
import type { CaseResult, Report } from '../../runner/verdict.js'
import type { GroupedFinding } from '../wording.js'
import { alsoIn, evidenceOf, groupedFindings, headingOf, oneLine, printable, standingOf, stepName } from '../wording.js'
import { badge } from './case.js'
import { sequence } from './sequence.js'

/** A report with what the page calls it by. */
export interface Column {
  readonly report: Report
  readonly name: string
  readonly at: number
}

/** Exchanges that tell how it came to that: more than these are in the case itself. */
const longest = 6

/** A schedule is shown whole, up to so many exchanges. */
const longestSchedule = 20

/** The situation in a line; of a search the shortest schedule, sentence by sentence. */
const situation = ({ title, id, story }: CaseResult): Html =>
  story === undefined
    ? html`<p>In the situation: ${printable(title)} <code class="quiet">${id}</code></p>`
    : html`<p>The shortest schedule that shows it <code class="quiet">${id}</code></p><ol>${story.map((line) => html`<li>${printable(line.replace(/^\d+\. /, ''))}</li>`)}</ol>`

const told = (finding: GroupedFinding, anchor: string): Html => {
  const { check, from } = finding
  const shown = from.story === undefined ? evidenceOf(finding).slice(0, longest) : from.exchanges.slice(0, longestSchedule)
  const evidence = new Set(from.story === undefined ? [] : check.evidence)
  const during = new Map(from.steps.flatMap((step) => (step.exchanges ?? []).map((id) => [id, stepName(step)] as const)))
  const also = alsoIn(finding)
  return html`<section class="found"><h4>${badge(standingOf(check))} ${printable(check.title)}</h4>${situation(from)}<dl><dt>seen</dt><dd>${printable(check.seen ?? check.why ?? '')}</dd><dt>fix</dt><dd>${printable(check.fix)}</dd>${also === undefined ? undefined : html`<dt>also in</dt><dd>${printable(also)}</dd>`}</dl>${shown.length === 0 ? undefined : sequence(shown, { anchor, detailed: false, evidence, during })}</section>`
}

/** Failures under what came of them; nothing where there are none. @param several whether the page has more than one client */
export const found = ({ report, name, at }: Column, several: boolean): Html | undefined => {
  const failures = groupedFindings(report).filter(({ check }) => standingOf(check) === 'fail')
  if (failures.length === 0) return undefined
  const headings = [...new Set(failures.map(headingOf))]
  const head = several ? `What was found: ${name} at ${report.run.provider}` : 'What was found'
  return html`<section><h2>${oneLine(head)}</h2>${headings.map(
    (heading, group) =>
      html`<h3>${heading ?? ''}</h3>${failures.filter((one) => headingOf(one) === heading).map((one, line) => told(one, `found-${at}-${group}-${line}`))}`,
  )}</section>`
}
