/** The report as one page that needs nothing else: the matrix of cases and clients, each cell with what crossed the wire. */

import { createHash } from 'node:crypto'
import type { Html } from '../../../pages/html.js'
import { html as markup } from '../../../pages/html.js'
import type { CaseResult, Report } from '../../runner/verdict.js'
import { explorationLine, situationCells, situationColumns, unmetLines } from '../situations.js'
import { caseStanding, counted, oneLine, outcomeText, tally } from '../wording.js'
import { badge, caseBody } from './case.js'
import type { Column } from './found.js'
import { found } from './found.js'
import { script, style } from './style.js'

interface Row {
  readonly id: string
  readonly topic: string
  readonly title: string
  readonly cells: readonly { readonly column: Column; readonly result: CaseResult | undefined; readonly anchor: string }[]
}

const uneventful = (row: Row): boolean =>
  row.cells.every(({ result }) => result === undefined || ['pass', 'not-applicable'].includes(caseStanding(result)))

const cleanIf = (clean: boolean): Html | undefined => (clean ? { html: ' class="clean"' } : undefined)

/** Clients of one name are told apart by a number. */
const columnsOf = (reports: readonly Report[]): readonly Column[] => {
  const met = new Map<string, number>()
  return reports.map((report, at) => {
    const name = oneLine(report.run.client)
    const key = `${report.run.provider}\n${name}`
    const times = (met.get(key) ?? 0) + 1
    met.set(key, times)
    return { report, at, name: times === 1 ? name : `${name} (${times})` }
  })
}

const rowsOf = (columns: readonly Column[]): readonly Row[] => {
  const results = columns.map(({ report }) => new Map(report.cases.map((one) => [one.id, one])))
  const cases = [...new Map(columns.flatMap(({ report }) => report.cases.map((one) => [one.id, one] as const))).values()]
  return cases.map(({ id, topic, title }, line) => ({
    id,
    topic,
    title,
    cells: columns.map((column, at) => ({ column, result: results[at]?.get(id), anchor: `case-${column.at}-${line}` })),
  }))
}

const cell = ({ column, result, anchor }: Row['cells'][number]): Html =>
  result === undefined
    ? markup`<td class="quiet">not run</td>`
    : markup`<td><a href="#${anchor}" aria-label="${`${result.id}, ${column.name}: ${caseStanding(result)}`}">${badge(caseStanding(result))}</a></td>`

const topicRows = (topic: string, rows: readonly Row[], width: number): Html =>
  markup`<tr${cleanIf(rows.every(uneventful))}><th class="topic" colspan="${width + 1}" scope="rowgroup">${topic}</th></tr>${rows.map((row) => markup`<tr${cleanIf(uneventful(row))}><th scope="row">${oneLine(row.title)}<br><code>${row.id}</code></th>${row.cells.map(cell)}</tr>`)}`

const matrix = (provider: string, columns: readonly Column[], rows: readonly Row[]): Html => {
  const topics = [...new Set(rows.map(({ topic }) => topic))]
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Matrix of ${provider}"><table class="matrix"><thead><tr><th scope="col">Case</th>${columns.map(({ name, report }) => markup`<th scope="col">${name}<small>${outcomeText[report.outcome].split(':', 1)[0] ?? ''}</small></th>`)}</tr></thead>${topics.map(
    (topic) =>
      markup`<tbody>${topicRows(
        topic,
        rows.filter((row) => row.topic === topic),
        columns.length,
      )}</tbody>`,
  )}</table></div>`
}

const opened = (row: Row, alone: boolean): Html =>
  markup`<section${cleanIf(uneventful(row))}><h4>${oneLine(row.title)} <code class="quiet">${row.id}</code></h4>${row.cells.map(
    ({ column, result, anchor }) =>
      result === undefined
        ? markup``
        : markup`<details class="case"><summary>${badge(caseStanding(result))} ${column.name} <span class="quiet">· ${counted(result.exchanges.length, 'exchange')} · ${Math.round(result.took)} ms</span></summary><div class="inside" id="${anchor}" tabindex="-1">${caseBody(result, anchor, alone || caseStanding(result) !== 'pass')}</div></details>`,
  )}</section>`

const about = ({ report, name }: Column): Html =>
  markup`<li><b>${name}</b>: ${outcomeText[report.outcome]}. ${counted(report.summary.cases, 'case')}; checks: ${tally(report)}. <span class="quiet">Driver ${report.run.driver}, seed ${oneLine(report.run.seed)}, ${report.run.started}, authdouble ${report.run.authdouble}, Node ${report.run.node}</span>${
    report.stale.length === 0
      ? undefined
      : markup`<ul>${report.stale.map(({ entry, reason, why }) => markup`<li>In the baseline, but no longer failing: <code>${oneLine(entry)}</code> (${oneLine(why ?? reason)})</li>`)}</ul>`
  }</li>`

const searched = ({ report, name }: Column): Html => {
  const { exploration } = report
  if (!exploration) return markup``
  const head = markup`<thead><tr>${situationColumns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead>`
  const rows = exploration.met.map((one) => markup`<tr>${situationCells(one).map((text) => markup`<td>${text}</td>`)}</tr>`)
  const missed = unmetLines(exploration).map((line) => markup`<li>not met: ${line}</li>`)
  return markup`<details><summary>What was searched with ${name}: ${explorationLine(exploration)}</summary><div class="scroll" role="region" tabindex="0" aria-label="Situations"><table>${head}<tbody>${rows}</tbody></table></div><ul>${missed}</ul></details>`
}

const section = (provider: string, columns: readonly Column[], alone: boolean): Html => {
  const rows = rowsOf(columns)
  const runs = markup`<ul>${columns.map(about)}</ul>`
  return markup`<section><h2>${provider}</h2>${columns.length > 3 ? markup`<details><summary>What came of each of the ${columns.length} runs</summary>${runs}</details>` : runs}${columns.map(searched)}${rows.length === 0 ? markup`<p>No case was run.</p>` : markup`${matrix(provider, columns, rows)}<h3>What crossed the wire, case by case</h3>${rows.map((row) => opened(row, alone))}`}</section>`
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Even if something were not escaped, nothing but our own style and script could act, and nothing could be fetched. */
const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`

const acting: Html = { html: `<script>${script}</script>` }

/**
 * @param reports one column each, below a heading for each provider
 * @example await writeFile('matrix.html', html([report]))
 */
export const html = (reports: readonly Report[]): string => {
  const columns = columnsOf(reports)
  const providers = [...new Set(reports.map(({ run }) => run.provider))]
  const clients = [...new Set(reports.map(({ run }) => run.client))]
  const title = `Conformance: ${clients.length === 1 ? `${clients[0]} at ` : ''}${providers.join(', ')}`
  return `<!doctype html>\n${
    markup`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${{ html: style }}</style></head><body><main><h1>${title}</h1><p>What each client does in each situation that authdouble put it in. A cell leads to what crossed the wire.</p>${columns.flatMap((column) => found(column, columns.length > 1) ?? [])}<fieldset><legend class="hidden">Which cases are shown</legend><label><input type="radio" name="shown" id="all-cases" checked> All cases</label><label><input type="radio" name="shown" id="findings-only"> Only cases with findings</label></fieldset>${providers.map(
      (provider) =>
        section(
          provider,
          columns.filter(({ report }) => report.run.provider === provider),
          reports.length === 1,
        ),
    )}</main>${acting}</body></html>`.html
  }\n`
}
