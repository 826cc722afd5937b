/** What an invariant looks at, and what it finds: plain data, so that a run, a search and a recording are judged alike. */

import type { JournalEntry, Settings } from '../../index.js'
import type { PlayedStep } from '../runner/step.js'
import type { CheckDefinition, ClientEnd, Consequence } from '../runner/verdict.js'

/** Something that the client said where others can read it. */
export interface Output {
  /** `standard error`, or the file. */
  readonly where: string
  readonly text: string
}

/** A request that came to a place which is nobody's, because the client followed there. */
export interface StrayRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** All that happened between one client and one provider. */
export interface History {
  /** As they came, oldest first. With fingerprints in place of secrets, only what compares them is judged. */
  readonly entries: readonly JournalEntry[]
  /** Steps after the last fault carry an `as` that begins with `afterwards`. */
  readonly steps: readonly PlayedStep[]
  /** The provider's settings while it was played. */
  readonly settings: Settings
  readonly end: ClientEnd
  /** The client's own secret, where it has one: client secret, password, API key. */
  readonly credentials?: readonly string[]
  /** What it wrote to standard error and to its logs. */
  readonly output?: readonly Output[]
  /** What came to a stranger to whom a redirect led. */
  readonly strays?: readonly StrayRequest[]
  /** Ids of the tokens that the provider honoured when the faults had ceased, before the steps called `afterwards`. */
  readonly honoured?: readonly string[]
  /** Replies whose tokens the client was right not to take. */
  readonly disbelieved?: readonly JournalEntry[]
  /** Recorded by somebody else: nobody asked for steps. */
  readonly passive: boolean
}

/** The steps that ask whether the connection still works, once faults have ceased. */
export const afterwards = 'afterwards'

export interface Violation {
  /** The invariant's id, as `always.code-once`. */
  readonly invariant: string
  readonly consequence: Consequence
  /** What the client did, in words. */
  readonly seen: string
  /** The entries that show it, oldest first. */
  readonly evidence: readonly JournalEntry[]
}

/** What holds for every client at every provider in every situation. */
export interface Invariant extends CheckDefinition {
  readonly level: 'must' | 'should'
  readonly consequence: Consequence
  /** Says something only of a client that gets along when nothing goes wrong. */
  readonly rests?: true
  /** Pure. */
  readonly find: (history: History) => readonly Omit<Violation, 'invariant' | 'consequence'>[]
}
