/** A server that is nobody's: where a redirect may lead, to see what a client takes along. It listens on this machine only. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StrayRequest } from '../invariants/history.js'

export interface Stranger extends AsyncDisposable {
  /** Its address under another host name, or under the provider's own with another port. */
  readonly url: (host: 'other-host' | 'other-port') => string
  readonly met: () => readonly StrayRequest[]
}

/** What a token response looks like from outside: a client that follows has no reason to stop. */
const answer = JSON.stringify({ access_token: 'from-a-stranger', token_type: 'Bearer', expires_in: 3600 })

const limit = 100_000

export const openStranger = async (): Promise<Stranger> => {
  const met: StrayRequest[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body = (body + chunk).slice(0, limit)
    })
    request.on('end', () => {
      const headers: (readonly [string, string])[] = []
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
      met.push({ method: request.method ?? '', url: request.url ?? '', headers, body })
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: (host) => `http://${host === 'other-host' ? 'localhost' : '127.0.0.1'}:${port}`,
    met: () => met,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
