/** A raw TCP client: what arrives on a socket, byte for byte, and how the connection ends. */

import { connect } from 'node:net'

export interface Arrived {
  readonly text: string
  readonly bytes: Buffer
  /** `reset`: the server sent a TCP reset; `closed`: it ended the connection in order; `open`: it still stands. */
  readonly end: 'reset' | 'closed' | 'open'
}

/** Sends a request as it stands and gathers what comes, until the connection ends or `until` is content with it. */
export const exchange = (url: string, request: string, until: (text: string) => boolean = () => false): Promise<Arrived> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(request))
    const finish = (end: Arrived['end']): void => {
      const bytes = Buffer.concat(chunks)
      socket.destroy()
      resolve({ bytes, text: bytes.toString(), end })
    }
    socket.setTimeout(10_000, () => reject(new Error(`the server neither answered nor hung up: ${Buffer.concat(chunks).toString()}`)))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (until(Buffer.concat(chunks).toString())) finish('open')
    })
    socket.on('end', () => finish('closed'))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? finish('reset') : reject(error)))
  })

/** A POST of a form, as text. */
export const post = (url: string, form: { readonly [name: string]: string }): string => {
  const { host, pathname } = new URL(url)
  const body = new URLSearchParams(form).toString()
  return `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
