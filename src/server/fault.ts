/** Carries faults out: what stands in an answer's place, and what becomes of an answer. */

import { setTimeout as wait } from 'node:timers/promises'
import type { Aimed, Fault } from '../instruments/faults.js'
import { registered } from '../protocol/redirect.js'
import type { Refused } from '../protocol/world.js'
import { refused } from '../protocol/world.js'
import type { Reason } from '../provider/dialect.js'
import type { Operation } from '../provider/settings.js'
import type { Delivery, RawRequest, RawResponse } from '../wire/raw.js'
import type { Unopened } from '../wire/read.js'
import type { PageResponse } from '../wire/write.js'
import { write } from '../wire/write.js'
import type { Place, Route } from './place.js'
import type { Sandbox } from './sandbox.js'

/** Everything by which the client names itself in a request: its id, its Basic user, the client behind an issued user name. */
const clientsOf = async (sandbox: Sandbox, place: Place, request: Unopened): Promise<readonly string[]> => {
  const { basic, id } = request.credentials
  const users = typeof basic === 'string' ? [] : basic.readings.map(({ user }) => user)
  const names = [...new Set([...(id === undefined ? [] : [id]), ...users])]
  return sandbox.decide(place, (_, tx) => [...names, ...names.flatMap((name) => tx.get('username', name)?.client ?? [])])
}

/** What a fault may be aimed at in a request; a request that cannot be read has no parameters. */
export const aimed = async (sandbox: Sandbox, place: Place, route: Route, raw: RawRequest, read: Unopened | Refused): Promise<Aimed> => ({
  provider: place.provider.id,
  operation: route.endpoint.operation,
  method: raw.method,
  path: raw.path,
  grantType: 'kind' in read ? undefined : read.params.get('grant_type'),
  clients: 'kind' in read ? [] : await clientsOf(sandbox, place, read),
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

const sentence = (place: Place, route: Route, raw: RawRequest, reason: Reason, redirect?: Refused['redirect']): Refused => ({
  ...refused(reason, {
    method: raw.method,
    path: raw.path,
    issuer: place.settings().issuer,
    parameter: 'grant_type',
    parameters: "'grant_type'",
    s: '',
    scope: route.endpoint.scope ?? '',
    error: 'server_error',
  }),
  ...(redirect ? { redirect } : {}),
})

/** An error of the authorization endpoint goes where the provider would send it, if the request earned that trust (RFC 6749 §4.1.2.1). */
const redirectOf = async (sandbox: Sandbox, place: Place, read: Unopened | Refused): Promise<Refused['redirect']> =>
  sandbox.decide(place, (_, tx) => {
    if ('kind' in read || place.settings().authorize?.errors !== 'redirected') return undefined
    const client = tx.get('client', read.params.get('client_id') ?? '')
    const to = read.params.get('redirect_uri') ?? client?.redirectUris[0]
    return client && to !== undefined && registered(client, to) ? { to, state: read.params.get('state') } : undefined
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
export interface Instead {
  readonly response: RawResponse | PageResponse
  readonly refusal?: Refused
}

const answered = (fault: Fault & { kind: 'status' | 'rate-limit' }, place: Place, route: Route, raw: RawRequest): Instead => {
  const { status = fault.kind === 'status' ? 500 : 429 } = fault
  const retry = fault.kind === 'rate-limit' ? { 'retry-after': String(fault.retryAfter ?? 1) } : {}
  const { headers: own = {}, body: wanted } = fault.kind === 'status' ? fault : { headers: {}, body: undefined }
  const headers = { ...retry, ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])) }
  if (wanted === undefined && status >= 400) {
    const words = write(place.settings(), route.endpoint, sentence(place, route, raw, reasonOf(status, route.endpoint.operation)), [])
    return { response: { ...words, status, headers: { ...words.headers, ...headers } } }
  }
  if (wanted === undefined) return { response: { status, headers, body: '' } }
  const text = typeof wanted === 'string'
  const type = text ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  return { response: { status, headers: { 'content-type': type, ...headers }, body: text ? wanted : JSON.stringify(wanted) } }
}

/** Status 0: nothing is sent. */
const silence = (delivery: Delivery): Instead => ({ response: { status: 0, headers: {}, body: '', delivery } })

/** What a fault puts in the answer's place before anything is decided; undefined when the request goes on. */
export const instead = async (
  fault: Fault,
  sandbox: Sandbox,
  place: Place,
  route: Route,
  raw: RawRequest,
  read: Unopened | Refused,
): Promise<Instead | undefined> => {
  switch (fault.kind) {
    case 'status':
    case 'rate-limit':
      return answered(fault, place, route, raw)
    case 'refuse': {
      const page = route.endpoint.operation !== 'authorize' || errorPages.includes(fault.reason)
      const refusal = sentence(place, route, raw, fault.reason, page ? undefined : await redirectOf(sandbox, place, read))
      return { response: write(place.settings(), route.endpoint, refusal, []), refusal }
    }
    case 'delay':
      await wait((fault.for ?? 1) * 1000, undefined, { ref: false })
      return undefined
    case 'hang':
      return silence({ how: 'dropped', abruptly: false, after: fault.for ?? null })
    case 'reset':
      return silence({ how: 'dropped', abruptly: true, after: 0 })
    default:
      return undefined
  }
}

const gateway = (status: number): RawResponse => {
  const words = status === 502 ? 'Bad Gateway' : status === 504 ? 'Gateway Timeout' : status === 503 ? 'Service Unavailable' : 'Error'
  const body = `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n<center><h1>${status} ${words}</h1></center>\r\n</body>\r\n</html>\r\n`
  return { status, headers: { 'content-type': 'text/html', 'cache-control': 'no-store' }, body }
}

const tampered = (location: string, parameter: string, how: 'missing' | 'wrong' | 'empty' | 'doubled'): string => {
  const [to = '', query = ''] = location.split('?', 2)
  const pieces = query.split('&').flatMap((piece) => {
    if (piece.split('=', 1)[0] !== parameter) return [piece]
    if (how === 'missing') return []
    if (how === 'doubled') return [piece, piece]
    return [`${parameter}=${how === 'empty' ? '' : `not-the-${parameter}`}`]
  })
  return `${to}?${pieces.join('&')}`
}

/** What becomes of an answer that was decided. */
export const spoilt = (fault: Fault, response: RawResponse): RawResponse => {
  switch (fault.kind) {
    case 'lose':
      return { ...response, delivery: { how: 'dropped', abruptly: false, after: 0 } }
    case 'truncate':
      return { ...response, delivery: { how: 'cut', after: fault.after ?? Math.floor(Buffer.byteLength(response.body) / 2) } }
    case 'wrong-length':
      return { ...response, delivery: { how: 'miscounted', by: fault.by ?? 10 } }
    case 'garble':
      return { ...response, delivery: { how: 'garbled' } }
    case 'drip':
      return { ...response, delivery: { how: 'dripped', pause: fault.pause ?? 0.05 } }
    case 'gateway-page':
      return gateway(fault.status ?? 502)
    case 'tamper': {
      const { location } = response.headers
      return location === undefined
        ? response
        : { ...response, headers: { ...response.headers, location: tampered(location, fault.parameter, fault.how) } }
    }
    default:
      return response
  }
}

/** What of an answer reaches the client. */
export const reaching = (response: RawResponse): { readonly sent: RawResponse | undefined; readonly complete: boolean } => {
  const { delivery, body } = response
  if (delivery?.how === 'dropped') return { sent: undefined, complete: false }
  if (delivery?.how === 'cut')
    return { sent: { ...response, body: Buffer.from(body).subarray(0, delivery.after).toString() }, complete: false }
  if (delivery?.how === 'garbled') return { sent: { ...response, body: garbled(body).toString() }, complete: true }
  return { sent: response, complete: delivery?.how !== 'miscounted' }
}

/** As many bytes, every third of them no ASCII, so that neither JSON nor UTF-8 comes of it. */
export const garbled = (body: string): Buffer => Buffer.from(body).map((byte, at) => (at % 3 === 1 ? byte | 0x80 : byte)) as Buffer
