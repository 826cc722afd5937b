/** One request to a provider, from door to door. */

import type { Fault } from '../instruments/faults.js'
import type { JournalEntry } from '../instruments/journal.js'
import { decide } from '../protocol/decide.js'
import type { Outcome, Refused, Request, World } from '../protocol/world.js'
import { open } from '../wire/open.js'
import type { RawRequest, RawResponse } from '../wire/raw.js'
import type { Unopened } from '../wire/read.js'
import { read } from '../wire/read.js'
import type { Sealed } from '../wire/seal.js'
import { seal } from '../wire/seal.js'
import type { PageResponse } from '../wire/write.js'
import { write } from '../wire/write.js'
import { aimed, instead, reaching, spoilt } from './fault.js'
import { interact } from './interact.js'
import type { Place, Route } from './place.js'
import { portal } from './portal.js'
import { render } from './render.js'
import type { Sandbox } from './sandbox.js'

export interface Arrived {
  readonly raw: RawRequest
  /** Path and query as they came, with sandbox and provider. */
  readonly url: string
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** `performance.now()` when it came. */
  readonly started: number
}

interface Decided {
  readonly outcome: Outcome
  readonly request?: Pick<Request, 'operation' | 'params' | 'credentials'>
  readonly response: RawResponse
  readonly fault?: Fault
  /** The fault answered in the provider's place. */
  readonly stoodIn?: boolean
}

const jwks = async (place: Place): Promise<RawResponse> => ({
  status: 200,
  headers: { 'content-type': 'application/jwk-set+json; charset=utf-8' },
  body: JSON.stringify(await place.keys.jwks()),
})

/** The endpoint for a method; another one of the same path stands for the refusal of the method. */
const choose = (routes: readonly Route[], method: string): Route | undefined =>
  routes.find(({ endpoint }) => endpoint.methods.some((known) => known === method)) ?? routes[0]

/** Asked under its real host name, the provider names itself so in what it answers; that host speaks TLS, whatever we were asked with. */
const asAsked = (world: World, { host }: RawRequest): World => (host === undefined ? world : { ...world, base: `https://${host}` })

const shown = (
  sandbox: Sandbox,
  place: Place,
  route: Route,
  raw: RawRequest,
  response: RawResponse | PageResponse,
): RawResponse | Promise<RawResponse> => ('page' in response ? render(sandbox, place, route, raw, response) : response)

/** Opens, decides, seals and writes what was read. */
const answer = async (sandbox: Sandbox, place: Place, route: Route, raw: RawRequest, unopened: Unopened | Refused): Promise<Decided> => {
  const settings = place.settings()
  const { endpoint } = route
  const finish = async (outcome: Outcome, request?: Request): Promise<Decided> => {
    const sealed: Sealed = await seal(place.keys, outcome)
    const response = await shown(sandbox, place, route, raw, write(settings, endpoint, outcome, sealed))
    return { outcome, response, ...(request ? { request } : {}) }
  }
  if ('kind' in unopened) return finish(unopened)
  if (endpoint.operation === 'jwks') return { outcome: plain, response: await jwks(place) }
  if (endpoint.operation === 'portal') return { outcome: plain, response: await portal(sandbox, place, route, unopened) }
  const request = await open(place.keys, settings, unopened)
  if (endpoint.operation !== 'authorize')
    return finish(await sandbox.decide(place, (world, tx) => decide(asAsked(world, raw), tx, request)), request)
  const step = await interact(sandbox, place, raw, request)
  if ('response' in step) return { outcome: plain, request, response: step.response }
  const approval = await sandbox.claim(() => sandbox.approvals.take(place.provider.id))
  return finish(await sandbox.decide(place, (world, tx) => decide(asAsked(world, raw), tx, step.request), approval), step.request)
}

/** Reads a request and answers it, with a waiting fault standing before, behind or in place of the answer. */
const withFaults = async (sandbox: Sandbox, place: Place, route: Route, raw: RawRequest): Promise<Decided> => {
  const unopened = await read(place.settings(), route.name, route.endpoint, raw)
  if (!sandbox.faults.any()) return answer(sandbox, place, route, raw, unopened)
  const aim = await aimed(sandbox, place, route, raw, unopened)
  const fault = await sandbox.claim(() => sandbox.faults.take(aim))
  const standIn = fault && (await instead(fault, sandbox, place, route, raw, unopened))
  if (standIn) {
    const response = await shown(sandbox, place, route, raw, standIn.response)
    const request = 'kind' in unopened ? {} : { request: unopened }
    return { outcome: standIn.refusal ?? plain, response, ...request, fault, stoodIn: standIn.refusal === undefined }
  }
  const decided = await answer(sandbox, place, route, raw, unopened)
  const behind =
    fault ?? (decided.response.headers['location'] === undefined ? undefined : await sandbox.claim(() => sandbox.faults.take(aim, true)))
  return behind ? { ...decided, response: spoilt(behind, decided.response), fault: behind } : decided
}

const plain: Outcome = { kind: 'answered', status: 200, template: undefined, headers: {}, facts: {}, trace: {} }

const headerPairs = (raw: readonly string[]): readonly (readonly [string, string])[] => {
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? '', raw[i + 1] ?? ''])
  return pairs
}

const authentication = (request: Decided['request']): 'none' | 'basic' | 'body' | 'both' | undefined => {
  if (request?.operation !== 'token') return undefined
  const basic = request.credentials.basic !== 'absent'
  const body = request.credentials.secret !== undefined
  return basic ? (body ? 'both' : 'basic') : body ? 'body' : 'none'
}

/** What the journal keeps of an exchange. */
export const entryOf = (
  place: Place,
  route: Route,
  arrived: Arrived,
  id: string,
  at: number,
  took: number,
  { outcome, request, response, fault, stoodIn }: Decided,
): JournalEntry => {
  const { trace } = outcome
  const { sent, complete } = reaching(response)
  const grantType = request?.params.get('grant_type')
  const how = authentication(request)
  const body = arrived.raw.body
  return {
    id,
    at,
    took,
    provider: place.provider.id,
    operation: route.endpoint.operation,
    outcome: stoodIn ? 'faulted' : outcome.kind,
    ...(outcome.kind === 'refused' ? { reason: outcome.reason } : {}),
    ...(trace.client ? { clientId: trace.client } : {}),
    ...(trace.user ? { user: trace.user } : {}),
    ...(grantType === undefined ? {} : { grantType }),
    ...(how === undefined ? {} : { authentication: how }),
    request: {
      method: arrived.raw.method,
      url: arrived.url,
      headers: headerPairs(arrived.rawHeaders),
      parameters: request ? Object.fromEntries(request.params) : {},
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
    ...(trace.issued && trace.issued.length > 0
      ? {
          issued: trace.issued.map(({ role, id: token, from, expires }) => ({
            kind: role,
            id: token,
            ...(from === undefined ? {} : { from }),
            expiresAt: expires,
          })),
        }
      : {}),
    ...(trace.ended && trace.ended.length > 0 ? { ended: trace.ended } : {}),
    quirks: place.bearing([...(trace.bore ?? []), ...(outcome.kind === 'refused' ? [`dialect.${outcome.reason}`] : [])]),
  }
}

/** Serves a request: reads it, decides it, writes it, and notes it down. */
export const serve = async (sandbox: Sandbox, place: Place, routes: readonly Route[], arrived: Arrived): Promise<RawResponse> => {
  const route = choose(routes, arrived.raw.method)
  if (!route) throw new Error('serve needs a route')
  const decided = await withFaults(sandbox, place, route, arrived.raw)
  const id = sandbox.journal.nextId()
  const at = sandbox.clock.now()
  const took = performance.now() - arrived.started
  sandbox.journal.add(id, () => entryOf(place, route, arrived, id, at, took, decided))
  const refusedMethod = decided.outcome.kind === 'refused' && decided.outcome.reason === 'method_not_allowed'
  const allow = refusedMethod ? { allow: [...new Set(routes.flatMap(({ endpoint }) => endpoint.methods))].join(', ') } : {}
  return { ...decided.response, headers: { ...decided.response.headers, ...allow, 'x-authdouble-request-id': id } }
}
