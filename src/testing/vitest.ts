/** `authdouble/vitest`: a double for each test, and matchers that speak of what the client did. */

import { test as base, expect } from 'vitest'
import type { DoubleOf, Provider, ProviderId, QuirkNameOf, SandboxInput, ServerOptions } from '../index.js'
import { createServer } from '../index.js'
import type { DoubleMatchers } from './matchers.js'
import { matchers } from './matchers.js'

expect.extend(matchers)

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the parameters of an interface that is merged must be the same
  interface Matchers<T = any> extends DoubleMatchers<T> {}
}

/**
 * Vitest's `test` with a double in its context: one server for a worker, a sandbox of its own for each test.
 *
 * @param options of the server: providers of your own, for one
 * @param input what every sandbox is like
 * @example
 * const test = testWith({ providers: [acme, 'zettle'] }, { quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
 */
export const testWith = <const P extends ProviderId | Provider = ProviderId>(
  options: ServerOptions<P> = {},
  input: SandboxInput<QuirkNameOf<P>> = {},
) =>
  base.extend<{ double: DoubleOf<P>; doubleServer: DoubleOf<P> }>({
    doubleServer: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures are wanted from the pattern
      async ({}, use) => {
        await using server = await createServer(options)
        await use(server)
      },
      { scope: 'worker' },
    ],
    double: async ({ doubleServer }, use) => {
      await using sandbox = await doubleServer.sandbox(input)
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
