/** The matchers that all test runners share: each runner's `expect.extend` takes them as they are. */

import type { JournalEntry } from '../index.js'
import { explain, redact } from '../index.js'
import type { LatestNarrowed, Narrowed, Verdict, Watched } from './verdicts.js'
import { askedForAuthorization, authenticatedWith, refreshedOnce, sentState, usedLatestRefreshToken } from './verdicts.js'

interface Answer {
  readonly pass: boolean
  readonly message: () => string
}

/** How a client authenticated: `basic`, `body`, `both` or `none`. */
export type Authentication = NonNullable<JournalEntry['authentication']>

/** A line for each exchange, without secrets. */
export const journalText = (entries: readonly JournalEntry[]): string =>
  entries.length === 0
    ? 'No request came.'
    : entries
        .map((entry) => redact(entry))
        .map((entry) => `  ${entry.id}  ${explain(entry)}`)
        .join('\n')

const answer = (wanted: string, { pass, seen, entries }: Verdict): Answer => ({
  pass,
  message: () => `expected the client ${pass ? 'not ' : ''}to ${wanted}: ${seen}\n\n${journalText(entries)}`,
})

export const matchers = {
  toHaveRefreshedOnce: (watched: Watched, narrowed?: Narrowed): Answer => answer('have refreshed once', refreshedOnce(watched, narrowed)),
  toHaveUsedLatestRefreshToken: (watched: Watched, narrowed?: LatestNarrowed): Answer =>
    answer('have used the latest refresh token in each refresh', usedLatestRefreshToken(watched, narrowed)),
  toHaveAuthenticatedWith: (watched: Watched, how: Authentication, narrowed?: Narrowed): Answer =>
    answer(`have authenticated with ${how} in each token request`, authenticatedWith(watched, how, narrowed)),
  toHaveSentState: (watched: Watched, narrowed?: Narrowed): Answer =>
    answer('have sent a fresh state in each authorization request', sentState(watched, narrowed)),
  toHaveAskedForAuthorization: (watched: Watched, narrowed?: Narrowed): Answer =>
    answer('have asked for authorization', askedForAuthorization(watched, narrowed)),
}

/** What `expect(double)` and `expect(double.journal)` know besides what the runner knows. */
export interface DoubleMatchers<R> {
  /** Exactly one refresh was asked for, and granted. @example expect(double).toHaveRefreshedOnce({ provider: 'zettle' }) */
  toHaveRefreshedOnce: (narrowed?: Narrowed) => R
  /**
   * No refresh presented a refresh token that the server had replaced before, not even after a lost reply;
   * `retriesLost` allows one such request after each loss. Fails when nothing was refreshed.
   */
  toHaveUsedLatestRefreshToken: (narrowed?: LatestNarrowed) => R
  /** Every token request authenticated the client in this way: `basic`, `body`, `both` or `none`. */
  toHaveAuthenticatedWith: (how: Authentication, narrowed?: Narrowed) => R
  /** Every authorization request carried a state of its own. */
  toHaveSentState: (narrowed?: Narrowed) => R
  /** The client sent the user to the authorization endpoint. @example expect(double).toHaveAskedForAuthorization({ since: lost.id }) */
  toHaveAskedForAuthorization: (narrowed?: Narrowed) => R
}
