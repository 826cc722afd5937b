/** Turns sockets that are opened past fetch and the agents: by a dispatcher of a client's own, by node:http2, by node:tls. */
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ChooseRoute } from './agents.js'

interface Destination {
  readonly host?: string | undefined
  readonly port?: number | string | undefined
  readonly path?: string | undefined
}

type Connect = (this: Socket, ...args: unknown[]) => Socket

/** Where turned sockets go: those that speak TLS need a door that does, for the certificate is asked of whoever answers. */
export interface SocketRoutes {
  readonly plain: URL
  readonly secure?: URL | undefined
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** `connect(options)`, `connect(port, host)`, and the marked list that node:net hands itself; undefined for a socket file. */
const destinationOf = (args: readonly unknown[]): Destination | undefined => {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof first === 'object' && first !== null) return (first as Destination).path ? undefined : (first as Destination)
  if (Number.isNaN(Number(first))) return undefined
  return { port: first as number, ...(typeof args[1] === 'string' ? { host: args[1] } : {}) }
}

/** The same arguments with another destination; what else is in them, and the mark on the list, stays. */
const towards = (args: readonly unknown[], to: Destination): unknown[] => {
  const [first, ...rest] = args
  if (Array.isArray(first)) {
    const list = Object.assign(
      [...first],
      Object.fromEntries(Object.getOwnPropertySymbols(first).map((mark) => [mark, Reflect.get(first, mark)])),
    )
    list[0] = { ...first[0], ...to }
    return [list, ...rest]
  }
  if (typeof first === 'object') return [{ ...first, ...to }, ...rest]
  return [to, ...rest.filter((one) => typeof one === 'function')]
}

/** Puts a way of connecting in force for all sockets; the result takes it back. */
export const routeSockets = ({ plain, secure }: SocketRoutes, choose: ChooseRoute): (() => void) => {
  const prototype = Socket.prototype as unknown as { connect: Connect }
  const before = prototype.connect
  const own = new Set([plain, ...(secure ? [secure] : [])].map(hostOf))

  prototype.connect = function (...args) {
    const { host = 'localhost', port } = destinationOf(args) ?? {}
    const choice = own.has(host) || destinationOf(args) === undefined ? 'pass' : choose(host)
    if (choice === 'pass') return before.apply(this, args)
    const door = this instanceof TLSSocket || Number(port) === 443 ? secure : plain
    if (choice === 'double' && door) return before.apply(this, towards(args, { host: hostOf(door), port: Number(door.port) }))
    const why = new TypeError(
      `${host} is asked past fetch and the agents of node:http, over a TLS connection of the client's own: the double has no port for that unless it is started with tls`,
    )
    process.nextTick(() => this.destroy(choice === 'double' ? why : choice))
    return this
  }
  return () => {
    prototype.connect = before
  }
}
