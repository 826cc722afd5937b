/** Where records are kept: decisions run as transactions over them. */

import type { Kind, Records, Tx } from '../protocol/records.js'

/** Everything that is kept, scope by scope and kind by kind. */
export interface Snapshot {
  readonly [scope: string]: { readonly [K in Kind]?: { readonly [id: string]: Records[K] } }
}

/**
 * A store holds one sandbox. A scope is one provider's share of it.
 *
 * `transact` runs a decision: reads are recorded, writes are buffered and committed together, and a decision that raced
 * another is run again from the start. The promise resolves once what was written is as safe as this store makes it.
 *
 * @throws Unavailable when it cannot be made safe; nothing has changed then
 */
export interface Store {
  readonly transact: <T>(scope: string, decide: (tx: Tx) => T) => T | Promise<T>
  /** All records of a kind. Its cost grows with their number: for lists that people look at. */
  readonly list: <K extends Kind>(scope: string, kind: K) => Promise<{ readonly [id: string]: Records[K] }>
  readonly snapshot: () => Promise<Snapshot>
  readonly restore: (snapshot: Snapshot) => Promise<void>
  readonly close: () => Promise<void>
  /** The records are there after this process has ended. */
  readonly outlives?: true
  /** There where other processes work on the same records. */
  readonly shared?: Shared
}

/** What processes that share a sandbox have besides its records. */
export interface Shared {
  /** A number that no other request of any process has, greater than those before. */
  readonly serial: () => Promise<number>
  /** One process at a time, and one after another in each. */
  readonly exclusive: <T>(act: () => Promise<T>) => Promise<T>
  /** Adds a line to the journal of all; the oldest go first. */
  readonly log: (entry: string) => Promise<void>
  /** The lines behind one, oldest first; `0` is before the first. */
  readonly logged: (after: string) => Promise<readonly { readonly at: string; readonly entry: string }[]>
  readonly clearLog: () => Promise<void>
}

/** Tells a store what time it is, so that it can forget what may be forgotten. */
export type Now = () => number

/** The store cannot keep a promise now: the disk is full, or the server that keeps the records is away. */
export class Unavailable extends Error {}

/** A store cannot be opened. The message says why and what to do, and nothing was changed. */
export class CannotOpen extends Error {}
