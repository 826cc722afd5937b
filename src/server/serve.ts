/** One request to a provider, from door to door. */

import { decide } from '../protocol/decide.js'
import type { Approval, Outcome, Refused, Request, World } from '../protocol/world.js'
import { open } from '../wire/open.js'
import type { RawRequest, RawResponse } from '../wire/raw.js'
import type { Unopened } from '../wire/read.js'
import { read } from '../wire/read.js'
import { seal } from '../wire/seal.js'
import type { Soon } from '../wire/soon.js'
import { andThen } from '../wire/soon.js'
import type { PageResponse } from '../wire/write.js'
import { write } from '../wire/write.js'
import { aimed, instead, spoilt } from './fault.js'
import { interact } from './interact.js'
import type { Arrived, Decided } from './kept.js'
import { entryOf, keep, knownOf } from './kept.js'
import type { Place, Route } from './place.js'
import { portal } from './portal.js'
import { render } from './render.js'
import type { Sandbox } from './sandbox.js'

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

const shown = (sandbox: Sandbox, place: Place, route: Route, raw: RawRequest, response: RawResponse | PageResponse): Soon<RawResponse> =>
  'page' in response ? render(sandbox, place, route, raw, response) : response

/** Opens, decides, seals and writes what was read. */
const answer = (sandbox: Sandbox, place: Place, route: Route, raw: RawRequest, unopened: Unopened | Refused): Soon<Decided> => {
  const settings = place.settings()
  const { endpoint } = route
  const finish = (outcome: Outcome, request: Request | undefined): Soon<Decided> =>
    andThen(seal(place.keys, outcome), (sealed) =>
      andThen(shown(sandbox, place, route, raw, write(settings, endpoint, outcome, sealed)), (response) => ({
        outcome,
        request,
        response,
      })),
    )
  const decided = (request: Request, approval?: Approval): Soon<Decided> =>
    andThen(
      sandbox.decide(place, (world, tx) => decide(asAsked(world, raw), tx, request), approval),
      (outcome) => finish(outcome, request),
    )
  if ('kind' in unopened) return finish(unopened, undefined)
  if (endpoint.operation === 'jwks') return jwks(place).then((response) => ({ outcome: plain, request: undefined, response }))
  if (endpoint.operation === 'portal')
    return portal(sandbox, place, route, unopened).then((response) => ({ outcome: plain, request: undefined, response }))
  return andThen(open(place.keys, settings, unopened), (request) =>
    endpoint.operation === 'authorize'
      ? andThen(interact(sandbox, place, raw, request), (step) =>
          andThen(
            sandbox.claim(() => sandbox.approvals.take(place.provider.id)),
            (approval) => decided(step, approval),
          ),
        )
      : decided(request),
  )
}

/** Answers what was read, with a waiting fault standing before, behind or in place of the answer. */
const withFaults = async (
  sandbox: Sandbox,
  place: Place,
  route: Route,
  raw: RawRequest,
  unopened: Unopened | Refused,
): Promise<Decided> => {
  const aim = await aimed(sandbox, place, route, raw, unopened)
  const fault = await sandbox.claim(() => sandbox.faults.take(aim))
  const standIn = fault && (await instead(fault, sandbox, place, route, raw, unopened))
  if (standIn) {
    const response = await shown(sandbox, place, route, raw, standIn.response)
    const request = 'kind' in unopened ? undefined : unopened
    return { outcome: standIn.refusal ?? plain, response, request, fault, stoodIn: standIn.refusal === undefined }
  }
  const decided = await answer(sandbox, place, route, raw, unopened)
  const behind =
    fault ?? (decided.response.headers['location'] === undefined ? undefined : await sandbox.claim(() => sandbox.faults.take(aim, true)))
  return behind ? { ...decided, response: spoilt(behind, decided.response), fault: behind } : decided
}

const plain: Outcome = { kind: 'answered', status: 200, template: undefined, headers: {}, facts: {}, trace: {} }

const allowed = (routes: readonly Route[]): string => [...new Set(routes.flatMap(({ endpoint }) => endpoint.methods))].join(', ')

/** Serves a request: reads it, decides it, writes it, and notes it down. */
export const serve = (sandbox: Sandbox, place: Place, routes: readonly Route[], arrived: Arrived): Soon<RawResponse> => {
  const { raw } = arrived
  const route = choose(routes, raw.method)
  if (!route) throw new Error('serve needs a route')
  const decided = andThen(read(place.settings(), route.name, route.endpoint, raw), (unopened) =>
    (sandbox.faults.any() ? withFaults : answer)(sandbox, place, route, raw, unopened),
  )
  return andThen(decided, (one) => {
    const id = sandbox.journal.nextId()
    sandbox.journal.add(id, knownOf(route, arrived, sandbox.clock.now(), one), keep(arrived, one), place, entryOf)
    const { outcome, response } = one
    const { status, headers, body, delivery } = response
    const refusedMethod = outcome.kind === 'refused' && outcome.reason === 'method_not_allowed'
    return { status, headers: refusedMethod ? { ...headers, allow: allowed(routes) } : headers, body, delivery, id }
  })
}
