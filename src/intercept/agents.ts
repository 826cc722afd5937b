/** Turns the connections of node:http and node:https: most libraries that are older than fetch ask through their agents. */
import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { connect, type Socket } from 'node:net'

interface Destination {
  readonly host?: string | undefined
  readonly port?: string | number | undefined
}

type Connected = (error: Error | null, socket?: Socket) => void
type Connect = (this: unknown, options: Destination, done: Connected) => Socket | undefined

/** What to do with a connection to a host: turn it to the double, let it be, or fail it with an error. */
export type ChooseRoute = (host: string) => 'double' | 'pass' | Error

/**
 * Puts a way of connecting in force for all agents, those that exist and those to come; the result takes it back.
 *
 * A turned connection is a plain one, under https too: the agent alone decides what a request is written to, and so no
 * certificate is needed.
 */
export const routeAgents = (origin: URL, choose: ChooseRoute): (() => void) => {
  const turned = new Set<Socket>()
  const toDouble = (): Socket => {
    const socket = connect(Number(origin.port || 80), origin.hostname.replace(/^\[|\]$/g, ''))
    turned.add(socket)
    return socket.once('close', () => turned.delete(socket))
  }
  const turn = (prototype: { createConnection: Connect }): (() => void) => {
    const own = Object.getOwnPropertyDescriptor(prototype, 'createConnection')
    const before = prototype.createConnection
    prototype.createConnection = function (options, done) {
      const choice = choose(options.host ?? 'localhost')
      if (choice === 'pass') return before.call(this, options, done)
      if (choice === 'double') return toDouble()
      process.nextTick(done, choice)
      return undefined
    }
    return () => {
      if (own) Object.defineProperty(prototype, 'createConnection', own)
      else Reflect.deleteProperty(prototype, 'createConnection')
    }
  }
  const restores = [Agent, SecureAgent].map(({ prototype }) => turn(prototype as unknown as { createConnection: Connect }))
  return () => {
    for (const restore of restores) restore()
    // An agent keeps connections for later, and would take one to the double for one to the real host.
    for (const socket of turned) socket.destroy()
  }
}
