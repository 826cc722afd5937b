/** What the journal keeps of an exchange: no more than an entry is built from, because ten thousand are kept and few are looked at. */

import type { Fault } from '../instruments/faults.js'
import type { JournalEntry } from '../instruments/journal.js'
import type { Outcome, Request, Trace } from '../protocol/world.js'
import type { Reason } from '../provider/dialect.js'
import type { RawRequest, RawResponse } from '../wire/raw.js'
import { reaching } from './fault.js'
import type { Place, Route } from './place.js'

export interface Arrived {
  readonly raw: RawRequest
  /** Path and query as they came, with sandbox and provider. */
  readonly url: string
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** `performance.now()` when it came. */
  readonly started: number
}

export interface Decided {
  readonly outcome: Outcome
  readonly request: Pick<Request, 'operation' | 'params' | 'credentials'> | undefined
  readonly response: RawResponse
  readonly fault?: Fault
  /** The fault answered in the provider's place. */
  readonly stoodIn?: boolean
}

export interface Kept {
  readonly id: string
  readonly at: number
  readonly took: number
  readonly place: Place
  readonly route: Route
  readonly method: string
  readonly url: string
  /** One line for each name and each value: a header holds no line break, and one string costs less than a dozen. */
  readonly headers: string
  readonly body: string
  readonly params: ReadonlyMap<string, string> | undefined
  readonly authentication: JournalEntry['authentication']
  readonly outcome: JournalEntry['outcome']
  readonly reason: Reason | undefined
  readonly trace: Trace
  readonly response: RawResponse
  readonly fault: Fault | undefined
}

const authentication = (request: Decided['request']): JournalEntry['authentication'] => {
  if (request?.operation !== 'token') return undefined
  const basic = request.credentials.basic !== 'absent'
  const body = request.credentials.secret !== undefined
  return basic ? (body ? 'both' : 'basic') : body ? 'body' : 'none'
}

/** Without the claims of signed tokens, which are in the answer. */
const lightened = (trace: Trace): Trace =>
  trace.issued?.some(({ sign }) => sign !== undefined)
    ? { ...trace, issued: trace.issued.map(({ role, id, from, expires }) => ({ role, id, from, expires })) }
    : trace

export const keep = (
  place: Place,
  route: Route,
  { raw, url, rawHeaders, started }: Arrived,
  id: string,
  at: number,
  { outcome, request, response, fault, stoodIn }: Decided,
): Kept => ({
  id,
  at,
  took: performance.now() - started,
  place,
  route,
  method: raw.method,
  url,
  headers: rawHeaders.join('\n'),
  body: raw.body,
  params: request !== undefined && request.params.size > 0 ? request.params : undefined,
  authentication: authentication(request),
  outcome: stoodIn ? 'faulted' : outcome.kind,
  reason: outcome.kind === 'refused' ? outcome.reason : undefined,
  trace: lightened(outcome.trace),
  response,
  fault,
})

export const headerPairs = (names: readonly string[]): readonly (readonly [string, string])[] => {
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < names.length; i += 2) pairs.push([names[i] ?? '', names[i + 1] ?? ''])
  return pairs
}

const issuedOf = ({ issued = [] }: Trace): Pick<JournalEntry, 'issued'> =>
  issued.length === 0
    ? {}
    : {
        issued: issued.map(({ role, id, from, expires }) => ({
          kind: role,
          id,
          ...(from === undefined ? {} : { from }),
          expiresAt: expires,
        })),
      }

export const entryOf = (kept: Kept): JournalEntry => {
  const { place, trace, reason, authentication: how, body, params, fault } = kept
  const { sent, complete } = reaching(kept.response)
  const grantType = params?.get('grant_type')
  return {
    id: kept.id,
    at: kept.at,
    took: kept.took,
    provider: place.provider.id,
    operation: kept.route.endpoint.operation,
    outcome: kept.outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(trace.client ? { clientId: trace.client } : {}),
    ...(trace.user ? { user: trace.user } : {}),
    ...(grantType === undefined ? {} : { grantType }),
    ...(how === undefined ? {} : { authentication: how }),
    request: {
      method: kept.method,
      url: kept.url,
      headers: headerPairs(kept.headers.split('\n')),
      parameters: params ? Object.fromEntries(params) : {},
      ...(body === '' ? {} : { body }),
    },
    response: {
      ...(sent ? { status: sent.status } : {}),
      headers: Object.entries(sent?.headers ?? {}),
      ...(sent && sent.body !== '' ? { body: sent.body } : {}),
      complete,
    },
    ...(fault ? { fault: { id: fault.id, kind: fault.kind } } : {}),
    ...(trace.presented ? { presented: { kind: trace.presented.role, id: trace.presented.id } } : {}),
    ...issuedOf(trace),
    ...(trace.ended && trace.ended.length > 0 ? { ended: trace.ended } : {}),
    quirks: place.bearing([...(trace.bore ?? []), ...(reason === undefined ? [] : [`dialect.${reason}`])]),
  }
}
