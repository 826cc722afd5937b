/** Opens the ports: 127.0.0.1 and ::1 together by default, so that `localhost` works whichever way it resolves. */

import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface OpenPort {
  readonly port: number
  readonly close: () => Promise<void>
}

/** What answers at a port. */
export interface PortHandlers {
  readonly request: RequestListener
  /** For a port that is a proxy as well. */
  readonly connect?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** For a port that speaks TLS: key and certificate as PEM text. */
  readonly identity?: { readonly key: string; readonly cert: string }
}

/**
 * Milliseconds that a connection may be idle. Node's five seconds pass between two requests of a test on a busy machine, whose client
 * then writes into a connection that is being closed.
 */
const idleLimit = 60_000

const serverOf = ({ request, connect, identity }: PortHandlers): Server => {
  const server = identity ? createSecureServer({ key: identity.key, cert: identity.cert }, request) : createServer(request)
  server.keepAliveTimeout = idleLimit
  return connect ? server.on('connect', connect) : server
}

const listenOn = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

const closing = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** @throws the system's error, with `code` such as EADDRINUSE */
export const listen = async (answering: PortHandlers, port: number, hosts: readonly string[]): Promise<OpenPort> => {
  const [first = '127.0.0.1', ...others] = hosts
  const server = serverOf(answering)
  const bound = await listenOn(server, port, first)
  const servers = [server]
  for (const host of others) {
    const another = serverOf(answering)
    try {
      await listenOn(another, bound, host)
      servers.push(another)
    } catch (error) {
      // A machine without IPv6, or with that port taken there, still has the first address.
      if (!['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EADDRINUSE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return { port: bound, close: async () => void (await Promise.all(servers.map(closing))) }
}
