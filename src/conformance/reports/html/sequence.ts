/** A case's exchanges as a sequence, and its tokens as a tree. */

import type { JournalEntry } from '../../../index.js'
import type { Html } from '../../../pages/html.js'
import { html } from '../../../pages/html.js'
import { answered, asked, printable } from '../wording.js'
import type { Token } from './lineage.js'

/** The id of an exchange's element, within that of its case. */
export const exchangeAnchor = (anchor: string, id: string): string => `${anchor}-${id.replace(/[^a-zA-Z0-9]/g, '_')}`

const block = (label: string, text: string | undefined): Html | undefined =>
  text === undefined || text === '' ? undefined : html`<p class="label">${label}</p><pre tabindex="0">${printable(text)}</pre>`

const headers = (list: JournalEntry['request']['headers']): string => list.map(([name, value]) => `${name}: ${value}`).join('\n')

const raw = ({ id, request, response }: JournalEntry): Html =>
  html`<details class="raw"><summary>Headers and bodies of ${id}</summary>${block('Request', `${request.method} ${request.url}\n${headers(request.headers)}`)}${block('Request body', request.body)}${block('Response', `${response.status ?? 'no answer'}\n${headers(response.headers)}`)}${block('Response body', response.body)}</details>`

const kindText = (kind: Token['kind']): string => kind.replaceAll('_', ' ')

const notes = (entry: JournalEntry): readonly string[] => [
  ...(entry.authentication === undefined || entry.authentication === 'none' ? [] : [`client authentication: ${entry.authentication}`]),
  ...(entry.presented ? [`presents ${kindText(entry.presented.kind)} ${entry.presented.id}`] : []),
  ...(entry.issued ?? []).map(({ kind, id }) => `issues ${kindText(kind)} ${id}`),
  ...(entry.ended && entry.ended.length > 0 ? [`ends ${entry.ended.join(', ')}`] : []),
  ...(entry.quirks.length > 0 ? [`bearing on it: ${entry.quirks.join(', ')}`] : []),
]

/** What a browser carries to the provider is no request of the client's own. */
const sender = ({ operation }: JournalEntry): string => (operation === 'authorize' || operation === 'end-session' ? 'browser' : 'client')

const moment = (seconds: number): string => `at +${Math.round(seconds * 1000) / 1000} s`

export interface SequenceOptions {
  /** The id of the case's element. */
  readonly anchor: string
  /** Whether headers and bodies are shown too. */
  readonly detailed: boolean
  /** Ids of the entries that a finding rests on. */
  readonly evidence: ReadonlySet<string>
  /** By entry: the step during which it came. */
  readonly during: ReadonlyMap<string, string>
}

const exchange = (entry: JournalEntry, start: number, { anchor, detailed, evidence, during }: SequenceOptions): Html => {
  const { id, outcome, provider, response } = entry
  const good = response.status !== undefined && response.status < 400 && outcome !== 'refused' && response.complete
  const shows = evidence.has(id)
  const step = during.get(id)
  const said = [moment(entry.at - start), ...(step === undefined ? [] : [`during ${step}`]), ...(shows ? ['evidence'] : [])]
  const request = html`<p class="request"><span class="hidden">sends </span>${printable(asked(entry))}</p>`
  const answer = html`<p class="response ${good ? 'good' : 'bad'}${response.complete ? '' : ' lost'}"><span class="hidden">gets </span>${printable(answered(entry))}</p>`
  return html`<li id="${exchangeAnchor(anchor, id)}" tabindex="-1"${shows ? { html: ' class="evidence"' } : undefined}><div class="lanes"><span class="who">${sender(entry)}</span><div class="wires">${request}${answer}</div><span class="who">${provider ?? 'authdouble'}</span></div><p class="note"><b>${id}</b> ${printable(said.join(', '))}${notes(entry).map((note) => html` · ${printable(note)}`)}</p>${detailed ? raw(entry) : undefined}</li>`
}

export const sequence = (exchanges: readonly JournalEntry[], options: SequenceOptions): Html =>
  exchanges.length === 0
    ? html`<p>Nothing crossed the wire.</p>`
    : html`<ol class="sequence">${exchanges.map((entry) => exchange(entry, exchanges[0]?.at ?? 0, options))}</ol>`

const lives = (lifetime: Token['lifetime']): string =>
  lifetime === undefined ? '' : lifetime === null ? ', never expires' : `, lives ${lifetime} s`

const leaf = (token: Token, link: (id: string) => Html): Html =>
  html`<li><b>${kindText(token.kind)}</b> <code>${printable(token.id)}</code>${token.issuedBy === undefined ? html`, from outside these exchanges` : html`, issued by ${link(token.issuedBy)}`}${lives(token.lifetime)}${token.presentedIn.length > 0 ? html`; presented in ${token.presentedIn.map((entry, at) => html`${at === 0 ? '' : ', '}${link(entry.id)}${entry.outcome === 'refused' ? ` (refused: ${printable(entry.reason ?? '')})` : ''}`)}` : undefined}${token.endedBy === undefined ? undefined : html`; ended by ${link(token.endedBy)}`}${tree(token.children, link)}</li>`

const tree = (tokens: readonly Token[], link: (id: string) => Html): Html | undefined =>
  tokens.length === 0 ? undefined : html`<ul>${tokens.map((token) => leaf(token, link))}</ul>`

/** Undefined when no token played a part. */
export const lineage = (tokens: readonly Token[], anchor: string): Html | undefined =>
  tokens.length === 0
    ? undefined
    : html`<div class="lineage">${tree(tokens, (id) => html`<a href="#${exchangeAnchor(anchor, id)}">${id}</a>`)}</div>`
