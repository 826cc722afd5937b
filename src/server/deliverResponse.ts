/** Puts an answer on the wire: whole, or spoilt as a fault demands. */

import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { garble } from '../faults/corrupt.js'
import type { Delivery, RawResponse } from '../http/raw.js'

const idHeader = 'x-authdouble-request-id'

const drop = (response: ServerResponse, abruptly: boolean): void => {
  const { socket } = response
  // A connection that is no TCP socket (a call within the process) has nothing to reset.
  if (abruptly && socket && 'resetAndDestroy' in socket) socket.resetAndDestroy()
  else socket?.destroy()
}

/** Ends the connection once everything that was written is out. */
const hangUp = ({ socket }: ServerResponse): void => {
  if (socket && 'destroySoon' in socket) socket.destroySoon()
  // Within the process the end would overtake the head of the answer in its reader.
  else setImmediate(() => (socket as Duplex | null)?.end())
}

const drip = async (response: ServerResponse, body: Buffer, pause: number): Promise<void> => {
  for (const byte of body) {
    if (response.destroyed) return
    response.write(Buffer.of(byte))
    await wait(pause * 1000, undefined, { ref: false })
  }
  response.end()
}

const spoil = async (response: ServerResponse, { status, headers, body, id }: RawResponse, delivery: Delivery): Promise<void> => {
  if (delivery.how === 'dropped') {
    if (delivery.after === null) return
    if (delivery.after > 0) await wait(delivery.after * 1000, undefined, { ref: false })
    drop(response, delivery.abruptly)
    return
  }
  const bytes = delivery.how === 'garbled' ? garble(body) : Buffer.from(body)
  const length = bytes.length + (delivery.how === 'miscounted' ? delivery.by : 0)
  const whole = delivery.how === 'garbled' || delivery.how === 'dripped'
  response.writeHead(status, {
    ...headers,
    ...(id === undefined ? {} : { [idHeader]: id }),
    'content-length': Math.max(0, length),
    ...(whole ? {} : { connection: 'close' }),
  })
  if (delivery.how === 'garbled') response.end(bytes)
  else if (delivery.how === 'dripped') await drip(response, bytes, delivery.pause)
  else response.write(delivery.how === 'cut' ? bytes.subarray(0, delivery.after) : bytes, () => hangUp(response))
}

export const deliver = (response: ServerResponse, answer: RawResponse): void => {
  const { status, headers, body, delivery, id } = answer
  if (delivery) {
    // What cannot be sent is dropped: a connection that ends is what the client of a spoilt answer expects anyway.
    spoil(response, answer, delivery).catch(() => response.destroy())
    return
  }
  const lines: (string | number)[] = []
  for (const name in headers) lines.push(name, headers[name] ?? '')
  if (id !== undefined) lines.push(idHeader, id)
  if (status !== 204 && status !== 304) lines.push('content-length', Buffer.byteLength(body))
  response.writeHead(status, lines as unknown as string[]).end(body)
}
