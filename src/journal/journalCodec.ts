/** What the journal keeps of an exchange: a text with no more than an entry is read from, because ten thousand are kept and few are looked at. */

import { deliveredPart } from '../faults/corrupt.js'
import type { Fault } from '../faults/faults.js'
import type { HoldEnd } from '../faults/holds.js'
import type { RawRequest, RawResponse } from '../http/raw.js'
import type { Outcome, Request, Trace } from '../protocol/context.js'
import type { Operation } from '../provider/settings.js'
import type { JournalEntry, TokenKind } from './entry.js'
import type { EntryDecoder, EntrySummary } from './ring.js'

/** Whose exchange it was: what an entry needs of a provider when it is read. */
export interface EntryOwner {
  readonly provider: { readonly id: string }
  readonly quirksAt: (settingPaths: readonly string[]) => readonly string[]
}

export interface ReceivedRequest {
  readonly raw: RawRequest
  /** Path and query as they came, with sandbox and provider. */
  readonly url: string
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** `performance.now()` when it came. */
  readonly started: number
}

export interface DecidedExchange {
  readonly outcome: Outcome
  readonly request: Pick<Request, 'operation' | 'params' | 'credentials'> | undefined
  readonly response: RawResponse
  readonly fault?: Fault | undefined
  /** How a `hold` ended, and after how many milliseconds of real time. */
  readonly held?: { readonly end: HoldEnd; readonly took: number } | undefined
  /** The fault answered in the provider's place. */
  readonly stoodIn?: boolean
}

const authentication = (request: DecidedExchange['request']): JournalEntry['authentication'] => {
  if (request?.operation !== 'token') return undefined
  const basic = request.credentials.basic !== 'absent'
  const body = request.credentials.secret !== undefined
  return basic ? (body ? 'both' : 'basic') : body ? 'body' : 'none'
}

/** One line for each name and each value, neither of which holds a line break. */
const headerLines = (headers: RawResponse['headers']): string => {
  let lines = ''
  for (const name in headers) lines += `${lines === '' ? '' : '\n'}${name}\n${headers[name]}`
  return lines
}

/** Without tokens and claims, which are in the answer. */
const issuedIn = ({ issued }: Trace) =>
  issued === undefined || issued.length === 0
    ? undefined
    : issued.map(({ role, id, from, expires }) => ({ kind: role, id, from, expiresAt: expires }))

/** UTF-16 units of a body, or of a parameter, that are kept: a longer one is cut, and the entry says so. */
const mostKept = 196_608

/** Cut between two characters, not within one. */
const cut = (text: string): string =>
  text.length <= mostKept ? text : text.slice(0, /[\ud800-\udbff]/.test(text[mostKept - 1] ?? '') ? mostKept - 1 : mostKept)

/** A body as an entry has it: its beginning, and how much there was. */
export const keptBody = (body: string): { readonly body: string; readonly bodyBytes?: number } => {
  const bodyBytes = bytesOfCut(body)
  return { body: cut(body), ...(bodyBytes === undefined ? {} : { bodyBytes }) }
}

/** How many bytes a body had that was cut; undefined where all of it is kept. */
const bytesOfCut = (body: string): number | undefined => (body.length <= mostKept ? undefined : Buffer.byteLength(body))

/** What few exchanges have. */
interface Rare {
  readonly issued?: JournalEntry['issued']
  readonly ended?: JournalEntry['ended']
  readonly fault?: JournalEntry['fault']
  readonly bodyBytes?: number
  readonly sentBytes?: number
}

const faultNote = (fault: Fault | undefined, held: DecidedExchange['held']): JournalEntry['fault'] =>
  fault && {
    id: fault.id,
    kind: fault.kind,
    ...(held && held.end.how !== 'gone' ? { heldFor: Math.round(held.took), released: held.end.how } : {}),
  }

const rareIn = ({ outcome: { trace }, fault, held }: DecidedExchange, body: string, sentBody: string): string => {
  const ended = trace.ended && trace.ended.length > 0 ? trace.ended : undefined
  const issued = issuedIn(trace)
  const [bodyBytes, sentBytes] = [bytesOfCut(body), bytesOfCut(sentBody)]
  return issued || ended || fault || bodyBytes || sentBytes
    ? JSON.stringify({ issued, ended, fault: faultNote(fault, held), bodyBytes, sentBytes })
    : ''
}

/** @param at epoch seconds by the sandbox's clock */
export const summarizeEntry = (
  operation: Operation,
  { started }: ReceivedRequest,
  at: number,
  { outcome, request, stoodIn }: DecidedExchange,
): EntrySummary => ({
  at,
  took: performance.now() - started,
  operation,
  outcome: stoodIn ? 'faulted' : outcome.kind,
  reason: outcome.kind === 'refused' ? outcome.reason : undefined,
  client: outcome.trace.client,
  user: outcome.trace.user,
  authentication: authentication(request),
})

/** The rest: texts one behind another, and before them how long they are. */
export const encodeEntry = ({ raw, url, rawHeaders }: ReceivedRequest, decided: DecidedExchange): string => {
  const { trace } = decided.outcome
  const { sent, complete } = deliveredPart(decided.response)
  const { method } = raw
  const body = cut(raw.body)
  const headers = rawHeaders.join('\n')
  const status = sent ? String(sent.status) : ''
  const sentHeaders = sent ? headerLines(sent.headers) : ''
  const sentBody = cut(sent?.body ?? '')
  const kind = trace.presented?.role ?? ''
  const presented = trace.presented?.id ?? ''
  const bore = trace.settingPaths?.join('\n') ?? ''
  let parameters = ''
  let lengths =
    `${complete ? 1 : 0} ${method.length} ${url.length} ${headers.length} ${body.length} ${status.length} ${sentHeaders.length} ` +
    `${sentBody.length} ${kind.length} ${presented.length} ${bore.length}`
  if (decided.request)
    for (const [name, whole] of decided.request.params) {
      const value = cut(whole)
      lengths += ` ${name.length} ${value.length}`
      parameters += name + value
    }
  const fixed = method + url + headers + body + status + sentHeaders + sentBody + kind + presented + bore
  return `${lengths}\n${fixed}${parameters}${rareIn(decided, raw.body, sent?.body ?? '')}`
}

/** @returns the texts and what is behind them */
const parted = (text: string): { readonly complete: boolean; readonly parts: readonly string[]; readonly rest: string } => {
  const end = text.indexOf('\n')
  const [complete, ...lengths] = text.slice(0, end).split(' ')
  let at = end + 1
  const parts = lengths.map((length) => {
    at += Number(length)
    return text.slice(at - Number(length), at)
  })
  return { complete: complete === '1', parts, rest: text.slice(at) }
}

/** Names and values in turn, two by two. */
export const toPairs = (names: readonly string[]): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < names.length; i += 2) found.push([names[i] ?? '', names[i + 1] ?? ''])
  return found
}

const pairsIn = (lines: string) => (lines === '' ? [] : toPairs(lines.split('\n')))

/** Reads what was kept of an exchange with a provider. */
export const decodeEntry: EntryDecoder<EntryOwner> = (
  id,
  { at, took, operation, outcome, reason, client, user, authentication: how },
  text,
  instance,
) => {
  const { complete, parts, rest } = parted(text)
  const [method = '', url = '', headers = '', body, status, sentHeaders = '', sentBody, kind, presented = '', bore = '', ...more] = parts
  const parameters = Object.fromEntries(toPairs(more))
  const { issued, ended, fault, bodyBytes, sentBytes }: Rare = rest === '' ? {} : JSON.parse(rest)
  const grantType = parameters['grant_type']
  return {
    id,
    at,
    took,
    provider: instance.provider.id,
    ...(operation === undefined ? {} : { operation }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(client ? { clientId: client } : {}),
    ...(user ? { user } : {}),
    ...(grantType === undefined ? {} : { grantType }),
    ...(how === undefined ? {} : { authentication: how }),
    request: {
      method,
      url,
      headers: pairsIn(headers),
      parameters,
      ...(body ? { body } : {}),
      ...(bodyBytes === undefined ? {} : { bodyBytes }),
    },
    response: {
      ...(status ? { status: Number(status) } : {}),
      headers: pairsIn(sentHeaders),
      ...(sentBody ? { body: sentBody } : {}),
      ...(sentBytes === undefined ? {} : { bodyBytes: sentBytes }),
      complete,
    },
    ...(fault ? { fault } : {}),
    ...(kind ? { presented: { kind: kind as TokenKind, id: presented } } : {}),
    ...(issued ? { issued } : {}),
    ...(ended ? { ended } : {}),
    quirks: instance.quirksAt([...(bore === '' ? [] : bore.split('\n')), ...(reason === undefined ? [] : [`dialect.${reason}`])]),
  }
}
