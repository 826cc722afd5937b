/** What a cell of the matrix opens to: the checks, the sequence, the tokens, and what the client did. */

import type { Html } from '../../../pages/html.js'
import { html } from '../../../pages/html.js'
import type { CaseResult, CheckResult, StepLog } from '../../runner/verdict.js'
import { signs } from '../text.js'
import type { Finding, Standing } from '../wording.js'
import { checksOf, ending, factsOf, printable, standingOf, stepName } from '../wording.js'
import { lineageOf } from './lineage.js'
import { exchangeAnchor, lineage, sequence } from './sequence.js'

/** The sign and the word: colour alone says nothing to some readers. */
export const badge = (standing: Standing): Html => {
  const [sign, , word] = signs[standing]
  return html`<span class="verdict ${standing}"><span aria-hidden="true">${sign}</span> ${word.toLowerCase()}</span>`
}

/** Ids of exchanges, each a link to where it is shown. */
const evidence = ({ from, check }: Finding, anchor: string): Html =>
  html`${check.evidence.map((id, at) => html`${at === 0 ? '' : ', '}${from.exchanges.some((entry) => entry.id === id) ? html`<a href="#${exchangeAnchor(anchor, id)}">${id}</a>` : id}`)}`

const reference = ({ reference: { id, text, url } }: CheckResult): Html =>
  url !== undefined && /^https?:\/\//.test(url)
    ? html`<a href="${url}" rel="noreferrer">${id}</a>: ${printable(text)}`
    : html`${id}: ${printable(text)}`

const fact = (finding: Finding, anchor: string, [name, text]: readonly [string, string]): Html => {
  const shown = name === 'evidence' ? evidence(finding, anchor) : name === 'reference' ? reference(finding.check) : html`${printable(text)}`
  return html`<dt>${name}</dt><dd>${shown}</dd>`
}

const check = (finding: Finding, anchor: string): Html => {
  const { check } = finding
  const standing = standingOf(check)
  const head = html`${badge(standing)} ${printable(check.title)} <span class="quiet"><code>${check.id}</code> · ${check.level}</span>`
  if (standing === 'pass')
    return html`<li>${head}${check.evidence.length > 0 ? html` <span class="quiet">· ${evidence(finding, anchor)}</span>` : undefined}</li>`
  const facts = factsOf(finding).filter(([name]) => name !== 'reproduce')
  return html`<li>${head}<dl>${facts.map((one) => fact(finding, anchor, one))}</dl></li>`
}

const stepRow = (step: StepLog): Html => {
  const { state, at, took, status, error, note } = step
  const said = [status === undefined ? '' : String(status), error ? `${error.kind} ${error.code}: ${error.message}` : '', note ?? '']
  const told = said.filter((piece) => piece !== '').join(' · ')
  return html`<tr><td>${printable(stepName(step))}</td><td>${state}</td><td>${Math.round(at)}</td><td>${Math.round(took)}</td><td>${printable(told)}</td></tr>`
}

const client = (one: CaseResult): Html =>
  html`<h5>What the client did</h5>${
    one.steps.length === 0
      ? undefined
      : html`<div class="scroll" role="group" tabindex="0" aria-label="Steps of ${one.id}"><table><thead><tr><th scope="col">Step</th><th scope="col">State</th><th scope="col">At, ms</th><th scope="col">Took, ms</th><th scope="col">Told</th></tr></thead><tbody>${one.steps.map(stepRow)}</tbody></table></div>`
  }<p>It ${ending(one.end)}.</p>${one.stderr.trim() === '' ? undefined : html`<p class="label">stderr</p><pre tabindex="0">${printable(one.stderr)}</pre>`}`

/** @param detailed whether headers and bodies are shown: they make most of the size of a large matrix */
export const caseBody = (one: CaseResult, anchor: string, detailed: boolean): Html => {
  const findings = checksOf(one).map((check) => ({ from: one, check }))
  const bad = findings.filter(({ check }) => standingOf(check) !== 'pass' && standingOf(check) !== 'not-applicable')
  const tokens = lineage(lineageOf(one.exchanges), anchor)
  const shown = new Set(bad.flatMap(({ check }) => check.evidence))
  const during = new Map(one.steps.flatMap((step) => (step.exchanges ?? []).map((id) => [id, stepName(step)] as const)))
  return html`<h5>Checks</h5><ul class="checks">${findings.map((finding) => check(finding, anchor))}</ul><h5>Exchanges</h5>${sequence(one.exchanges, { anchor, detailed, evidence: shown, during })}${tokens === undefined ? undefined : html`<h5>Tokens</h5>${tokens}`}${client(one)}<p class="label">Run this case alone</p><pre tabindex="0">${printable(one.reproduce)}</pre>`
}
