/** What a fault makes of an answer that was decided, and what of it reaches the client. */

import type { RawResponse } from '../http/raw.js'
import type { Fault } from './faults.js'

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
export const corrupt = (fault: Fault, response: RawResponse): RawResponse => {
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
