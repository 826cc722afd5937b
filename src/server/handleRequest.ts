/** One request to a provider, from door to door. */

import { corrupt, triedOn } from '../faults/corrupt.js'
import type { MaybePromise } from '../http/maybePromise.js'
import { chain } from '../http/maybePromise.js'
import type { UnverifiedRequest } from '../http/parseRequest.js'
import { parseRequest } from '../http/parseRequest.js'
import type { RawRequest, RawResponse } from '../http/raw.js'
import { signTokens } from '../http/signTokens.js'
import { verifyTokens } from '../http/verifyTokens.js'
import type { PageResponse } from '../http/writeResponse.js'
import { writeResponse } from '../http/writeResponse.js'
import type { DecidedExchange, ReceivedRequest } from '../journal/journalCodec.js'
import { decodeEntry, encodeEntry, summarizeEntry } from '../journal/journalCodec.js'
import { observed } from '../journal/observed.js'
import { applyConsent } from '../pages/interaction.js'
import { handlePortal } from '../pages/portal.js'
import { renderPage } from '../pages/renderPage.js'
import type { Approval, BackchannelLogout, DecisionContext, Outcome, Refused, Request } from '../protocol/context.js'
import { decide } from '../protocol/decide.js'
import { operationTraits } from '../provider/operations.js'
import type { Settings } from '../provider/settings.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { faultTarget, shortCircuit } from './faultInjection.js'
import { faultAfter, holdRequest } from './holdRequest.js'

const jwks = async (instance: ProviderInstance): Promise<RawResponse> => ({
  status: 200,
  headers: { 'content-type': 'application/jwk-set+json; charset=utf-8' },
  body: JSON.stringify(await instance.keys.jwks()),
})

/** The endpoint for a method; another one of the same path stands for the refusal of the method. */
const chooseRoute = (routes: readonly Route[], method: string): Route | undefined =>
  routes.find(({ endpoint }) => endpoint.methods.some((known) => known === method)) ?? routes[0]

/** Asked under its real host name, the provider names itself so in what it answers; that host speaks TLS, whatever we were asked with. */
const withRequestedHost = (context: DecisionContext, { host }: RawRequest): DecisionContext =>
  host === undefined ? context : { ...context, base: `https://${host}` }

const shown = (
  sandbox: Sandbox,
  instance: ProviderInstance,
  route: Route,
  raw: RawRequest,
  response: RawResponse | PageResponse,
): MaybePromise<RawResponse> => ('page' in response ? renderPage(sandbox, instance, route, raw, response) : response)

const isJsonAlone = ({ token: { formats } }: Settings): boolean => formats.length === 1 && formats[0] === 'json'

/** Opens, decides, seals and writes what was read. */
const answer = (
  sandbox: Sandbox,
  instance: ProviderInstance,
  route: Route,
  raw: RawRequest,
  unverified: UnverifiedRequest | Refused,
): MaybePromise<DecidedExchange> => {
  const settings = instance.settings()
  const { endpoint } = route
  const finish = (outcome: Outcome, request: Request | undefined): MaybePromise<DecidedExchange> =>
    chain(signTokens(instance.keys, outcome), (signed) =>
      chain(shown(sandbox, instance, route, raw, writeResponse(settings, endpoint, outcome, signed)), (response) =>
        endpoint.operation !== 'token' || isJsonAlone(settings)
          ? { outcome, request, response }
          : import('../http/replyFormats.js').then(({ inFormat }) => ({
              outcome,
              request,
              response: inFormat(settings, raw, request?.params, response),
            })),
      ),
    )
  const decided = (request: Request, approval?: Approval): MaybePromise<DecidedExchange> =>
    chain(
      sandbox.decide(instance, (context, tx) => decide(withRequestedHost(context, raw), tx, request), approval),
      (outcome) =>
        'deliver' in outcome && outcome.deliver ? told(outcome.deliver).then(() => finish(outcome, request)) : finish(outcome, request),
    )
  const told = async (tokens: readonly BackchannelLogout[]): Promise<void> =>
    (await import('./backchannelLogout.js')).deliverLogout(instance.keys, tokens)
  if ('kind' in unverified) return finish(unverified, undefined)
  const { answeredBy } = operationTraits[endpoint.operation]
  const undecided = (response: RawResponse): DecidedExchange => ({ outcome: noOutcome, request: undefined, response })
  if (answeredBy === 'keys') return jwks(instance).then(undecided)
  if (answeredBy === 'page') return handlePortal(sandbox, instance, route, unverified).then(undecided)
  const clientOf = (id: string) => sandbox.decide(instance, (_, tx) => tx.get('client', id))
  return chain(verifyTokens(instance.keys, settings, unverified, clientOf), (request) =>
    answeredBy === 'interaction'
      ? chain(applyConsent(sandbox, instance, raw, request), (step) =>
          chain(
            sandbox.claim(() => sandbox.approvals.take(instance.provider.id)),
            (approval) => decided(step, approval),
          ),
        )
      : decided(request),
  )
}

/** Answers what was read, with a waiting fault standing before, behind or in place of the answer. */
const withFaults = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  route: Route,
  raw: RawRequest,
  unverified: UnverifiedRequest | Refused,
): Promise<DecidedExchange> => {
  const site = { sandbox, instance, route, raw, read: unverified }
  const target = await faultTarget(sandbox, instance, route, raw, unverified)
  const fault = await sandbox.claim(() => sandbox.faults.take(target))
  const isHold = fault?.kind === 'hold'
  const heldBefore = isHold && fault.phase === 'before' ? await holdRequest(sandbox, fault) : undefined
  // What a request that was held meets when it goes on.
  const next = heldBefore ? faultAfter(heldBefore) : fault
  const standIn = next && (await shortCircuit(next, site))
  if (standIn) {
    const response = await shown(sandbox, instance, route, raw, standIn.response)
    const request = 'kind' in unverified ? undefined : unverified
    return {
      outcome: standIn.refusal ?? noOutcome,
      response,
      request,
      fault,
      held: heldBefore,
      stoodIn: standIn.refusal === undefined,
    }
  }
  const decided = await answer(sandbox, instance, route, raw, unverified)
  if (isHold && fault.phase === 'after') {
    const held = await holdRequest(sandbox, fault)
    const behind = faultAfter(held)
    const instead = behind && (await shortCircuit(behind, site))
    const response = instead ? await shown(sandbox, instance, route, raw, instead.response) : decided.response
    return { ...decided, response: behind ? corrupt(behind, response) : response, fault, held }
  }
  const behind = fault ?? (await sandbox.claim(() => sandbox.faults.take(target, triedOn(decided.response))))
  if (!behind) return decided
  const response = corrupt(heldBefore ? (next ?? behind) : behind, decided.response)
  return { ...decided, response, fault: behind, held: heldBefore }
}

const noOutcome: Outcome = { kind: 'answered', status: 200, template: undefined, headers: {}, facts: {}, trace: {} }

const allowed = (routes: readonly Route[]): string => [...new Set(routes.flatMap(({ endpoint }) => endpoint.methods))].join(', ')

/** Serves a request: reads it, decides it, writes it, and notes it down. */
export const handleRequest = (
  sandbox: Sandbox,
  instance: ProviderInstance,
  routes: readonly Route[],
  arrived: ReceivedRequest,
): MaybePromise<RawResponse> => {
  const { raw } = arrived
  const route = chooseRoute(routes, raw.method)
  if (!route) throw new Error('serve needs a route')
  const decided = chain(parseRequest(instance.settings(), route.name, route.endpoint, raw), (unverified) =>
    (sandbox.faults.any() ? withFaults : answer)(sandbox, instance, route, raw, unverified),
  )
  const readable =
    raw.headers['origin'] === undefined
      ? decided
      : chain(decided, async (one) => (await import('./crossOrigin.js')).crossOrigin(sandbox, instance, routes, route, raw, one))
  return chain(readable, (one) => {
    // The world in which it was held has ended, and its journal with it.
    if (one.held?.end.how === 'gone') return one.response
    // A page that names its own entry has taken the id already.
    const id = one.response.id ?? sandbox.journal.nextId()
    observed(() =>
      sandbox.journal.add(
        id,
        summarizeEntry(route.endpoint.operation, arrived, sandbox.clock.now(), one),
        encodeEntry(arrived, one),
        instance,
        decodeEntry,
      ),
    )
    const { outcome, response } = one
    const { status, headers, body, delivery } = response
    const refusedMethod = outcome.kind === 'refused' && outcome.reason === 'method_not_allowed'
    return { status, headers: refusedMethod ? { ...headers, allow: allowed(routes) } : headers, body, delivery, id }
  })
}
