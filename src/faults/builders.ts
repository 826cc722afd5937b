/** Words for what can go wrong, as a test says them: `double.faults.next('zettle', 'token', lose())`. */

import { parseDuration } from '../clock/clock.js'
import type { Reason } from '../provider/dialect.js'
import type { Seconds } from '../provider/settings.js'
import type { FaultOf, FaultSpec } from './kinds.js'

const seconds = (length: Seconds | string): Seconds => {
  const read = parseDuration(length)
  if (read === undefined) throw new Error(`not a length of time: ${JSON.stringify(length)}`)
  return read
}

/** Answers with a status, 500 unless told; without a body in the provider's own words for such a failure. Nothing is decided. */
export const status = (
  code = 500,
  how: { readonly headers?: { readonly [name: string]: string }; readonly body?: unknown } = {},
): FaultSpec => ({ kind: 'status', status: code, ...how })

/** Refuses for a reason, in the provider's words. Nothing is decided. @example refuse('refresh_token_revoked') */
export const refuse = (reason: Reason): FaultSpec => ({ kind: 'refuse', reason })

/** 429 with Retry-After in seconds, 1 unless told. Nothing is decided. */
export const rateLimit = (retryAfter: Seconds = 1): FaultSpec => ({ kind: 'rate-limit', retryAfter })

/** Waits in real time, then goes on as if nothing had been. @example delay('200ms') */
export const delay = (length: Seconds | string = 1): FaultSpec => ({ kind: 'delay', for: seconds(length) })

/** Never answers; with a length of real time, drops the connection after it. Nothing is decided. */
export const hang = (length?: Seconds | string): FaultSpec =>
  length === undefined ? { kind: 'hang' } : { kind: 'hang', for: seconds(length) }

/** Resets the connection. Nothing is decided. */
export const reset = (): FaultSpec => ({ kind: 'reset' })

/** Decides and stores, then drops the connection: the client never hears of it. */
export const lose = (): FaultSpec => ({ kind: 'lose' })

/** Sends so many bytes of the body, half of it unless told, and drops the connection. */
export const truncate = (after?: number): FaultSpec => (after === undefined ? { kind: 'truncate' } : { kind: 'truncate', after })

/** Announces so many bytes too many (or, below zero, too few). */
export const wrongLength = (by = 10): FaultSpec => ({ kind: 'wrong-length', by })

/** Sends as many bytes as announced, but not the right ones. */
export const garble = (): FaultSpec => ({ kind: 'garble' })

/** Decides and stores, and a gateway's HTML error page, 502 unless told, takes the place of the answer. */
export const gatewayPage = (code = 502): FaultSpec => ({ kind: 'gateway-page', status: code })

/** Sends the body byte by byte, with a pause of real time between two. */
export const drip = (pause: Seconds | string = 0.05): FaultSpec => ({ kind: 'drip', pause: seconds(pause) })

/** Spoils a parameter of the redirect that brings the browser back to the client. */
export const tamper = (parameter: 'code' | 'state' | 'iss', how: 'missing' | 'wrong' | 'empty' | 'doubled'): FaultSpec => ({
  kind: 'tamper',
  parameter,
  how,
})

/**
 * Holds the request until it is released: `before`, unless told, anything is decided, or `after` it was decided and stored
 * and before the reply. At most for `limit` of real time, 30 seconds unless told; then it goes on by itself.
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
 * Changes or adds members of the reply, and leaves others out. It waits for a reply that is a JSON object, whatever its status.
 *
 * @example double.faults.next('zettle', 'token', say({ expires_in: '3600' }, ['refresh_token']))
 */
export const say = (set: { readonly [member: string]: unknown }, remove: readonly string[] = []): FaultOf<'say'> => ({
  kind: 'say',
  set,
  remove,
})
