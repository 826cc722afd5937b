/** An entry of the corpus: a client, what is wrong with it if anything, and where that can matter. */

import type { Maker } from './client.js'

/** What a bug costs: the customer's connection, a secret, or nothing yet. */
export type Consequence = 'connection-lost' | 'secret-exposed' | 'rule-broken'

/** What a driver must be able to do for the bug to show. */
export type Ability = 'sessions' | 'customers' | 'twin'

interface Entry {
  readonly id: string
  /** What it does, in a sentence. */
  readonly says: string
  /** Ids of the providers at which this can matter. */
  readonly providers: readonly string[]
  readonly needs?: readonly Ability[]
  /** What the provider must take besides what it documents. */
  readonly quirks?: readonly string[]
  readonly make: Maker
  /** Done when the module is loaded, before anybody asks for anything. */
  readonly atImport?: () => void
}

export interface BrokenClient extends Entry {
  readonly consequence: Consequence
}

export type CarefulClient = Entry

/** Where the app sends the browser to an authorization endpoint, and gets its state back. */
export const browsing = ['ziina', 'zettle', 'vcita', 'plain']
/** Where there are refresh tokens. */
export const refreshing = ['ziina', 'zettle', 'zoho-payments', 'plain']
/** Where a refresh may bring another refresh token. */
export const rotating = ['ziina', 'zettle', 'plain']
/** Where an ID token comes. */
export const signing = ['ziina', 'vcita', 'plain']
/** Where the client's secret goes into a Basic header. */
export const inHeader = ['ziina', 'zentail', 'plain']
export const everywhere = ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita', 'plain']
