/** All sandboxes of one server, and the way from a URL to a provider in one of them. */

import { randomBytes } from 'node:crypto'
import type { Provider } from '../provider/define.js'
import type { Now, Store } from '../store/store.js'
import type { Place } from './place.js'
import type { Sandbox, SandboxOptions } from './sandbox.js'
import { createSandbox } from './sandbox.js'
import type { Room } from './sharedRooms.js'
import { sharedRooms } from './sharedRooms.js'

export interface House {
  readonly main: Sandbox
  readonly providers: readonly Provider[]
  readonly sandboxes: ReadonlyMap<string, Sandbox>
  /** @throws Error when the name is taken or is none, or when there are too many sandboxes. */
  readonly open: (options: Wish) => Sandbox
  /** When a sandbox goes away unless it is used, in epoch seconds of real time. */
  readonly expiry: (name: string) => number | undefined
  readonly remove: (name: string) => Promise<boolean>
  /** Where other processes open sandboxes too: learns which of those that a path is about are there. @throws Unavailable */
  readonly visit?: (path: string) => Promise<void>
  /** Lets other processes know of sandboxes that were opened here. @throws NoRoom when one of them was faster */
  readonly announce?: () => Promise<void>
  readonly locate: (path: string, host: string | undefined) => Located
  /** All real host names that are answered for, and `<provider>.localhost`. */
  readonly hosts: () => readonly string[]
  readonly close: () => Promise<void>
}

export interface Lease {
  /** Made up when left out. */
  readonly name?: string
  /** Real seconds without a request after which the sandbox is thrown away; kept unless told. */
  readonly ttl?: number
}

/** Why no sandbox was made. */
export class NoRoom extends Error {
  readonly why: 'name' | 'taken' | 'full'
  constructor(why: NoRoom['why'], message: string) {
    super(message)
    this.why = why
  }
}

/** More sandboxes than this at once are forgotten ones. */
const mostRooms = 10_000

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

/** Names of this machine itself, by which most requests come: they are no provider's. */
const ownName = /^(127\.|\[|localhost(:|$))/i

const split = (path: string): readonly [head: string, rest: string] => {
  const slash = path.indexOf('/', 1)
  return slash < 0 ? [path.slice(1), '/'] : [path.slice(1, slash), path.slice(slash)]
}

/** Where sandboxes are known to other processes too. */
export interface Rooms {
  readonly store: (
    sandbox: string,
    options?: { readonly lease?: number; readonly journalLimit?: number | undefined },
  ) => (now: Now) => Store
  readonly addRoom: (name: string, room: Room) => Promise<boolean>
  readonly room: (name: string) => Promise<Room | undefined>
  readonly rooms: () => Promise<readonly string[]>
  readonly removeRoom: (name: string) => Promise<boolean>
  readonly starts: number
  readonly close: () => Promise<void>
}

/** Where records outlive the process, another run must not mint what they hold already. */
export const seedOfRun = (seed: string, starts: number): string => (starts === 0 ? seed : `${seed}+${starts}`)

type Wish = Omit<SandboxOptions, 'name' | 'providers' | 'url'> & Lease

/** @param common undefined where all sandboxes are this process's own */
export const createHouse = (main: SandboxOptions, common?: Rooms): House => {
  const first = createSandbox(main)
  const rooms = new Map<string, Sandbox>()
  let known: ReadonlyMap<string, string> | undefined
  const hosts = (): ReadonlyMap<string, string> => {
    known ??= hostsOf(main.providers, first)
    return known
  }

  const within = (sandbox: Sandbox, path: string): Located => {
    const [head, rest] = split(path)
    const place = sandbox.places.get(head)
    return place ? { sandbox, place, path: rest } : { sandbox, path }
  }
  const leases = new Map<string, { readonly ttl: number; used: number; timer: NodeJS.Timeout | undefined }>()
  const forget = async (name: string): Promise<void> => {
    const sandbox = rooms.get(name)
    clearTimeout(leases.get(name)?.timer)
    leases.delete(name)
    rooms.delete(name)
    await sandbox?.close()
  }
  const remove = async (name: string): Promise<boolean> => {
    const here = rooms.has(name)
    await forget(name)
    return common ? (await common.removeRoom(name)) || here : here
  }
  const lapse = (name: string): void => {
    const lease = leases.get(name)
    if (!lease) return
    const left = lease.used + lease.ttl - Date.now()
    if (left <= 0) void remove(name)
    else lease.timer = setTimeout(() => lapse(name), left).unref()
  }
  const openHere = (name: string, { ttl, ...options }: Omit<Wish, 'name'>): Sandbox => {
    const lease = ttl === undefined ? {} : { lease: ttl * 1000 }
    const kept = common
      ? { store: common.store(name, { ...lease, ...(options.journalLimit === undefined ? {} : { journalLimit: options.journalLimit }) }) }
      : {}
    const seeded = common && options.seed !== undefined ? { seed: seedOfRun(options.seed, common.starts) } : {}
    const sandbox = createSandbox({ ...options, ...kept, ...seeded, name, providers: main.providers, url: () => `${main.url()}/~${name}` })
    rooms.set(name, sandbox)
    if (ttl !== undefined) {
      // Redis lets a common sandbox go: this process alone does not know whether others use it.
      const timer = common ? undefined : setTimeout(() => lapse(name), ttl * 1000).unref()
      leases.set(name, { ttl: ttl * 1000, used: Date.now(), timer })
    }
    return sandbox
  }
  const shared = common && sharedRooms(common, { rooms, openHere, forget })
  return {
    main: first,
    providers: main.providers,
    sandboxes: rooms,
    hosts: () => [...hosts().keys()],
    ...(shared ? { visit: shared.visit, announce: shared.announce } : {}),
    open: ({ name = randomBytes(6).toString('hex'), ...wish }) => {
      if (!sandboxName.test(name))
        throw new NoRoom('name', `${JSON.stringify(name)} is no sandbox name: up to 63 lower-case letters, digits and hyphens`)
      if (rooms.has(name)) throw new NoRoom('taken', `there is a sandbox ${name} already`)
      if (rooms.size >= mostRooms) throw new NoRoom('full', `there are ${mostRooms} sandboxes already: delete some, or give them a ttl`)
      const sandbox = openHere(name, wish)
      shared?.opened(name, wish)
      return sandbox
    },
    expiry: (name) => {
      const lease = leases.get(name)
      return lease && (lease.used + lease.ttl) / 1000
    },
    remove,
    locate: (path, host) => {
      if (path.startsWith('/~')) {
        const [head, rest] = split(path)
        const sandbox = rooms.get(head.slice(1))
        const lease = leases.get(head.slice(1))
        if (lease) lease.used = Date.now()
        return sandbox ? within(sandbox, rest) : { sandbox: undefined, path }
      }
      if (host === undefined || ownName.test(host)) return within(first, path)
      const name = host.toLowerCase().replace(/:\d+$/, '')
      const id = hosts().get(name)
      const place = id === undefined ? undefined : first.places.get(id)
      // A real host still lets `/<provider>/...` through: that is how the double names itself everywhere else.
      if (place && (name.endsWith('.localhost') || !first.places.has(split(path)[0]))) {
        return { sandbox: first, place, path, ...(name.endsWith('.localhost') ? {} : { host: name }) }
      }
      return within(first, path)
    },
    close: async () => {
      for (const name of [...rooms.keys()]) await forget(name)
      await first.close()
      await common?.close()
    },
  }
}
