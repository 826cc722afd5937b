/** One exchange, as the journal shows it. */

import type { Operation, Seconds } from '../provider/settings.js'

export type TokenKind = 'code' | 'access_token' | 'refresh_token' | 'id_token' | 'assertion'

export interface TokenReference {
  readonly kind: TokenKind
  readonly id: string
  readonly from?: string
  readonly expiresAt?: Seconds | null
}

export type JournalOutcome = 'answered' | 'refused' | 'redirected' | 'asked' | 'faulted' | 'unknown'

/** One exchange. */
export interface JournalEntry {
  /** What `x-authdouble-request-id` said. */
  readonly id: string
  /** Epoch seconds by the sandbox's clock. */
  readonly at: Seconds
  /** Milliseconds of real time. */
  readonly took: number
  readonly provider?: string
  readonly operation?: Operation
  readonly outcome: JournalOutcome
  /** The precise reason of a refusal, which the client may not have been told. */
  readonly reason?: string
  readonly clientId?: string
  readonly user?: string
  readonly grantType?: string
  readonly authentication?: 'none' | 'basic' | 'body' | 'both'
  readonly request: {
    readonly method: string
    /** Path and query as they came. */
    readonly url: string
    /** In the order and case in which they came. */
    readonly headers: readonly (readonly [string, string])[]
    /** What was read from query and body. */
    readonly parameters: { readonly [name: string]: string }
    readonly body?: string
    /** There when the journal kept only the beginning of the body: how many bytes it had. */
    readonly bodyBytes?: number
  }
  readonly response: {
    readonly status?: number
    readonly headers: readonly (readonly [string, string])[]
    readonly body?: string
    /** There when the journal kept only the beginning of the body: how many bytes it had. */
    readonly bodyBytes?: number
    /** False when a fault lost, cut or dropped it. */
    readonly complete: boolean
  }
  readonly presented?: TokenReference
  readonly issued?: readonly TokenReference[]
  readonly ended?: readonly string[]
  readonly fault?: {
    readonly id: string
    readonly kind: string
    /** A hold: milliseconds of real time. */
    readonly heldFor?: number
    /** A hold: how the request went on. `limit`: by itself, after the longest time that it could be held. */
    readonly released?: 'go' | 'lose' | 'refuse' | 'limit'
  }
  /** `provider/name` of the quirks that bore on it. */
  readonly quirks: readonly string[]
}
