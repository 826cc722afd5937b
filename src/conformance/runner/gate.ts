/** A gate before an endpoint. While it is shut nobody listens there, and connections are refused. */

import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

export interface Gate extends AsyncDisposable {
  /** The endpoint behind the gate. */
  readonly url: string
  readonly shut: () => Promise<void>
  readonly open: () => Promise<void>
}

/** @param url the endpoint, on this machine */
export const openGate = async (url: string): Promise<Gate> => {
  const target = new URL(url)
  const through = new Set<Socket>()
  let server: Server | undefined
  let port = 0
  const open = async (): Promise<void> => {
    server = createServer((client) => {
      const inner = connect(Number(target.port), target.hostname)
      for (const [one, other] of [
        [client, inner],
        [inner, client],
      ] as const) {
        through.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          through.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
    server.listen(port, target.hostname)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const shut = async (): Promise<void> => {
    const closing = server
    server = undefined
    if (!closing) return
    closing.close()
    for (const socket of through) socket.destroy()
    await once(closing, 'close')
  }
  await open()
  const before = new URL(url)
  before.port = String(port)
  return { url: before.href, shut, open, [Symbol.asyncDispose]: shut }
}
