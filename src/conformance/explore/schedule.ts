/** What a search plays: turns that are plain data, so that a schedule can be kept in a file and played again for ever. */

import type { Flaw } from '../cases/idTokenFlaws.js'
import type { Target, TroubleName } from './troubles.js'

/** Where time moves to before a turn: measured by the newest access token, or by what the name says. */
export const moments = [
  'before-its-end',
  'at-its-end',
  'after-its-end',
  'after-the-end-of-the-code',
  'after-the-end-of-the-refresh-token',
  'some-minutes',
  'a-month',
] as const
export type Moment = (typeof moments)[number]

/** What goes wrong with the next request of its kind. */
export interface Trouble extends Target {
  readonly fault: TroubleName
  /** Once by default. */
  readonly times?: number
}

/** Where a request is stopped: before anything is decided, or when all is decided and the reply is not sent. */
export interface Stop extends Target {
  readonly phase: 'before' | 'after'
}

/** Ways in which a callback is not the one that the client waits for. */
export const forgeries = [
  'no-state',
  'empty-state',
  'other-state',
  'prefix-of-state',
  'longer-state',
  'state-in-other-case',
  'used-state',
  'other-issuer',
  'no-issuer',
  'error-without-state',
  'error-with-other-state',
] as const
export type Forgery = (typeof forgeries)[number]

/** What the provider can end of its own accord. */
export const ends = ['connection', 'access-token', 'refresh-token'] as const

/** A customer of the application: the first or the second. */
export type Customer = 0 | 1

interface Who {
  readonly customer?: Customer
  /** The second of two processes over one store. */
  readonly second?: true
}

export type Act =
  /** The whole way from the link to the tokens. */
  | ({ readonly do: 'connect'; readonly denied?: true; readonly idToken?: Flaw } & Who)
  /** A merchant's API key in place of the way over the browser. */
  | ({ readonly do: 'assertion' } & Who)
  /** A browser goes as far as the redirect URI. */
  | ({ readonly do: 'begin'; readonly browser: 'a' | 'b' } & Who)
  /** A browser comes back: with its own callback, with it again, with it twice at once, or with the other browser's. */
  | ({ readonly do: 'finish'; readonly browser: 'a' | 'b'; readonly how: 'own' | 'again' | 'twice' | 'swapped' } & Who)
  /** Somebody else's code comes to the redirect URI. */
  | ({ readonly do: 'forge'; readonly browser: 'a' | 'b'; readonly how: Forgery } & Who)
  | ({ readonly do: 'call' | 'refresh'; readonly times?: number } & Who)
  | ({ readonly do: 'revoke' } & Who)
  /** Two steps at once, the request of the first stopped until the second is through or waits for it. */
  | ({
      readonly do: 'overlap'
      readonly first: 'call' | 'refresh'
      readonly beside: 'call' | 'refresh'
      readonly stop: Stop
      readonly lost?: true
    } & Who)
  /** Ends the client without a word and starts it again: between two steps, or while a request of one is stopped. */
  | ({ readonly do: 'crash'; readonly during?: { readonly step: 'connect' | 'call' | 'refresh'; readonly stop: Stop } } & Who)
  /** The provider ends something of its own accord. */
  | { readonly do: 'end'; readonly what: (typeof ends)[number] }
  | { readonly do: 'rotate-keys' }
  /** The client's clock goes wrong by so many seconds. */
  | { readonly do: 'skew'; readonly seconds: number }

export interface Turn {
  readonly wait?: Moment
  readonly trouble?: Trouble
  readonly act: Act
}

/** How the provider is in a schedule, beside what it documents. */
export interface Ground {
  /** Every refresh brings a new refresh token, where the provider can do that. */
  readonly rotates?: boolean
  /** Access tokens have 4,096 characters, with all that are allowed (RFC 6750 §2.1) where they are opaque. */
  readonly longTokens?: boolean
}

/** As a file holds it. */
export interface Schedule extends Ground {
  readonly format: 'authdouble-schedule'
  readonly version: 1
  readonly provider: string
  readonly seed: string
  readonly turns: readonly Turn[]
  /** The invariant that a client broke by it. */
  readonly finds?: string
  /** The same as sentences, for people. */
  readonly story?: readonly string[]
}
