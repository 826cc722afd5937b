/** Sends a Node process's requests to a double instead of to the hosts they name, with no change to the code that asks. */
import { type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { type ChooseRoute, routeAgents } from './agents.js'
import { routeSockets } from './sockets.js'

/** Whom to answer for, and where. */
export interface InterceptOptions {
  /** The double's own URL, such as `http://127.0.0.1:4740`. A double from `createServer` tells it. */
  readonly url: string | URL | (() => string)
  /** The host names it answers for, on any scheme and port. */
  readonly hosts: readonly string[]
  /**
   * What becomes of requests to any other host: `pass` lets them go where they would go without us (the default);
   * `refuse` makes them fail, so that a test cannot reach the network by accident. Loopback always passes.
   */
  readonly others?: 'pass' | 'refuse'
  /**
   * Where the double speaks TLS, for clients that bring connections of their own (an undici `Agent`, node:tls); such a
   * client must trust the double's authority. Without it they fail. A double that was created with `tls` tells it.
   */
  readonly endpoints?: { readonly tls?: string | undefined }
}

/** In force until it is restored. */
export interface Interception extends AsyncDisposable {
  /** Puts back the dispatcher that was there before. Does nothing the second time. */
  readonly restore: () => void
}

const loopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** Node's fetch hands over pairs in a flat list or a record, depending on its version; anything else may be iterated. */
const pairs = (headers: Dispatcher.DispatchOptions['headers']): string[] => {
  if (!headers) return []
  if (Array.isArray(headers) && typeof headers[0] === 'string') return headers as string[]
  const entries = Symbol.iterator in headers ? [...(headers as Iterable<[string, string]>)] : Object.entries(headers)
  return entries.flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).flatMap((one) => [name, String(one)]))
}

const withoutHost = (flat: readonly string[]): string[] => flat.filter((_, at) => flat[at - (at % 2)]?.toLowerCase() !== 'host')

/**
 * Makes requests from this process reach the double for the given hosts: `https://oauth.example/token` is then answered
 * at `url`, with `Host: oauth.example`. Covers `fetch`, the undici package, and all that asks through the agents of
 * `node:http` and `node:https`; any other connection to one of the hosts goes to the double's TLS port, or fails.
 *
 * @throws TypeError (as the cause of `fetch failed`, or as the request's error) for another host under `others: 'refuse'`
 * @example
 * await using double = await createServer()
 * await using reach = intercept(double)
 * await fetch('https://oauth.example/token', { method: 'POST', body }) // a provider's real host
 */
export const intercept = ({ url, hosts, others = 'pass', endpoints = {} }: InterceptOptions): Interception => {
  const double = new URL(typeof url === 'function' ? url() : url)
  const answered = new Set(hosts.map((host) => host.toLowerCase()))
  const choose: ChooseRoute = (host) => {
    if (answered.has(host.toLowerCase())) return 'double'
    if (others === 'pass' || loopback.test(host)) return 'pass'
    return new TypeError(`${host} is not answered here: the interception is for ${hosts.join(', ')} and lets nothing else through`)
  }
  const before = getGlobalDispatcher()
  const composed = before.compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin))
    const choice = choose(target.hostname)
    if (choice === 'pass') return dispatch(options, handler)
    if (choice !== 'double') throw choice
    const headers = [...withoutHost(pairs(options.headers)), 'host', target.host]
    return dispatch({ ...options, origin: double.origin, headers }, handler)
  })
  setGlobalDispatcher(composed)
  const restoreAgents = routeAgents(double, choose)
  const restoreSockets = routeSockets({ plain: double, ...(endpoints.tls ? { secure: new URL(endpoints.tls) } : {}) }, choose)
  let inForce = true
  const restore = () => {
    if (!inForce) return
    inForce = false
    setGlobalDispatcher(before)
    restoreAgents()
    restoreSockets()
  }
  return { restore, [Symbol.asyncDispose]: async () => restore() }
}
