/** The public door: a double in this process. */

import { sharedKey } from '../http/providerKeys.js'
import type { Provider } from '../provider/define.js'
import type { Toggles } from '../provider/quirk.js'
import type { ProviderId, QuirkName } from '../providers/index.js'
import { providers as shipped } from '../providers/index.js'
import { createSandboxRegistry, runSeed } from '../sandbox/sandboxRegistry.js'
import type { Double } from './double.js'
import { doubleOf } from './double.js'
import { createInProcess } from './inProcess.js'
import { openListeners } from './listeners.js'
import { createRequestHandler } from './requestHandler.js'
import type { RequestObserver } from './requestObserver.js'

export interface ServerOptions<P extends ProviderId | Provider = ProviderId | Provider> {
  /** Ids of shipped providers, or providers of your own; all shipped ones unless told. */
  readonly providers?: readonly P[]
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Addresses to listen on; 127.0.0.1 and ::1 unless told. */
  readonly host?: string | readonly string[]
  /** Quirks by `provider/name`. */
  readonly quirks?: Toggles
  /** All `also-takes-...` quirks on. */
  readonly tolerant?: boolean
  /** The same ids, codes and opaque tokens on every run. */
  readonly seed?: number | string
  /** Show log-in and consent pages; otherwise the first seeded user approves at once. */
  readonly interactive?: boolean
  /** How the server names itself, where a proxy stands before it. */
  readonly baseUrl?: string
  /** Show secrets in the journal instead of fingerprints. */
  readonly reveal?: boolean
  /** Asked for by the control API as a bearer token. */
  readonly adminToken?: string
  /** Host names, besides the machine's own, under which the control API answers. */
  readonly allowedHosts?: readonly string[]
  /** How many exchanges the journal keeps; 10,000 unless told. */
  readonly journalLimit?: number
  /** A JSON file in which the default sandbox keeps its records; they are in memory alone unless told. */
  readonly state?: string
  /** A Redis (`redis://host:port`, `?prefix=` for its keys) in which all processes that name it are one double. */
  readonly store?: string
  readonly watch?: RequestObserver
  /** A second port that speaks TLS under the providers' real host names; port 0, the default, takes any free one. */
  readonly tls?: { readonly port?: number }
  /** Be a forward proxy on the same port: it answers for the providers' real hosts and refuses all others. */
  readonly proxy?: boolean
  /** Where the certificate authority for `tls` and `proxy` is kept; `$AUTHDOUBLE_CA_DIR`, else the user's state directory, unless told. */
  readonly caDirectory?: string
}

/** The quirk names of the chosen providers, as literal types: `zettle/may-rotate-at-any-time`. */
export type QuirkNameOf<P> = P extends ProviderId
  ? Extract<QuirkName, `${P}/${string}`>
  : P extends { readonly id: infer I extends string; readonly quirkNames?: infer N }
    ? `${I}/${string extends Extract<N, string> ? string : Extract<N, string>}`
    : string

/** @throws Error for an id that is no shipped provider's */
const chosenProviders = (wanted: ServerOptions['providers']): readonly Provider[] => {
  if (!wanted) return shipped
  return wanted.map((one) => {
    if (typeof one !== 'string') return one
    const found = shipped.find(({ id }) => id === one)
    if (!found) throw new Error(`no provider is named ${JSON.stringify(one)}: there are ${shipped.map(({ id }) => id).join(', ')}`)
    return found
  })
}

/** An address as URLs write it. One that means every address is none that a client could ask. */
const authorityOf = (address: string): string =>
  address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '[::1]' : address.includes(':') ? `[${address}]` : address

/**
 * Starts a double on a free port.
 *
 * @throws Error with `code` EADDRINUSE when the port is taken; Error that names the quirk or provider that is unknown;
 * CannotOpen when the state file is in use, is none of ours, or cannot be written, or when Redis does not answer
 * @example
 * await using double = await createServer({ providers: ['zettle'] })
 * await fetch(double.provider('zettle').tokenUrl, { method: 'POST', body: new URLSearchParams({ ... }) })
 */
export const createServer = async <const P extends ProviderId | Provider = ProviderId>(
  options: ServerOptions<P> = {},
): Promise<Double<QuirkNameOf<P>>> => {
  let url = options.baseUrl ?? ''
  if (options.state !== undefined && options.store !== undefined)
    throw new Error('records are kept in a state file or in a store, not in both')
  const file = options.state === undefined ? undefined : await (await import('../store/file.js')).openFile(options.state)
  const redis = options.store === undefined ? undefined : await (await import('../store/redis/open.js')).openRedis(options.store)
  const kept = redis ? { starts: redis.starts, store: redis.store('default', { journalLimit: options.journalLimit }) } : file
  const registry = createSandboxRegistry(
    {
      name: 'default',
      providers: chosenProviders(options.providers),
      url: () => url,
      ...(options.seed === undefined ? {} : { seed: runSeed(String(options.seed), kept?.starts ?? 0) }),
      ...(options.quirks ? { toggles: options.quirks } : {}),
      ...(options.tolerant ? { tolerant: true } : {}),
      ...(options.interactive ? { approval: { ask: true } as const } : {}),
      ...(options.journalLimit === undefined ? {} : { journalLimit: options.journalLimit }),
      ...(kept ? { store: kept.store } : {}),
    },
    redis,
  )
  const hosts = options.host === undefined ? ['127.0.0.1', '::1'] : typeof options.host === 'string' ? [options.host] : options.host
  const control = async () =>
    (await import('../control-api/router.js')).createControl({
      registry,
      reveal: options.reveal ?? false,
      adminToken: options.adminToken,
      allowedHosts: [...hosts, ...(options.allowedHosts ?? [])],
    })
  let controlling: ReturnType<typeof control> | undefined
  const handle = createRequestHandler(
    registry,
    () => {
      controlling ??= control()
      return controlling
    },
    options.watch,
  )
  const { tls, proxy, caDirectory } = options
  const listeners = await openListeners(handle, registry.hosts, {
    port: options.port ?? 0,
    addresses: hosts,
    tls,
    proxy,
    caDirectory,
    watch: options.watch,
  })
  const authority = authorityOf(hosts[0] ?? '127.0.0.1')
  if (url === '') url = `http://${authority}:${listeners.port}`
  // The key is made while nobody waits for it: the first signature, not the start, may have to.
  const signs = (): boolean => [...registry.main.instances.values()].some((instance) => instance.settings().access.format.kind === 'jwt')
  setTimeout(() => void (signs() && sharedKey()), 100).unref()
  const { main } = registry
  const inside = createInProcess(handle)
  const close = async (): Promise<void> => {
    await listeners.close()
    await inside.close()
    await registry.close()
  }
  const reach = {
    ...(listeners.tlsPort === undefined ? {} : { tls: `https://${authority}:${listeners.tlsPort}` }),
    ...(proxy ? { proxy: `http://${authority}:${listeners.port}` } : {}),
    ...(listeners.caFile === undefined ? {} : { ca: listeners.caFile }),
  }
  return doubleOf<QuirkNameOf<P>>({ registry, endpoints: reach, fetch: inside.fetch }, main, close)
}
