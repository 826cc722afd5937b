/** All sandboxes of one server, and the way from a URL to a provider in one of them. */

import { randomBytes } from 'node:crypto'
import type { Provider } from '../provider/define.js'
import type { Place } from './place.js'
import type { Sandbox, SandboxOptions } from './sandbox.js'
import { createSandbox } from './sandbox.js'

export interface House {
  readonly main: Sandbox
  readonly providers: readonly Provider[]
  readonly sandboxes: ReadonlyMap<string, Sandbox>
  /** @throws Error when the name is taken or is none. */
  readonly open: (options: Omit<SandboxOptions, 'name' | 'providers' | 'url'> & { readonly name?: string }) => Sandbox
  readonly remove: (name: string) => Promise<boolean>
  readonly locate: (path: string, host: string | undefined) => Located
  /** All real host names that are answered for, and `<provider>.localhost`. */
  readonly hosts: readonly string[]
  readonly close: () => Promise<void>
}

export interface Located {
  /** Undefined: there is no sandbox of that name. */
  readonly sandbox: Sandbox | undefined
  readonly place?: Place
  /** Below the provider, or below the sandbox where no provider was named. */
  readonly path: string
  /** The real host that the request named. */
  readonly host?: string
}

export const sandboxName = /^[a-z0-9][a-z0-9-]{0,62}$/

/** Real host names and the provider that each belongs to. */
const hostsOf = (providers: readonly Provider[], main: Sandbox): ReadonlyMap<string, string> => {
  const hosts = new Map<string, string>()
  for (const { id } of providers) {
    hosts.set(`${id}.localhost`, id)
    // Some hosts are a merchant's own, and only a placeholder here.
    for (const { host, alsoHosts } of Object.values(main.places.get(id)?.settings().endpoints ?? {}))
      for (const one of [host, ...(alsoHosts ?? [])]) if (!one.includes('{')) hosts.set(one, id)
  }
  return hosts
}

const split = (path: string): readonly [head: string, rest: string] => {
  const slash = path.indexOf('/', 1)
  return slash < 0 ? [path.slice(1), '/'] : [path.slice(1, slash), path.slice(slash)]
}

export const createHouse = (main: SandboxOptions): House => {
  const first = createSandbox(main)
  const rooms = new Map<string, Sandbox>()
  const hosts = hostsOf(main.providers, first)

  const within = (sandbox: Sandbox, path: string): Located => {
    const [head, rest] = split(path)
    const place = sandbox.places.get(head)
    return place ? { sandbox, place, path: rest } : { sandbox, path }
  }
  return {
    main: first,
    providers: main.providers,
    sandboxes: rooms,
    hosts: [...hosts.keys()],
    open: (options) => {
      const name = options.name ?? randomBytes(6).toString('hex')
      if (!sandboxName.test(name))
        throw new Error(`${JSON.stringify(name)} is no sandbox name: up to 63 lower-case letters, digits and hyphens`)
      if (rooms.has(name)) throw new Error(`there is a sandbox ${name} already`)
      const sandbox = createSandbox({ ...options, name, providers: main.providers, url: () => `${main.url()}/~${name}` })
      rooms.set(name, sandbox)
      return sandbox
    },
    remove: async (name) => {
      const sandbox = rooms.get(name)
      if (!sandbox) return false
      rooms.delete(name)
      await sandbox.close()
      return true
    },
    locate: (path, host) => {
      if (path.startsWith('/~')) {
        const [head, rest] = split(path)
        const sandbox = rooms.get(head.slice(1))
        return sandbox ? within(sandbox, rest) : { sandbox: undefined, path }
      }
      const name = host?.toLowerCase().replace(/:\d+$/, '') ?? ''
      const id = hosts.get(name)
      const place = id === undefined ? undefined : first.places.get(id)
      // A real host still lets `/zettle/...` through: that is how the double names itself everywhere else.
      if (place && (name.endsWith('.localhost') || !first.places.has(split(path)[0]))) {
        return { sandbox: first, place, path, ...(name.endsWith('.localhost') ? {} : { host: name }) }
      }
      return within(first, path)
    },
    close: async () => {
      for (const sandbox of rooms.values()) await sandbox.close()
      rooms.clear()
      await first.close()
    },
  }
}
