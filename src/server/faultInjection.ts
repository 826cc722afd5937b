/** Carries faults out: what stands in an answer's place, and what becomes of an answer. */

import { pause } from '../clock/timers.js'
import type { FaultTarget } from '../faults/faults.js'
import type { FaultKind, FaultOf, FaultSpec } from '../faults/kinds.js'
import type { UnverifiedRequest } from '../http/parseRequest.js'
import type { Delivery, RawRequest, RawResponse } from '../http/raw.js'
import type { PageResponse } from '../http/writeResponse.js'
import { writeResponse } from '../http/writeResponse.js'
import type { Refused } from '../protocol/context.js'
import { refused } from '../protocol/context.js'
import { isRegistered } from '../protocol/redirect.js'
import type { Reason } from '../provider/dialect.js'
import type { Operation } from '../provider/settings.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'

/** Everything by which the client names itself in a request: its id, its Basic user, the client behind an issued user name. */
const clientsOf = async (sandbox: Sandbox, instance: ProviderInstance, request: UnverifiedRequest): Promise<readonly string[]> => {
  const { basic, id } = request.credentials
  const users = typeof basic === 'string' ? [] : basic.readings.map(({ user }) => user)
  const names = [...new Set([...(id === undefined ? [] : [id]), ...users])]
  return sandbox.decide(instance, (_, tx) => [...names, ...names.flatMap((name) => tx.get('username', name)?.client ?? [])])
}

/** What a fault may be aimed at in a request; a request that cannot be read has no parameters. */
export const faultTarget = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  route: Route,
  raw: RawRequest,
  read: UnverifiedRequest | Refused,
): Promise<FaultTarget> => ({
  provider: instance.provider.id,
  operation: route.endpoint.operation,
  method: raw.method,
  path: raw.path,
  grantType: 'kind' in read ? undefined : read.params.get('grant_type'),
  clients: 'kind' in read ? [] : await clientsOf(sandbox, instance, read),
})

/** The provider's words come nearest to these reasons, status by status. */
const reasonOf = (status: number, operation: Operation): Reason => {
  const grants = operation === 'token'
  if (status === 429) return grants ? 'throttled' : 'rate_limited'
  if (status === 401) return grants ? 'client_secret_wrong' : 'token_unknown'
  if (status === 403) return grants ? 'grant_type_not_allowed' : 'scope_insufficient'
  if (status === 404) return 'not_found'
  if (status === 405) return 'method_not_allowed'
  if (status === 503) return 'unavailable'
  return status < 500 ? 'body_malformed' : 'server_error'
}

const sentence = (instance: ProviderInstance, route: Route, raw: RawRequest, reason: Reason, redirect?: Refused['redirect']): Refused => ({
  ...refused(reason, {
    method: raw.method,
    path: raw.path,
    issuer: instance.settings().issuer,
    parameter: 'grant_type',
    parameters: "'grant_type'",
    s: '',
    scope: route.endpoint.scope ?? '',
    error: 'server_error',
  }),
  ...(redirect ? { redirect } : {}),
})

/** An error of the authorization endpoint goes where the provider would send it, if the request earned that trust (RFC 6749 §4.1.2.1). */
const redirectOf = async (sandbox: Sandbox, instance: ProviderInstance, read: UnverifiedRequest | Refused): Promise<Refused['redirect']> =>
  sandbox.decide(instance, (_, tx) => {
    if ('kind' in read || instance.settings().authorize?.errors !== 'redirected') return undefined
    const client = tx.get('client', read.params.get('client_id') ?? '')
    const to = read.params.get('redirect_uri') ?? client?.redirectUris[0]
    return client && to !== undefined && isRegistered(client, to, instance.settings().client.redirectUris)
      ? { to, state: read.params.get('state') }
      : undefined
  })

const errorPages: readonly Reason[] = [
  'authorize_client_missing',
  'authorize_client_unknown',
  'redirect_uri_missing',
  'redirect_uri_unregistered',
  'not_found',
  'method_not_allowed',
]

/** What stands in the answer's place. `refusal` is there where the provider's own words are used for a reason. */
export interface ShortCircuit {
  readonly response: RawResponse | PageResponse
  readonly refusal?: Refused
}

const answered = (fault: FaultOf<'status' | 'rate-limit'>, instance: ProviderInstance, route: Route, raw: RawRequest): ShortCircuit => {
  const { status = fault.kind === 'status' ? 500 : 429 } = fault
  const retry = fault.kind === 'rate-limit' ? { 'retry-after': String(fault.retryAfter ?? 1) } : {}
  const { headers: own = {}, body: wanted } = fault.kind === 'status' ? fault : { headers: {}, body: undefined }
  const headers = { ...retry, ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])) }
  if (wanted === undefined && status >= 400) {
    const words = writeResponse(
      instance.settings(),
      route.endpoint,
      sentence(instance, route, raw, reasonOf(status, route.endpoint.operation)),
      [],
    )
    return { response: { ...words, status, headers: { ...words.headers, ...headers } } }
  }
  if (wanted === undefined) return { response: { status, headers, body: '' } }
  const text = typeof wanted === 'string'
  const type = text ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  return { response: { status, headers: { 'content-type': type, ...headers }, body: text ? wanted : JSON.stringify(wanted) } }
}

/** Status 0: nothing is sent. */
const silence = (delivery: Delivery): ShortCircuit => ({ response: { status: 0, headers: {}, body: '', delivery } })

/** Where in the server a fault strikes. */
export interface FaultSite {
  readonly sandbox: Sandbox
  readonly instance: ProviderInstance
  readonly route: Route
  readonly raw: RawRequest
  readonly read: UnverifiedRequest | Refused
}

type Interruption<K extends FaultKind> = (
  fault: FaultOf<K>,
  site: FaultSite,
) => ShortCircuit | undefined | Promise<ShortCircuit | undefined>

/** It waits for the answer, or for the request to be released. */
const goesOn = (): undefined => undefined

const interruptions: { readonly [K in FaultKind]: Interruption<K> } = {
  status: (fault, { instance, route, raw }) => answered(fault, instance, route, raw),
  'rate-limit': (fault, { instance, route, raw }) => answered(fault, instance, route, raw),
  refuse: async ({ reason }, { sandbox, instance, route, raw, read }) => {
    const page = route.endpoint.operation !== 'authorize' || errorPages.includes(reason)
    const refusal = sentence(instance, route, raw, reason, page ? undefined : await redirectOf(sandbox, instance, read))
    return { response: writeResponse(instance.settings(), route.endpoint, refusal, []), refusal }
  },
  delay: async ({ for: length = 1 }) => {
    await pause(length * 1000)
    return undefined
  },
  hang: ({ for: length = null }) => silence({ how: 'dropped', abruptly: false, after: length }),
  reset: () => silence({ how: 'dropped', abruptly: true, after: 0 }),
  hold: goesOn,
  lose: goesOn,
  tamper: goesOn,
  truncate: goesOn,
  'wrong-length': goesOn,
  garble: goesOn,
  'gateway-page': goesOn,
  drip: goesOn,
  say: goesOn,
}

/** What a fault puts in the answer's place before anything is decided; undefined when the request goes on. */
export const shortCircuit = async (fault: FaultSpec, site: FaultSite): Promise<ShortCircuit | undefined> =>
  (interruptions[fault.kind] as Interruption<FaultKind>)(fault, site)
