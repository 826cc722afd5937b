/** Several doubles on one Redis, and a proxy before them that sends each request to the next one. */

import type { Server } from 'node:http'
import { request as ask, createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Double, ServerOptions } from '../../src/index.js'
import { createServer } from '../../src/index.js'

export interface Cluster {
  /** Where the proxy is. */
  readonly url: string
  readonly replicas: readonly Double[]
  readonly close: () => Promise<void>
}

/** A request goes to the next target; one whose target is gone goes to the one after it, if nothing of the answer came. */
export const roundRobin = async (targets: readonly string[]): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  let turn = 0
  const server: Server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const attempt = (left: number): void => {
        turn += 1
        const target = new URL(targets[turn % targets.length] ?? '')
        const onward = ask(
          // No connection is kept: one that died with its replica would fail a request that another could answer.
          { agent: false, host: target.hostname, port: target.port, method: request.method, path: request.url, headers: request.headers },
          (reply) => {
            response.writeHead(reply.statusCode ?? 502, reply.headers)
            reply.pipe(response)
          },
        )
        onward.on('error', (error: NodeJS.ErrnoException) => {
          if (left > 0 && error.code === 'ECONNREFUSED') attempt(left - 1)
          else if (response.headersSent) response.destroy()
          else response.writeHead(502).end()
        })
        onward.end(Buffer.concat(chunks))
      }
      attempt(targets.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const startCluster = async (store: string, options: ServerOptions = {}): Promise<Cluster> => {
  const replicas = await Promise.all([1, 2, 3].map(() => createServer({ ...options, store })))
  const proxy = await roundRobin(replicas.map((replica) => replica.url()))
  return {
    url: proxy.url,
    replicas,
    close: async () => {
      await proxy.close()
      for (const replica of replicas) await replica.close()
    },
  }
}
