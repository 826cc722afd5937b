/** What a client can be asked to do, and what is known of it afterwards. */

import type { JournalEntry } from '../../index.js'
import type { StepLog } from './verdict.js'

/** What a client can be asked to do. */
export type Step = 'authorize' | 'callback' | 'call' | 'refresh' | 'revoke' | 'assertion'

/** What a case may need of a client and its driver beside steps. */
export type Ability = Step | 'customers' | 'sessions' | 'twin' | 'clock' | 'restart' | 'kill' | 'gate'

export const stepNames: readonly Step[] = ['authorize', 'callback', 'call', 'refresh', 'revoke', 'assertion']

/** A step as a judge sees it: with what crossed the wire while it ran. */
export interface PlayedStep extends StepLog {
  /** How the case calls this step. */
  readonly as: string
  /** For which of several customers. */
  readonly user?: string
  /** In which of several browser sessions. */
  readonly session?: string
  readonly entries: readonly JournalEntry[]
}
