/** Sends requests as fast as they are answered, over raw sockets: an HTTP client would cost more than the servers it measures. */

import type { Socket } from 'node:net'
import { createConnection } from 'node:net'

export interface Reply {
  readonly status: number
  /** Status line and headers. */
  readonly head: string
  readonly body: string
}

/** One connection that is kept alive: one request at a time. */
export interface Line {
  readonly send: (request: string, done: (reply: Reply | Error) => void) => void
  readonly close: () => void
}

const dechunk = (text: string): string | undefined => {
  let body = ''
  let at = 0
  for (;;) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = Number.parseInt(text.slice(at, end), 16)
    if (text.length < end + 2 + size + 2) return undefined
    if (size === 0) return body
    body += text.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}

const length = /\r\ncontent-length: *(\d+)/i
const chunked = /\r\ntransfer-encoding: *chunked/i

const parse = (text: string): Reply | undefined => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const status = Number(head.slice(9, 12))
  const known = length.exec(head)
  if (known) return text.length < end + 4 + Number(known[1]) ? undefined : { status, head, body: text.slice(end + 4) }
  if (!chunked.test(head)) return { status, head, body: '' }
  const body = dechunk(text.slice(end + 4))
  return body === undefined ? undefined : { status, head, body }
}

export const openLine = (port: number): Line => {
  let socket: Socket | undefined
  let received = ''
  let waiting: ((reply: Reply | Error) => void) | undefined
  const settle = (reply: Reply | Error): void => {
    const done = waiting
    waiting = undefined
    received = ''
    done?.(reply)
  }
  const connect = (): Socket => {
    const fresh = createConnection({ port, host: '127.0.0.1', noDelay: true })
    fresh.setEncoding('latin1')
    fresh.on('data', (chunk: string) => {
      received = received === '' ? chunk : received + chunk
      const reply = parse(received)
      if (reply) settle(reply)
    })
    fresh.on('error', (error) => settle(error))
    fresh.on('close', () => {
      if (socket === fresh) socket = undefined
      settle(new Error('the server closed the connection'))
    })
    return fresh
  }
  return {
    send: (request, done) => {
      waiting = done
      socket ??= connect()
      socket.write(request, 'latin1')
    },
    close: () => socket?.destroy(),
  }
}

/** What is sent over and over. A slot is one connection's number. */
export interface Work {
  /** The next request of a slot; undefined when there is nothing left to send. */
  readonly next: (slot: number) => string | undefined
  /** Looks at the reply; what is not true counts as a failure. */
  readonly fits: (reply: Reply, slot: number) => boolean
  /** Requests to one unit of what is counted (a flow has several). */
  readonly requestsPerUnit?: number
}

export interface Load {
  readonly units: number
  readonly seconds: number
  readonly failures: number
  /** What the first failure was. */
  readonly failure?: string
}

/** Runs work on some connections until the time is over or nothing is left. */
export const run = (port: number, connections: number, milliseconds: number, work: Work): Promise<Load> =>
  new Promise((resolve) => {
    const lines = Array.from({ length: connections }, () => openLine(port))
    const started = performance.now()
    const deadline = started + milliseconds
    let requests = 0
    let failures = 0
    let failure: string | undefined
    let running = connections
    const stop = (line: Line): void => {
      line.close()
      running -= 1
      if (running > 0) return
      const seconds = (performance.now() - started) / 1000
      resolve({ units: requests / (work.requestsPerUnit ?? 1), seconds, failures, ...(failure === undefined ? {} : { failure }) })
    }
    const turn = (line: Line, slot: number): void => {
      const request = performance.now() < deadline ? work.next(slot) : undefined
      if (request === undefined) {
        stop(line)
        return
      }
      line.send(request, (reply) => {
        requests += 1
        if (reply instanceof Error || !work.fits(reply, slot)) {
          failures += 1
          failure ??= reply instanceof Error ? reply.message : `${reply.head.split('\r\n')[0]} ${reply.body.slice(0, 200)}`
          if (failures > 100) {
            stop(line)
            return
          }
        }
        turn(line, slot)
      })
    }
    lines.forEach(turn)
  })

/** One request and its reply. */
export const once = (port: number, request: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const line = openLine(port)
    line.send(request, (reply) => {
      line.close()
      if (reply instanceof Error) reject(reply)
      else resolve(reply)
    })
  })

const lines = (headers: { readonly [name: string]: string }): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

export const get = (path: string, headers: { readonly [name: string]: string } = {}): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines(headers)}\r\n`

export const post = (path: string, body: string, type = 'application/x-www-form-urlencoded', method = 'POST'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

export const form = (parameters: { readonly [name: string]: string }): string => new URLSearchParams(parameters).toString()
