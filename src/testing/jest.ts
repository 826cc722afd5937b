/** `authdouble/jest`: a double for each test, and matchers that speak of what the client did. */

import { afterAll, test as base, expect } from '@jest/globals'
import type { Double, Provider, ProviderId, ProviderIdOf, QuirkNameOf, SandboxInput, ServerOptions } from '../index.js'
import type { DoubleMatchers } from './matchers.js'
import { matchers } from './matchers.js'
import { createSandboxes } from './sandboxes.js'

expect.extend(matchers)

declare module 'expect' {
  // The parameters of an interface that is merged must be the same.
  interface Matchers<R extends void | Promise<void>, T = unknown> extends DoubleMatchers<R> {}
}

/** What a test is called with. */
export interface DoubleContext<Q extends string = string, Id extends string = string> {
  readonly double: Double<Q, Id>
}

type Body<Q extends string, Id extends string, A extends readonly unknown[] = []> = (
  ...given: [...A, DoubleContext<Q, Id>]
) => void | Promise<void>
type Declare<Q extends string, Id extends string> = (title: string, body: Body<Q, Id>, timeout?: number) => void

/** Jest's `test`, whose function is called with a double. */
export interface DoubleTest<Q extends string = string, Id extends string = string> {
  /** @param timeout in milliseconds */
  (title: string, body: Body<Q, Id>, timeout?: number): void
  readonly only: Declare<Q, Id>
  readonly skip: Declare<Q, Id>
  /** Passes when the test fails. */
  readonly failing: Declare<Q, Id>
  readonly concurrent: Declare<Q, Id>
  readonly todo: (title: string) => void
  /** The function is called with each row, spread if it is an array, and then with the double. */
  readonly each: <const A>(
    rows: readonly A[],
  ) => (title: string, body: Body<Q, Id, A extends readonly unknown[] ? [...A] : [A]>, timeout?: number) => void
}

/**
 * Jest's `test` with a double for each test: one server for a test file, a sandbox of its own for each test.
 *
 * @param options of the server: providers of your own, for one
 * @param input what every sandbox is like
 * @example
 * const test = testWith({ providers: [acme, 'zettle'] }, { quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
 */
export const testWith = <const P extends ProviderId | Provider = ProviderId>(
  options: ServerOptions<P> = {},
  input: SandboxInput<QuirkNameOf<P>> = {},
): DoubleTest<QuirkNameOf<P>, ProviderIdOf<P>> => {
  type Q = QuirkNameOf<P>
  type Id = ProviderIdOf<P>
  const { use, close } = createSandboxes(options, input)
  afterAll(close)
  const declared =
    (declare: (title: string, body: () => Promise<void>, timeout?: number) => void): Declare<Q, Id> =>
    (title, body, timeout) =>
      declare(title, () => use((double) => body({ double })), timeout)
  // No parameters that could be counted: Jest would wait for a callback.
  const each = (rows: readonly unknown[]) => (title: string, body: (...given: unknown[]) => void | Promise<void>, timeout?: number) =>
    base.each(rows as readonly [unknown][])(title, (...row) => use((double) => body(...row, { double })), timeout)
  return Object.assign(declared(base), {
    only: declared(base.only),
    skip: declared(base.skip),
    failing: declared(base.failing),
    concurrent: declared(base.concurrent),
    todo: (title: string) => base.todo(title),
    each: each as DoubleTest<Q, Id>['each'],
  })
}

/**
 * A test with all providers that come with the package.
 *
 * @example
 * const { expect, test } = require('authdouble/jest')
 * test('survives a rotation', async ({ double }) => {
 *   await myClient(double.provider('zettle')).refresh()
 *   expect(double).toHaveRefreshedOnce()
 * })
 */
export const test = testWith()

export { expect }
