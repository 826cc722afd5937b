/** Opens the ports: 127.0.0.1 and ::1 together by default, so that `localhost` works whichever way it resolves. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly port: number
  readonly close: () => Promise<void>
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
export const listen = async (
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
  hosts: readonly string[],
): Promise<Listening> => {
  const [first = '127.0.0.1', ...others] = hosts
  const server = createServer(handler)
  const bound = await listenOn(server, port, first)
  const servers = [server]
  for (const host of others) {
    const another = createServer(handler)
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
