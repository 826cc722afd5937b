/** The kinds of faults: what each one takes, and where in an exchange it stands. */

import type { Reason } from '../provider/dialect.js'
import type { Seconds } from '../provider/settings.js'

/** What happens to one exchange. */
export type FaultSpec =
  | {
      readonly kind: 'status'
      /** 500 by default. */
      readonly status?: number
      readonly headers?: { readonly [name: string]: string }
      /** Sent as JSON, or as it is when it is text; without it the provider's own words for such a failure. */
      readonly body?: unknown
    }
  | { readonly kind: 'refuse'; readonly reason: Reason }
  /** 429 and `Retry-After: 1` by default. */
  | { readonly kind: 'rate-limit'; readonly status?: number; readonly retryAfter?: Seconds }
  /** One second by default; real time. */
  | { readonly kind: 'delay'; readonly for?: Seconds }
  /** Never answered; with `for` the connection is dropped after so long. */
  | { readonly kind: 'hang'; readonly for?: Seconds }
  | { readonly kind: 'reset' }
  | { readonly kind: 'lose' }
  /** How many bytes of the body are sent: half of it by default. */
  | { readonly kind: 'truncate'; readonly after?: number }
  /** Content-Length is 10 too large by default; a negative number makes it too small. */
  | { readonly kind: 'wrong-length'; readonly by?: number }
  | { readonly kind: 'garble' }
  /** 502 by default. */
  | { readonly kind: 'gateway-page'; readonly status?: number }
  /** 50 ms between two bytes by default. */
  | { readonly kind: 'drip'; readonly pause?: Seconds }
  /** Waits until it is released, at most `limit` of real time: 30 seconds by default. */
  | { readonly kind: 'hold'; readonly phase?: 'before' | 'after'; readonly limit?: Seconds }
  /** Members of the reply, which is a JSON object: those that change or are added, those that are left out, and their order. Headers are changed or added. */
  | {
      readonly kind: 'say'
      readonly set?: { readonly [member: string]: unknown }
      readonly remove?: readonly string[]
      readonly order?: 'reversed'
      readonly headers?: { readonly [name: string]: string }
    }
  | { readonly kind: 'tamper'; readonly parameter: 'code' | 'state' | 'iss'; readonly how: 'missing' | 'wrong' | 'empty' | 'doubled' }

export type FaultKind = FaultSpec['kind']

/** The fault of one kind. */
export type FaultOf<K extends FaultKind> = Extract<FaultSpec, { readonly kind: K }>

/** `before`: nothing was decided; `after` (a hold) and `after-commit`: decided and stored; `mid-body`: in what is sent. */
export type Phase = 'before' | 'after' | 'after-commit' | 'mid-body'

/** What a fault is tried on: each request, or only a reply that it could change. */
export type Tried = 'request' | 'redirect' | 'reply'

/** Every kind. A kind that is not in here does not compile. */
export const faultKinds: { readonly [K in FaultKind]: { readonly phase: Phase; readonly tried: Tried } } = {
  status: { phase: 'before', tried: 'request' },
  refuse: { phase: 'before', tried: 'request' },
  'rate-limit': { phase: 'before', tried: 'request' },
  delay: { phase: 'before', tried: 'request' },
  hang: { phase: 'before', tried: 'request' },
  reset: { phase: 'before', tried: 'request' },
  hold: { phase: 'before', tried: 'request' },
  lose: { phase: 'after-commit', tried: 'request' },
  tamper: { phase: 'after-commit', tried: 'redirect' },
  truncate: { phase: 'mid-body', tried: 'request' },
  'wrong-length': { phase: 'mid-body', tried: 'request' },
  garble: { phase: 'mid-body', tried: 'request' },
  'gateway-page': { phase: 'mid-body', tried: 'request' },
  drip: { phase: 'mid-body', tried: 'request' },
  say: { phase: 'mid-body', tried: 'reply' },
}

/** Where a fault stands. A hold says it itself. */
export const phaseOf = (spec: FaultSpec): Phase => (spec.kind === 'hold' && spec.phase) || faultKinds[spec.kind].phase

/** Real seconds for which a request is held at most by default. */
export const defaultHoldLimit: Seconds = 30

/** The longest limit of a hold. */
export const maxHoldLimit: Seconds = 300
