/** Opens the doors of a server: its port, and on demand the proxy on that port and a second port that speaks TLS. */

import type { RequestListener } from 'node:http'
import type { RefusedConnection } from '../intercept/proxy.js'
import type { OpenPort } from './ports.js'
import { listen } from './ports.js'
import type { RequestObserver } from './requestObserver.js'

export interface ListenerOptions {
  readonly port: number
  /** Addresses to listen on. */
  readonly addresses: readonly string[]
  readonly tls?: { readonly port?: number } | undefined
  readonly proxy?: boolean | undefined
  readonly caDirectory?: string | undefined
  /** Told of what the proxy refuses. */
  readonly watch?: RequestObserver | undefined
}

export interface Listeners {
  readonly port: number
  /** Of the second port, where there is one. */
  readonly tlsPort?: number
  /** The authority that made the certificate: a path. */
  readonly caFile?: string
  readonly close: () => Promise<void>
}

/** Addresses that mean all addresses are no names for a certificate. */
const nameable = (address: string): boolean => address !== '0.0.0.0' && address !== '::'

const certificates = async (hosts: readonly string[], { addresses, caDirectory }: ListenerOptions) => {
  const { certificateDirectory, certificatesFor } = await import('../intercept/ca.js')
  const names = new Set([...hosts, ...addresses.filter(nameable)])
  return certificatesFor(caDirectory ?? certificateDirectory(process.env), [...names])
}

/** @throws the system's error, with `code` such as EADDRINUSE */
export const openListeners = async (
  request: RequestListener,
  hosts: () => readonly string[],
  options: ListenerOptions,
): Promise<Listeners> => {
  const { port, addresses, tls, proxy, watch } = options
  if (!tls && !proxy) return listen({ request }, port, addresses)
  const identity = await certificates(hosts(), options)
  const refused = ({ method, target, status }: RefusedConnection) =>
    watch?.({ sandbox: '', method, path: target, status, id: undefined, took: 0 })
  const { createProxy } = await import('../intercept/proxy.js')
  const forward = proxy ? createProxy({ hosts: hosts(), listener: request, identity, refused }) : undefined
  const plain = await listen(forward ? { request: forward.request, connect: forward.connect } : { request }, port, addresses)
  let secure: OpenPort | undefined
  try {
    if (tls) secure = await listen({ request, identity }, tls.port ?? 0, addresses)
  } catch (error) {
    await plain.close()
    throw error
  }
  return {
    port: plain.port,
    ...(secure ? { tlsPort: secure.port } : {}),
    caFile: identity.caFile,
    close: async () => {
      forward?.close()
      await Promise.all([plain.close(), secure?.close()])
    },
  }
}
