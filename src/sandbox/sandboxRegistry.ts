/** All sandboxes of one server, and the way from a URL to a provider in one of them. */

import { randomBytes } from 'node:crypto'
import { longestTimer } from '../clock/timers.js'
import { placesInHost } from '../http/places.js'
import type { Provider } from '../provider/define.js'
import type { Settings } from '../provider/settings.js'
import type { ProviderInstance } from './providerInstance.js'
import type { Sandbox, SandboxOptions } from './sandbox.js'
import { createSandbox } from './sandbox.js'
import type { SandboxRequest } from './sandboxRequest.js'
import { SandboxError, sandboxName } from './sandboxRequest.js'
import { createSharedSandboxRegistry } from './sharedSandboxRegistry.js'
import type { SharedSandboxStore } from './sharedSandboxStore.js'

export interface SandboxRegistry {
  readonly main: Sandbox
  readonly providers: readonly Provider[]
  readonly sandboxes: ReadonlyMap<string, Sandbox>
  /** @throws Error when the name is taken or is none, or when there are too many sandboxes. */
  readonly open: (options: SandboxRequest) => Sandbox
  /** When a sandbox goes away unless it is used, in epoch seconds of real time. */
  readonly expiry: (name: string) => number | undefined
  readonly remove: (name: string) => Promise<boolean>
  /** Where other processes open sandboxes too: learns which of those that a path is about are there. @throws Unavailable */
  readonly refresh?: (path: string) => Promise<void>
  /** Lets other processes know of sandboxes that were opened here. @throws SandboxError when one of them was faster */
  readonly publish?: () => Promise<void>
  readonly locate: (path: string, host: string | undefined) => Located
  /** Goes on with another declaration of a provider that is served, in all sandboxes. @throws Error when none is of that id */
  readonly redeclare: (provider: Provider) => void
  /** All real host names that are answered for, and `<provider>.localhost`. */
  readonly hosts: () => readonly string[]
  readonly close: () => Promise<void>
}

/** More sandboxes than this at once are forgotten ones. */
const maxSandboxes = 10_000

export interface Located {
  /** Undefined: there is no sandbox of that name. */
  readonly sandbox: Sandbox | undefined
  readonly instance?: ProviderInstance
  /** Below the provider, or below the sandbox where no provider was named. */
  readonly path: string
  /** The real host that the request named. */
  readonly host?: string
}

/** Real host names and the provider that each belongs to. */
export const hostsOf = (
  providers: readonly Provider[],
  settingsOf: (provider: Provider) => Settings | undefined,
): ReadonlyMap<string, string> => {
  const hosts = new Map<string, string>()
  for (const provider of providers) {
    const { id } = provider
    hosts.set(`${id}.localhost`, id)
    for (const { host, alsoHosts } of Object.values(settingsOf(provider)?.endpoints ?? {}))
      for (const one of [host, ...(alsoHosts ?? [])]) hosts.set(one, id)
  }
  return hosts
}

/** A host name that has a `{name}` in it; one that is nothing else is no name at all. */
const placedHost = (hosts: ReadonlyMap<string, string>, name: string): string | undefined => {
  for (const [template, id] of hosts) if (/\{\w+\}\.[a-z]/.test(template) && placesInHost(template, name)) return id
  return undefined
}

/** Names of this machine itself, by which most requests come: they are no provider's. */
const ownName = /^(127\.|\[|localhost(:|$))/i

const split = (path: string): readonly [head: string, rest: string] => {
  const slash = path.indexOf('/', 1)
  return slash < 0 ? [path.slice(1), '/'] : [path.slice(1, slash), path.slice(slash)]
}

/**
 * RFC 8414 §3.1 and RFC 9728 §3.1 put the well-known part before the path of an issuer or a resource: here it goes back to
 * its place below sandbox and provider.
 */
const wellKnownBelow = (path: string, instances: ReadonlyMap<string, ProviderInstance>): string => {
  const [, document, rest] = /^\/\.well-known\/([^/]+)(\/.+)$/.exec(path) ?? []
  if (document === undefined || rest === undefined) return path
  const [head, below] = split(rest)
  if (instances.has(head)) return `/${head}/.well-known/${document}${below === '/' ? '' : below}`
  if (!head.startsWith('~')) return path
  const [provider, more] = split(below)
  return `/${head}/${provider}/.well-known/${document}${more === '/' ? '' : more}`
}

/** Where records outlive the process, another run must not mint what they hold already. */
export const runSeed = (seed: string, starts: number): string => (starts === 0 ? seed : `${seed}+${starts}`)

/** @param common undefined where all sandboxes are this process's own */
export const createSandboxRegistry = (main: SandboxOptions, common?: SharedSandboxStore): SandboxRegistry => {
  const served = [...main.providers]
  const first = createSandbox(main)
  const sandboxes = new Map<string, Sandbox>()
  let known: ReadonlyMap<string, string> | undefined
  const hosts = (): ReadonlyMap<string, string> => {
    known ??= hostsOf(served, ({ id }) => first.instances.get(id)?.settings())
    return known
  }

  const within = (sandbox: Sandbox, path: string): Located => {
    const [head, rest] = split(path)
    const instance = sandbox.instances.get(head)
    return instance ? { sandbox, instance, path: rest } : { sandbox, path }
  }
  const leases = new Map<string, { readonly ttl: number; used: number; timer: NodeJS.Timeout | undefined }>()
  const forget = async (name: string): Promise<void> => {
    const sandbox = sandboxes.get(name)
    clearTimeout(leases.get(name)?.timer)
    leases.delete(name)
    sandboxes.delete(name)
    await sandbox?.close()
  }
  const remove = async (name: string): Promise<boolean> => {
    const here = sandboxes.has(name)
    await forget(name)
    return common ? (await common.removeSandbox(name)) || here : here
  }
  const lapse = (name: string): void => {
    const lease = leases.get(name)
    if (!lease) return
    const left = lease.used + lease.ttl - Date.now()
    if (left <= 0) void remove(name)
    else lease.timer = setTimeout(() => lapse(name), Math.min(left, longestTimer)).unref()
  }
  const openHere = (name: string, { ttl, ...options }: Omit<SandboxRequest, 'name'>): Sandbox => {
    const lease = ttl === undefined ? {} : { lease: ttl * 1000 }
    const kept = common
      ? { store: common.store(name, { ...lease, ...(options.journalLimit === undefined ? {} : { journalLimit: options.journalLimit }) }) }
      : {}
    const seeded = common && options.seed !== undefined ? { seed: runSeed(options.seed, common.starts) } : {}
    const sandbox = createSandbox({ ...options, ...kept, ...seeded, name, providers: served, url: () => `${main.url()}/~${name}` })
    sandboxes.set(name, sandbox)
    if (ttl !== undefined) {
      // Redis lets a common sandbox go: this process alone does not know whether others use it.
      const timer = common ? undefined : setTimeout(() => lapse(name), Math.min(ttl * 1000, longestTimer)).unref()
      leases.set(name, { ttl: ttl * 1000, used: Date.now(), timer })
    }
    return sandbox
  }
  const shared = common && createSharedSandboxRegistry(common, { sandboxes, openHere, forget })
  return {
    main: first,
    providers: served,
    sandboxes,
    // Some hosts are a merchant's own, and only a placeholder here.
    hosts: () => [...hosts().keys()].filter((one) => !one.includes('{')),
    ...(shared ? { refresh: shared.visit, publish: shared.announce } : {}),
    open: ({ name = randomBytes(6).toString('hex'), ...options }) => {
      if (!sandboxName.test(name))
        throw new SandboxError('name', `${JSON.stringify(name)} is not a sandbox name: up to 63 lower-case letters, digits and hyphens`)
      if (sandboxes.has(name)) throw new SandboxError('taken', `there is a sandbox ${name} already`)
      if (sandboxes.size >= maxSandboxes)
        throw new SandboxError('full', `there are ${maxSandboxes} sandboxes already: delete some, or give them a ttl`)
      const sandbox = openHere(name, options)
      shared?.opened(name, options)
      return sandbox
    },
    expiry: (name) => {
      const lease = leases.get(name)
      return lease && (lease.used + lease.ttl) / 1000
    },
    remove,
    redeclare: (provider) => {
      const at = served.findIndex(({ id }) => id === provider.id)
      if (at < 0) throw new Error(`no provider ${provider.id} is served here: its id cannot change while it is`)
      for (const sandbox of [first, ...sandboxes.values()]) sandbox.instances.get(provider.id)?.redeclare(provider)
      served[at] = provider
      known = undefined
    },
    locate: (asked, host) => {
      const path = asked.startsWith('/.well-known/') ? wellKnownBelow(asked, first.instances) : asked
      if (path.startsWith('/~')) {
        const [head, rest] = split(path)
        const sandbox = sandboxes.get(head.slice(1))
        const lease = leases.get(head.slice(1))
        if (lease) lease.used = Date.now()
        return sandbox ? within(sandbox, rest) : { sandbox: undefined, path }
      }
      if (host === undefined || ownName.test(host)) return within(first, path)
      const name = host.toLowerCase().replace(/:\d+$/, '')
      const id = hosts().get(name) ?? placedHost(hosts(), name)
      const instance = id === undefined ? undefined : first.instances.get(id)
      // A real host still lets `/<provider>/...` through: that is how the double names itself everywhere else.
      if (instance && (name.endsWith('.localhost') || !first.instances.has(split(path)[0]))) {
        return { sandbox: first, instance, path, ...(name.endsWith('.localhost') ? {} : { host: name }) }
      }
      return within(first, path)
    },
    close: async () => {
      for (const name of [...sandboxes.keys()]) await forget(name)
      await first.close()
      await common?.close()
    },
  }
}
