/** `authdouble/node-test`: a double for each test of Node's own runner, and matchers that speak of what the client did. */

import { AssertionError } from 'node:assert'
import type { TestContext, TestOptions } from 'node:test'
import { after, test as base } from 'node:test'
import type { Double, Provider, ProviderId, ProviderIdOf, QuirkNameOf, SandboxInput, ServerOptions } from '../index.js'
import type { DoubleMatchers } from './matchers.js'
import { matchers } from './matchers.js'
import { createSandboxes } from './sandboxes.js'
import type { Watched } from './verdicts.js'

/** Node's test context, and the double. */
export type DoubleContext<Q extends string = string, Id extends string = string> = TestContext & { readonly double: Double<Q, Id> }

type Body<Q extends string, Id extends string> = (context: DoubleContext<Q, Id>) => void | Promise<void>

/** Answers nothing: the runner waits for its tests by itself. */
interface Declare<Q extends string, Id extends string> {
  (title: string, body: Body<Q, Id>): void
  (title: string, options: TestOptions, body: Body<Q, Id>): void
}

/** Node's `test`, whose context has a double. */
export interface DoubleTest<Q extends string = string, Id extends string = string> extends Declare<Q, Id> {
  readonly only: Declare<Q, Id>
  readonly skip: Declare<Q, Id>
  readonly todo: Declare<Q, Id>
}

/**
 * Node's `test` with a double in its context: one server for a test file, a sandbox of its own for each test.
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
  after(close)
  const declared =
    (declare: typeof base.only): Declare<Q, Id> =>
    (title: string, ...rest: [Body<Q, Id>] | [TestOptions, Body<Q, Id>]) => {
      const [settings, body] = rest.length === 1 ? [{}, rest[0]] : rest
      // Added to the context, which is of a class with private members: a copy of it could do nothing.
      void declare(title, settings, (context) => use((double) => body(Object.assign(context, { double }))))
    }
  return Object.assign(declared(base), { only: declared(base.only), skip: declared(base.skip), todo: declared(base.todo) })
}

/**
 * A test with all providers that come with the package.
 *
 * @example
 * import { expect, test } from 'authdouble/node-test'
 * test('survives a rotation', async ({ double }) => {
 *   await myClient(double.provider('zettle')).refresh()
 *   expect(double).toHaveRefreshedOnce()
 * })
 */
export const test = testWith()

/**
 * The matchers for a double, a sandbox or a journal; for everything else there is `node:assert`.
 *
 * @throws AssertionError with what the client did
 * @example
 * expect(double).not.toHaveAskedForAuthorization()
 */
export const expect = (watched: Watched): DoubleMatchers<void> & { readonly not: DoubleMatchers<void> } => {
  const wanted = (holds: boolean): DoubleMatchers<void> =>
    Object.fromEntries(
      Object.entries(matchers).map(([operator, matcher]) => {
        const check = (...given: never[]): void => {
          const { pass, message } = (matcher as (watched: Watched, ...given: never[]) => ReturnType<typeof matcher>)(watched, ...given)
          // What the stack leaves out is this function: its first line is the test's own.
          if (pass !== holds) throw new AssertionError({ message: message(), operator, stackStartFn: check })
        }
        return [operator, check]
      }),
    ) as unknown as DoubleMatchers<void>
  return { ...wanted(true), not: wanted(false) }
}
