/** What a fault makes of an answer that was decided, and what of it reaches the client. */

import type { RawResponse } from '../http/raw.js'
import type { FaultKind, FaultOf, FaultSpec, Tried } from './kinds.js'

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

/** The JSON object that a body is, where it is one. */
const objectIn = ({ body, headers }: RawResponse): { readonly [member: string]: unknown } | undefined => {
  if (!/[/+]json\b/.test(headers['content-type'] ?? '')) return undefined
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [member: string]: unknown })
    : undefined
}

/** On which replies a fault may be tried that changes them. */
export const triedOn = (response: RawResponse): readonly Tried[] => [
  ...(response.headers['location'] === undefined ? [] : (['redirect'] as const)),
  ...(objectIn(response) ? (['reply'] as const) : []),
]

const lowered = (headers: { readonly [name: string]: string }): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const said = ({ set = {}, remove = [], order, headers = {} }: FaultOf<'say'>, response: RawResponse): RawResponse => {
  const members = objectIn(response)
  if (!members) return response
  const left = Object.entries(members).filter(([member]) => !remove.includes(member))
  const changed = { ...Object.fromEntries(left), ...set }
  return {
    ...response,
    headers: { ...response.headers, ...lowered(headers) },
    body: JSON.stringify(order === 'reversed' ? Object.fromEntries(Object.entries(changed).reverse()) : changed),
  }
}

type Corruption<K extends FaultKind> = (fault: FaultOf<K>, response: RawResponse) => RawResponse

/** It stands before the answer, and leaves it alone. */
const unchanged = (_: FaultSpec, response: RawResponse): RawResponse => response

const corruptions: { readonly [K in FaultKind]: Corruption<K> } = {
  status: unchanged,
  refuse: unchanged,
  'rate-limit': unchanged,
  delay: unchanged,
  hang: unchanged,
  reset: unchanged,
  hold: unchanged,
  lose: (_, response) => ({ ...response, delivery: { how: 'dropped', abruptly: false, after: 0 } }),
  truncate: ({ after }, response) => ({
    ...response,
    delivery: { how: 'cut', after: after ?? Math.floor(Buffer.byteLength(response.body) / 2) },
  }),
  'wrong-length': ({ by = 10 }, response) => ({ ...response, delivery: { how: 'miscounted', by } }),
  garble: (_, response) => ({ ...response, delivery: { how: 'garbled' } }),
  drip: ({ pause = 0.05 }, response) => ({ ...response, delivery: { how: 'dripped', pause } }),
  'gateway-page': ({ status = 502 }) => gateway(status),
  say: said,
  tamper: ({ parameter, how }, response) => {
    const { location } = response.headers
    return location === undefined
      ? response
      : { ...response, headers: { ...response.headers, location: tampered(location, parameter, how) } }
  },
}

/** What becomes of an answer that was decided. */
export const corrupt = (fault: FaultSpec, response: RawResponse): RawResponse =>
  (corruptions[fault.kind] as Corruption<FaultKind>)(fault, response)

/** What of an answer reaches the client. */
export const deliveredPart = (response: RawResponse): { readonly sent: RawResponse | undefined; readonly complete: boolean } => {
  const { delivery, body } = response
  if (delivery?.how === 'dropped') return { sent: undefined, complete: false }
  if (delivery?.how === 'cut')
    return { sent: { ...response, body: Buffer.from(body).subarray(0, delivery.after).toString() }, complete: false }
  if (delivery?.how === 'garbled') return { sent: { ...response, body: garble(body).toString() }, complete: true }
  return { sent: response, complete: delivery?.how !== 'miscounted' }
}

/** As many bytes, every third of them no ASCII, so that neither JSON nor UTF-8 comes of it. */
export const garble = (body: string): Buffer => Buffer.from(body).map((byte, at) => (at % 3 === 1 ? byte | 0x80 : byte)) as Buffer
