/** Builders for faults: `double.faults.next('zettle', 'token', lose())`. */

import { parseDuration } from '../clock/clock.js'
import type { Reason } from '../provider/dialect.js'
import type { Seconds } from '../provider/settings.js'
import type { FaultOf, FaultSpec } from './kinds.js'

const seconds = (length: Seconds | string): Seconds => {
  const read = parseDuration(length)
  if (read === undefined) throw new Error(`not a length of time: ${JSON.stringify(length)}`)
  return read
}

/** Answers with a status, 500 by default. Without `body`, the body is the provider's own for such a failure. The server decides nothing. */
export const status = (
  code = 500,
  how: { readonly headers?: { readonly [name: string]: string }; readonly body?: unknown } = {},
): FaultSpec => ({ kind: 'status', status: code, ...how })

/** Refuses for a reason, worded as the provider words it. The server decides nothing. @example refuse('refresh_token_revoked') */
export const refuse = (reason: Reason): FaultSpec => ({ kind: 'refuse', reason })

/** Answers 429 with Retry-After in seconds, 1 by default. The server decides nothing. */
export const rateLimit = (retryAfter: Seconds = 1): FaultSpec => ({ kind: 'rate-limit', retryAfter })

/** Waits in real time, then continues as if nothing had happened. @example delay('200ms') */
export const delay = (length: Seconds | string = 1): FaultSpec => ({ kind: 'delay', for: seconds(length) })

/** Never answers. With a length of real time, drops the connection after it. The server decides nothing. */
export const hang = (length?: Seconds | string): FaultSpec =>
  length === undefined ? { kind: 'hang' } : { kind: 'hang', for: seconds(length) }

/** Resets the connection. The server decides nothing. */
export const reset = (): FaultSpec => ({ kind: 'reset' })

/** The server decides and stores, then drops the connection. The client gets no reply. */
export const lose = (): FaultSpec => ({ kind: 'lose' })

/** Sends this many bytes of the body, half of it by default, then drops the connection. */
export const truncate = (after?: number): FaultSpec => (after === undefined ? { kind: 'truncate' } : { kind: 'truncate', after })

/** Sends a `Content-Length` that is this much too large. A negative number makes it too small. */
export const wrongLength = (by = 10): FaultSpec => ({ kind: 'wrong-length', by })

/** Sends as many bytes as `Content-Length` says, but wrong ones. */
export const garble = (): FaultSpec => ({ kind: 'garble' })

/** The server decides and stores, then sends the HTML error page of a gateway in place of the answer, 502 by default. */
export const gatewayPage = (code = 502): FaultSpec => ({ kind: 'gateway-page', status: code })

/** Sends the body byte by byte, with a pause of real time after each, 50 ms by default. */
export const drip = (pause: Seconds | string = 0.05): FaultSpec => ({ kind: 'drip', pause: seconds(pause) })

/** Spoils a parameter of the redirect to the client. */
export const tamper = (parameter: 'code' | 'state' | 'iss', how: 'missing' | 'wrong' | 'empty' | 'doubled'): FaultSpec => ({
  kind: 'tamper',
  parameter,
  how,
})

/**
 * Holds the request until you release it: `before` the server decides anything (the default), or `after` it has decided and
 * stored, and before it replies. After `limit` of real time, 30 seconds by default, the request continues by itself.
 * `double.faults.hold` gives the handle that releases it.
 */
export const hold = ({
  phase,
  limit,
}: {
  readonly phase?: 'before' | 'after'
  readonly limit?: Seconds | string
} = {}): FaultOf<'hold'> => ({
  kind: 'hold',
  ...(phase === undefined ? {} : { phase }),
  ...(limit === undefined ? {} : { limit: seconds(limit) }),
})

/**
 * Changes or adds members of the reply, and leaves others out. It applies to the next reply that is a JSON object, of any status.
 *
 * @example double.faults.next('zettle', 'token', say({ expires_in: '3600' }, ['refresh_token']))
 */
export const say = (set: { readonly [member: string]: unknown }, remove: readonly string[] = []): FaultOf<'say'> => ({
  kind: 'say',
  set,
  remove,
})
