/** A forward proxy that answers for a given set of hosts itself and lets nothing else through: no request leaves the machine. */
import { createServer as createPlainServer, type IncomingMessage, type RequestListener, STATUS_CODES } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Identity } from './x509.js'

/** A request that was not answered for the host it named. */
export interface RefusedConnection {
  readonly method: string
  /** `host:port` of a tunnel, else a URL, or the host that a request in a tunnel named. */
  readonly target: string
  readonly status: number
}

/** For whom a proxy answers, with what, and who is told of a refusal. */
export interface ProxyOptions {
  /** Host names without ports, compared in any case. */
  readonly hosts: readonly string[]
  /** Answers the requests, in origin form and with the Host that was asked for. */
  readonly listener: RequestListener
  /** A certificate that is good for all the hosts. */
  readonly identity: Identity
  readonly refused?: (refusal: RefusedConnection) => void
}

/** The two doors of a proxy, to be hung on a Node HTTP server. */
export interface Proxy {
  /** Answers requests in absolute form, and hands those in origin form to the listener as they are. */
  readonly request: RequestListener
  /** Answers `CONNECT`: speaks TLS in the tunnel as the host that was asked for. */
  readonly connect: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Ends all connections that are open in tunnels. */
  readonly close: () => void
}

interface Answer {
  readonly status: number
  readonly error: string
  readonly message: string
}

const body = ({ error, message }: Answer): string => `${JSON.stringify({ error, message })}\n`

const refusal = (target: string, hosts: readonly string[]): Answer => ({
  status: 403,
  error: 'host_not_answered',
  message:
    `authdouble lets nothing through to ${target}: as a proxy it answers for ${hosts.join(', ')} and no other host.` +
    ' Set NO_PROXY for the hosts that a client shall reach directly, such as localhost,127.0.0.1.',
})

const malformed = (target: string): Answer => ({
  status: 400,
  error: 'bad_target',
  message: `authdouble cannot read ${JSON.stringify(target)} as a proxy target: it takes "GET http://host/path" and "CONNECT host:port".`,
})

const parse = (text: string): URL | undefined => {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** Host name without port, in lower case; undefined where it cannot be read. */
const hostOf = (authority: string | undefined): string | undefined =>
  authority !== undefined && /^[^/?#@\s]+$/.test(authority) ? parse(`http://${authority}`)?.hostname : undefined

/**
 * Makes a proxy out of a request listener.
 *
 * @example
 * const proxy = createProxy({ hosts: ['oauth.example'], listener: app.callback(), identity })
 * const server = http.createServer(proxy.request).on('connect', proxy.connect)
 */
export const createProxy = ({ hosts, listener, identity, refused }: ProxyOptions): Proxy => {
  const answered = new Set(hosts.map((host) => host.toLowerCase()))

  const request: RequestListener = (incoming, response) => {
    const target = incoming.url ?? '/'
    const reply = (answer: Answer) => {
      refused?.({ method: incoming.method ?? 'GET', target, status: answer.status })
      const text = body(answer)
      response
        .writeHead(answer.status, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        })
        .end(text)
    }
    if (target.startsWith('/') || target === '*') return listener(incoming, response)
    const url = parse(target)
    if (!url) return reply(malformed(target))
    // A client without NO_PROXY asks for the double's own address through the double: nothing leaves the machine by that.
    const itself = url.port === String(incoming.socket.localPort) && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
    if (url.protocol !== 'http:' || !(itself || answered.has(url.hostname))) return reply(refusal(url.host, hosts))
    // RFC 9112 §3.2.2: the host of an absolute target replaces whatever the Host header says.
    incoming.url = `${url.pathname}${url.search}`
    incoming.headers.host = url.host
    return listener(incoming, response)
  }

  /** Inside a tunnel a client may still name a host that nobody asked the tunnel for (RFC 9110 §15.5.20). */
  const tunnelled: RequestListener = (incoming, response) => {
    const host = hostOf(incoming.headers.host)
    if (host !== undefined && answered.has(host)) return listener(incoming, response)
    refused?.({ method: incoming.method ?? 'GET', target: incoming.headers.host ?? '', status: 421 })
    const text = body({
      ...refusal(incoming.headers.host ?? 'no host', hosts),
      status: 421,
    })
    return response
      .writeHead(421, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      })
      .end(text)
  }

  // Neither server listens: they are handed the sockets of tunnels.
  // Whoever gives up in the middle of a handshake is not seen to: two minutes, Node's own limit, would add up.
  const secure = createSecureServer(
    { key: identity.key, cert: identity.cert, ALPNProtocols: ['http/1.1'], handshakeTimeout: 5000 },
    tunnelled,
  )
  const plain = createPlainServer(tunnelled)
  const open = new Set<Duplex>()

  const connect: Proxy['connect'] = (incoming, socket, head) => {
    socket.on('error', () => socket.destroy())
    const target = incoming.url ?? ''
    const host = hostOf(target)
    if (host === undefined || !answered.has(host)) {
      const answer = host === undefined ? malformed(target) : refusal(target, hosts)
      refused?.({ method: 'CONNECT', target, status: answer.status })
      const text = body(answer)
      const lines = [
        `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
        'content-type: application/json',
        `content-length: ${Buffer.byteLength(text)}`,
        'connection: close',
      ]
      socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`)
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    const server = target.endsWith(':80') ? plain : secure
    server.emit('connection', socket)
  }

  const close = () => {
    for (const socket of open) socket.destroy()
  }
  return { request, connect, close }
}
