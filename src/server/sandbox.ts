/** A world of its own: store, clock, journal, faults, approvals and toggles. */

import type { Approvals } from '../instruments/approvals.js'
import { createApprovals } from '../instruments/approvals.js'
import type { Clock, ClockChange } from '../instruments/clock.js'
import { change, createClock } from '../instruments/clock.js'
import type { Faults } from '../instruments/faults.js'
import { createFaults } from '../instruments/faults.js'
import type { Journal } from '../instruments/journal.js'
import { createJournal } from '../instruments/journal.js'
import type { Mints } from '../instruments/mint.js'
import { createMints } from '../instruments/mint.js'
import type { Tx } from '../protocol/records.js'
import type { Approval, World } from '../protocol/world.js'
import type { Provider } from '../provider/define.js'
import type { Toggle, Toggles } from '../provider/quirk.js'
import { quirksOf } from '../provider/quirk.js'
import { memoryStore } from '../store/memory.js'
import type { Now, Store } from '../store/store.js'
import type { Soon } from '../wire/soon.js'
import type { Place } from './place.js'
import { createPlace } from './place.js'
import { plant, seedOf, usersOf } from './seed.js'
import type { Sharing } from './sharing.js'
import { share } from './sharing.js'

export interface SandboxOptions {
  readonly name: string
  readonly providers: readonly Provider[]
  /** Where the sandbox is reached, without a slash at the end. */
  readonly url: () => string
  readonly seed?: string
  /** By `provider/name`. */
  readonly toggles?: Toggles
  /** All `also-takes-...` quirks on. */
  readonly tolerant?: boolean
  readonly approval?: Approval
  readonly journalLimit?: number
  readonly store?: (now: Now) => Store
  readonly clock?: Clock
  /** How the clock begins. */
  readonly starts?: ClockChange
}

export interface Sandbox {
  readonly name: string
  readonly url: () => string
  readonly store: Store
  readonly clock: Clock
  readonly journal: Journal
  readonly faults: Faults
  readonly approvals: Approvals
  readonly places: ReadonlyMap<string, Place>
  /** There where instruments outlive this process, or are shared with others. */
  readonly sharing: Sharing | undefined
  /** Uses up what waits for one request: a fault, an approval. */
  readonly claim: <T>(take: () => T) => Soon<T>
  /** Decides in a provider's world: a transaction with a fresh mint. */
  readonly decide: <T>(place: Place, decide: (world: World, tx: Tx) => T, approval?: Approval) => Soon<T>
  /** @throws Error that names the quirk. */
  readonly toggle: (name: string, toggle: Toggle) => void
  /** Several at once; none when one of them is wrong. @throws Error that names the quirk */
  readonly toggleAll: (toggles: Toggles) => void
  /** The toggles as they began: all, one provider's, or that of `provider/name`. @throws Error when there is none of that name */
  readonly untoggle: (name?: string) => void
  /** Back to how it began: records, toggles, clock, approvals, journal. */
  readonly reset: () => Promise<void>
  /** Aborted when the sandbox has gone: whoever still follows it has nothing to wait for. */
  readonly closed: AbortSignal
  readonly close: () => Promise<void>
}

/** The toggles of one provider out of those of all. */
export const togglesFor = (provider: Provider, toggles: Toggles, tolerant: boolean): Toggles => {
  const own = Object.entries(toggles)
    .filter(([name]) => name.startsWith(`${provider.id}/`))
    .map(([name, toggle]) => [name.slice(provider.id.length + 1), toggle] as const)
  const also = tolerant ? quirksOf(provider.settings).filter(({ quirk }) => quirk.name.startsWith('also-takes-')) : []
  return Object.fromEntries([...also.map(({ quirk }) => [quirk.name, true] as const), ...own])
}

/** Splits `<provider>/<quirk>`. @throws Error when no such provider is served. */
const placeOf = (places: ReadonlyMap<string, Place>, name: string): { place: Place; quirk: string } => {
  const slash = name.indexOf('/')
  const place = places.get(name.slice(0, Math.max(slash, 0)))
  if (!place)
    throw new Error(
      `${JSON.stringify(name)} names no provider: quirks are named provider/name, with a provider out of ${[...places.keys()].join(', ')}`,
    )
  return { place, quirk: name.slice(slash + 1) }
}

export const createSandbox = (options: SandboxOptions): Sandbox => {
  const { providers, toggles = {}, tolerant = false } = options
  const clock = options.clock ?? createClock()
  if (options.starts) change(clock, options.starts)
  let mints: Mints = createMints(options.seed)
  const taking: Mints = { take: () => mints.take() }
  const store = (options.store ?? memoryStore)(clock.now)
  const faults = createFaults(options.seed)
  const approvals = createApprovals(options.approval ?? {})
  const places = new Map<string, Place>()
  const closing = new AbortController()
  for (const provider of providers) places.set(provider.id, createPlace(provider, store, taking, togglesFor(provider, toggles, tolerant)))
  for (const name of Object.keys(toggles)) placeOf(places, name)
  const sharing = share(store, { clock, faults, approvals, places, journal: createJournal(options.journalLimit) })
  const journal = sharing?.journal ?? createJournal(options.journalLimit)
  const begun = faults.state()
  const planted = new Set<string>()
  const planting = new Map<string, Promise<void>>()

  const worldOf = (place: Place, mint: World['mint'], approval: Approval): World => ({
    settings: place.settings(),
    now: clock.now(),
    skew: clock.state().skew ?? 0,
    mint,
    approval,
    users: usersOf(place.provider),
    base: `${options.url()}/${place.provider.id}`,
  })
  const plantOnce = (place: Place): Promise<void> => {
    const { id } = place.provider
    const under = planting.get(id)
    if (under) return under
    const { mint } = mints.take()
    const done = (async () => {
      try {
        await store.transact(id, (tx) => plant(worldOf(place, mint, {}), tx, seedOf(place.provider)))
        planted.add(id)
      } finally {
        planting.delete(id)
      }
    })()
    planting.set(id, done)
    return done
  }
  const { mint: seeding } = createMints().take()
  const decide = <T>(place: Place, decision: (world: World, tx: Tx) => T, approval: Approval = {}): Soon<T> => {
    if (!planted.has(place.provider.id)) return plantOnce(place).then(() => decide(place, decision, approval))
    const { mint, rewind } = mints.take()
    return store.transact(place.provider.id, (tx) => {
      rewind()
      // Another process may have thrown everything away meanwhile.
      if (store.shared) plant(worldOf(place, seeding, {}), tx, seedOf(place.provider))
      return decision(worldOf(place, mint, approval), tx)
    })
  }
  const begunWith = (place: Place): Toggles => togglesFor(place.provider, toggles, tolerant)
  const untoggle = (name?: string): void => {
    if (name?.includes('/')) {
      const { place, quirk } = placeOf(places, name)
      if (!quirksOf(place.provider.settings).some((placed) => placed.quirk.name === quirk)) throw new Error(`no quirk is named ${name}`)
      place.setToggle(quirk, begunWith(place)[quirk])
      return
    }
    for (const place of places.values()) if (name === undefined || place.provider.id === name) place.setToggles(begunWith(place))
  }
  const toggle: Sandbox['toggle'] = (name, to) => {
    const { place, quirk } = placeOf(places, name)
    place.setToggle(quirk, to)
  }
  return {
    name: options.name,
    url: options.url,
    store,
    clock,
    journal,
    faults,
    approvals,
    places,
    decide,
    sharing,
    claim: sharing?.claim ?? ((take) => take()),
    toggle,
    toggleAll: (all) => {
      const before = [...places.values()].map((place) => [place, place.toggles()] as const)
      try {
        for (const [name, to] of Object.entries(all)) toggle(name, to)
      } catch (error) {
        for (const [place, toggles] of before) place.setToggles(toggles)
        throw error
      }
    },
    untoggle,
    reset: async () => {
      mints = createMints(options.seed)
      clock.reset()
      if (options.starts) change(clock, options.starts)
      journal.clear()
      faults.set(begun)
      approvals.reset()
      planted.clear()
      await store.restore({})
      untoggle()
      for (const place of places.values()) place.keys.reload()
    },
    closed: closing.signal,
    close: () => {
      closing.abort()
      return store.close()
    },
  }
}
