/** One server for all tests of a process, started with the first, and a sandbox for each: for runners that have no fixtures. */

import type { Double, DoubleOf, Provider, ProviderId, QuirkNameOf, SandboxInput, ServerOptions } from '../index.js'
import { createServer } from '../index.js'

export interface Sandboxes<D extends Double> {
  /** Calls back with a sandbox, and throws that away when the answer is settled. */
  readonly use: <T>(body: (double: D) => T | Promise<T>) => Promise<T>
  /** Stops the server, if one was started. */
  readonly close: () => Promise<void>
}

export const createSandboxes = <const P extends ProviderId | Provider>(
  options: ServerOptions<P>,
  input: SandboxInput<QuirkNameOf<P>>,
): Sandboxes<DoubleOf<P>> => {
  let server: Promise<DoubleOf<P>> | undefined
  return {
    use: async (body) => {
      server ??= createServer(options)
      await using sandbox = await (await server).sandbox(input)
      return await body(sandbox)
    },
    close: async () => {
      const started = server
      server = undefined
      await (await started)?.close()
    },
  }
}
