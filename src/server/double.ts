/** The instruments of one sandbox as a test in this process holds them; the control API is the other door to the same. */

import type { Clock, ClockChange } from '../instruments/clock.js'
import { explain } from '../instruments/explain.js'
import type { Aim, Fault, Mishap, NewFault } from '../instruments/faults.js'
import type { Journal, JournalEntry } from '../instruments/journal.js'
import type { Approval } from '../protocol/world.js'
import type { Toggle, Toggles } from '../provider/quirk.js'
import type { Operation } from '../provider/settings.js'
import type { Address } from './addresses.js'
import { addressOf, fullAddressOf } from './addresses.js'
import type { GivenApiKey, GivenCode, GivenTokens, WishedApiKey, WishedCode, WishedTokens } from './give.js'
import { giveApiKey, giveCode, giveTokens } from './give.js'
import type { House } from './house.js'
import type { Fetch } from './inProcess.js'
import type { ClientView, NewClient, NewUser, UserView } from './parties.js'
import { addUser, listClients, listUsers, registerClient, removeClient, removeUser } from './parties.js'
import type { Place } from './place.js'
import { rotateTokens } from './rotate.js'
import type { Sandbox } from './sandbox.js'
import type { StateDocument } from './state.js'
import { exportState, importState } from './state.js'
import type { Selection, TokenView } from './tokens.js'
import { expireTokens, listTokens, revokeTokens } from './tokens.js'

export interface SandboxWish {
  /** Made up when left out: up to 63 lower-case letters, digits and hyphens. */
  readonly name?: string
  /** The same ids, codes and opaque tokens on every run. */
  readonly seed?: number | string
  /** By `provider/name`. */
  readonly quirks?: Toggles
  /** All `also-takes-...` quirks on. */
  readonly tolerant?: boolean
  /** Show log-in and consent pages; otherwise the first seeded user approves at once. */
  readonly interactive?: boolean
  /** How the clock begins. */
  readonly clock?: ClockChange
  /** Real seconds without a request after which it is thrown away; kept unless told. */
  readonly ttl?: number
}

type HowOften = Pick<Aim, 'times' | 'when' | 'probability'>

/** One provider's share of the instruments, or, without a provider, everybody's. */
export interface Instruments<Q extends string = string> {
  readonly clock: Clock
  /** @throws Error that names the quirk when there is none of that name, or its value is not one of its kind. */
  readonly quirks: {
    // Methods, so that a double of certain providers still passes for a double.
    set(name: Q, toggle: Toggle): void
    reset(name?: Q): void
  }
  readonly faults: {
    /** The next request of this operation meets the fault: once unless `times` says otherwise. @example double.faults.next('zettle', 'token', lose()) */
    readonly next: (provider: string | undefined, operation: Operation | undefined, mishap: Mishap, how?: HowOften) => Fault
    /** Every request of this operation meets it, until it is cleared. */
    readonly set: (provider: string | undefined, operation: Operation | undefined, mishap: Mishap, how?: HowOften) => Fault
    readonly add: (fault: NewFault) => Fault
    /** Those that wait. */
    readonly list: () => readonly Fault[]
    /** Waiting or spent. */
    readonly get: (id: string) => Fault | undefined
    /** One, or all. */
    readonly clear: (id?: string) => void
  }
  /** What the person at the browser does from now on, or once. */
  readonly approvals: {
    readonly set: (approval: Approval, how?: { readonly provider?: string; readonly once?: boolean }) => void
    readonly as: (user: string, how?: { readonly provider?: string; readonly once?: boolean }) => void
    readonly deny: (how?: { readonly provider?: string; readonly once?: boolean }) => void
    readonly ask: (how?: { readonly provider?: string; readonly once?: boolean }) => void
    readonly fail: (error: string, how?: { readonly provider?: string; readonly once?: boolean }) => void
    readonly reset: () => void
  }
  readonly journal: Journal & { readonly explain: (entry: JournalEntry) => string }
  readonly codes: { readonly mint: (provider: string, wish?: WishedCode) => Promise<GivenCode> }
  readonly assertions: { readonly mint: (provider: string, wish?: WishedApiKey) => Promise<GivenApiKey> }
  readonly tokens: {
    readonly list: (selection?: Selection) => Promise<readonly TokenView[]>
    readonly mint: (provider: string, wish?: WishedTokens) => Promise<GivenTokens>
    /** The server says expired now; what the tokens say of themselves stays. */
    readonly expire: (selection: Selection) => Promise<readonly TokenView[]>
    readonly revoke: (selection: Selection) => Promise<readonly TokenView[]>
    /** Live refresh tokens end as rotated and new ones take their places, as after a refresh that the client did not see. @throws Error where a provider refuses one more */
    readonly rotate: (selection: Selection) => Promise<readonly TokenView[]>
  }
  /** Signs with a new key from now on; the old one stays published, or is gone. @returns the new key's id */
  readonly keys: { readonly rotate: (provider: string, old?: 'published' | 'gone') => Promise<string> }
  readonly clients: {
    readonly list: (provider: string) => Promise<readonly ClientView[]>
    readonly register: (provider: string, wish?: NewClient) => Promise<ClientView>
    readonly remove: (provider: string, id: string) => Promise<boolean>
  }
  readonly users: {
    readonly list: (provider: string) => Promise<readonly UserView[]>
    readonly add: (provider: string, wish?: NewUser) => Promise<UserView>
    /** Ends what depends on the user. */
    readonly remove: (provider: string, id: string) => Promise<boolean>
  }
  /** The whole sandbox as one JSON document. */
  readonly state: { readonly export: () => Promise<StateDocument>; readonly import: (document: unknown) => Promise<void> }
}

export interface Reach {
  readonly tls?: string
  readonly proxy?: string
  /** The path of the authority's certificate. */
  readonly ca?: string
}

/** A sandbox: a world of its own, at a URL of its own. */
export interface Double<Q extends string = string> extends Instruments<Q>, AsyncDisposable {
  /** `default`, or the sandbox's name. */
  readonly name: string
  /** The sandbox's URL, or that of a provider in it. */
  readonly url: (provider?: string) => string
  /** URLs and demonstration credentials of a provider. */
  readonly provider: (id: string) => Address
  /** Those of all providers, with an API key where there are such. */
  readonly addresses: () => Promise<{ readonly [provider: string]: Address }>
  /** Answers every URL in this process, without a port; a path counts from `url()`. Nothing leaves the process. */
  readonly fetch: Fetch
  /** All sandboxes of the server. */
  readonly house: House
  /** The real host names the server answers for, and `<provider>.localhost`. */
  readonly hosts: readonly string[]
  /** Further ways in, each where it was asked for. */
  readonly reach: Reach
  readonly approve: (approval: Approval, how?: { readonly provider?: string; readonly once?: boolean }) => void
  /** Another world beside this one: own store, clock, journal, faults, approvals and quirks. */
  readonly sandbox: (wish?: SandboxWish) => Promise<Double<Q>>
  /** Back to how it began. */
  readonly reset: () => Promise<void>
  /** Throws the sandbox away; of the default one, stops the server. */
  readonly close: () => Promise<void>
}

const placeIn = (sandbox: Sandbox, id: string): Place => {
  const found = sandbox.places.get(id)
  if (!found) throw new Error(`no provider ${JSON.stringify(id)} is served here: there are ${[...sandbox.places.keys()].join(', ')}`)
  return found
}

const instrumentsOf = <Q extends string>(sandbox: Sandbox): Instruments<Q> => {
  const place = (id: string): Place => placeIn(sandbox, id)
  const add = (provider: string | undefined, operation: Operation | undefined, mishap: Mishap, how: HowOften): Fault =>
    sandbox.faults.add({
      ...mishap,
      ...(provider === undefined ? {} : { provider: place(provider).provider.id }),
      ...(operation === undefined ? {} : { operation }),
      ...how,
    })
  const { set, reset } = sandbox.approvals
  return {
    clock: sandbox.clock,
    quirks: {
      set: sandbox.toggle,
      reset: sandbox.untoggle,
    },
    faults: {
      next: (provider, operation, mishap, how = {}) => add(provider, operation, mishap, how),
      set: (provider, operation, mishap, how = {}) => add(provider, operation, mishap, { times: 'always', ...how }),
      add: sandbox.faults.add,
      list: sandbox.faults.list,
      get: sandbox.faults.get,
      clear: (id) => (id === undefined ? sandbox.faults.clear() : void sandbox.faults.remove(id)),
    },
    approvals: {
      set,
      as: (user, how) => set({ as: user }, how),
      deny: (how) => set({ deny: true }, how),
      ask: (how) => set({ ask: true }, how),
      fail: (error, how) => set({ error }, how),
      reset,
    },
    journal: { ...sandbox.journal, explain },
    codes: { mint: async (provider, wish = {}) => giveCode(sandbox, place(provider), wish) },
    assertions: { mint: async (provider, wish = {}) => giveApiKey(sandbox, place(provider), wish) },
    tokens: {
      list: (selection) => listTokens(sandbox, selection),
      mint: async (provider, wish = {}) => giveTokens(sandbox, place(provider), wish),
      expire: (selection) => expireTokens(sandbox, selection),
      revoke: (selection) => revokeTokens(sandbox, selection),
      rotate: (selection) => rotateTokens(sandbox, selection),
    },
    keys: { rotate: async (provider, old = 'published') => place(provider).keys.rotate(old) },
    clients: {
      list: async (provider) => listClients(sandbox, place(provider)),
      register: async (provider, wish = {}) => registerClient(sandbox, place(provider), wish),
      remove: async (provider, id) => removeClient(sandbox, place(provider), id),
    },
    users: {
      list: async (provider) => listUsers(sandbox, place(provider)),
      add: async (provider, wish = {}) => addUser(sandbox, place(provider), wish),
      remove: async (provider, id) => removeUser(sandbox, place(provider), id),
    },
    state: { export: () => exportState(sandbox), import: (document) => importState(sandbox, document) },
  }
}

/** What a wish means to the house. */
export const leaseOf = ({ seed, quirks, interactive, clock, ...rest }: SandboxWish): Parameters<House['open']>[0] => ({
  ...rest,
  ...(seed === undefined ? {} : { seed: String(seed) }),
  ...(quirks ? { toggles: quirks } : {}),
  ...(interactive ? { approval: { ask: true } as const } : {}),
  ...(clock ? { starts: clock } : {}),
})

/** What all doubles of one server share. */
export interface Ground {
  readonly house: House
  readonly reach: Reach
  /** Makes a `fetch` for paths below a URL. */
  readonly fetch: (base: () => string) => Fetch
}

export const doubleOf = <Q extends string>(ground: Ground, sandbox: Sandbox, close: () => Promise<void>): Double<Q> => {
  const { house, reach, fetch } = ground
  const { url } = sandbox
  return {
    ...instrumentsOf<Q>(sandbox),
    name: sandbox.name,
    url: (provider) => (provider === undefined ? url() : `${url()}/${placeIn(sandbox, provider).provider.id}`),
    provider: (id) => addressOf(sandbox, placeIn(sandbox, id)),
    addresses: async () =>
      Object.fromEntries(
        await Promise.all([...sandbox.places.values()].map(async (one) => [one.provider.id, await fullAddressOf(sandbox, one)] as const)),
      ),
    fetch: fetch(url),
    house,
    get hosts() {
      return house.hosts()
    },
    reach,
    approve: sandbox.approvals.set,
    sandbox: async (wish = {}) => {
      const room = house.open(leaseOf(wish))
      await house.announce?.()
      return doubleOf<Q>(ground, room, async () => void (await house.remove(room.name)))
    },
    reset: sandbox.reset,
    close,
    [Symbol.asyncDispose]: close,
  }
}
