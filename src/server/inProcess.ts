/** `fetch` without a port: requests go through real HTTP over a pair of streams, so that faults behave as on a socket. */

import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import { duplexPair } from 'node:stream'
import type { Agent } from 'undici'

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface InProcess {
  /** Answers every URL, whatever its host and scheme: nothing leaves the process. Paths count from the given URL. */
  readonly fetch: (base: () => string) => Fetch
  readonly close: () => Promise<void>
}

export const createInProcess = (handle: RequestListener): InProcess => {
  let agent: Promise<{ readonly agent: Agent; readonly fetch: typeof import('undici').fetch }> | undefined
  const open = async () => {
    const { Agent, fetch } = await import('undici')
    const server = createServer(handle)
    const connect: Agent.Options['connect'] = (_, callback) => {
      const [near, far] = duplexPair()
      // One end does not notice by itself that the other was destroyed.
      far.once('close', () => {
        if (!far.writableFinished) near.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
      })
      near.once('close', () => far.destroy())
      server.emit('connection', far)
      // Not before connect has returned: undici is not ready for it.
      setImmediate(() => callback(null, near as never))
    }
    return { agent: new Agent({ connect }), fetch }
  }
  const all: typeof fetch = async (input, init) => {
    agent ??= open()
    const { agent: dispatcher, fetch: through } = await agent
    const request = new Request(input, init)
    const body = request.body === null ? null : await request.arrayBuffer()
    const { method, headers, redirect, signal } = request
    const response = await through(request.url, { method, headers: [...headers], redirect, signal, body, dispatcher })
    return response as unknown as Response
  }
  return {
    fetch: (base) => (input, init) => all(typeof input === 'string' && input.startsWith('/') ? `${base()}${input}` : input, init),
    close: async () => {
      if (agent) await (await agent).agent.destroy()
    },
  }
}
