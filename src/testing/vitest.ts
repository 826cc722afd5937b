/** `authdouble/vitest`: a double for each test, and matchers that speak of what the client did. */

import { test as base, expect } from 'vitest'
import type { Double, JournalEntry, Provider, ProviderId, QuirkNameOf, SandboxInput, ServerOptions } from '../index.js'
import { createServer, explain, redact } from '../index.js'
import type { Narrowed, Verdict, Watched } from './matchers.js'
import { authenticatedWith, refreshedOnce, sentState, usedLatestRefreshToken } from './matchers.js'

interface Answer {
  readonly pass: boolean
  readonly message: () => string
}

const shown = (entries: readonly JournalEntry[]): string =>
  entries.length === 0
    ? 'No request came.'
    : entries
        .map((entry) => redact(entry))
        .map((entry) => `  ${entry.id}  ${explain(entry)}`)
        .join('\n')

const answer = (wanted: string, { pass, seen, entries }: Verdict): Answer => ({
  pass,
  message: () => `expected the client ${pass ? 'not ' : ''}to ${wanted}: ${seen}\n\n${shown(entries)}`,
})

expect.extend({
  toHaveRefreshedOnce: (watched: Watched, narrowed?: Narrowed) => answer('have refreshed once', refreshedOnce(watched, narrowed)),
  toHaveUsedLatestRefreshToken: (watched: Watched, narrowed?: Narrowed) =>
    answer('have used the latest refresh token in each refresh', usedLatestRefreshToken(watched, narrowed)),
  toHaveAuthenticatedWith: (watched: Watched, how: NonNullable<JournalEntry['authentication']>, narrowed?: Narrowed) =>
    answer(`have authenticated with ${how} in each token request`, authenticatedWith(watched, how, narrowed)),
  toHaveSentState: (watched: Watched, narrowed?: Narrowed) =>
    answer('have sent a fresh state in each authorization request', sentState(watched, narrowed)),
})

interface DoubleMatchers<R> {
  /** Exactly one refresh was asked for, and granted. @example expect(double).toHaveRefreshedOnce({ provider: 'zettle' }) */
  toHaveRefreshedOnce: (narrowed?: Narrowed) => R
  /** Every refresh presented the refresh token that was newest then. */
  toHaveUsedLatestRefreshToken: (narrowed?: Narrowed) => R
  /** Every token request authenticated the client in this way: `basic`, `body`, `both` or `none`. */
  toHaveAuthenticatedWith: (how: NonNullable<JournalEntry['authentication']>, narrowed?: Narrowed) => R
  /** Every authorization request carried a state of its own. */
  toHaveSentState: (narrowed?: Narrowed) => R
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the parameters of an interface that is merged must be the same
  interface Matchers<T = any> extends DoubleMatchers<T> {}
}

/**
 * Vitest's `test` with a double in its context: one server for a worker, a sandbox of its own for each test.
 *
 * @param options of the server: providers of your own, for one
 * @param wish what every sandbox is like
 * @example
 * const test = testWith({ providers: [acme, 'zettle'] }, { quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
 */
export const testWith = <const P extends ProviderId | Provider = ProviderId>(options: ServerOptions<P> = {}, wish: SandboxInput = {}) =>
  base.extend<{ double: Double<QuirkNameOf<P>>; doubleServer: Double<QuirkNameOf<P>> }>({
    doubleServer: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures are wanted from the pattern
      async ({}, use) => {
        await using server = await createServer(options)
        await use(server)
      },
      { scope: 'worker' },
    ],
    double: async ({ doubleServer }, use) => {
      await using sandbox = await doubleServer.sandbox(wish)
      await use(sandbox)
    },
  })

/**
 * A test with all providers that come with the package.
 *
 * @example
 * import { test } from 'authdouble/vitest'
 * test('survives a rotation', async ({ double }) => {
 *   await myClient(double.provider('zettle')).refresh()
 *   expect(double).toHaveRefreshedOnce()
 * })
 */
export const test = testWith()

export { expect }
