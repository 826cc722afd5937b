/** A world of its own: store, clock, journal, faults, approvals and toggles. */

import type { Clock, ClockChange } from '../clock/clock.js'
import { applyClockChange, createClock } from '../clock/clock.js'
import type { Faults } from '../faults/faults.js'
import { createFaults } from '../faults/faults.js'
import type { MaybePromise } from '../http/maybePromise.js'
import type { Journal } from '../journal/journal.js'
import { createJournal } from '../journal/journal.js'
import type { Approval, DecisionContext } from '../protocol/context.js'
import type { Kind, Records, Tx } from '../protocol/records.js'
import type { Provider } from '../provider/define.js'
import type { Toggle, Toggles } from '../provider/quirk.js'
import { currentName, quirksOf, withCurrentNames } from '../provider/quirk.js'
import { memoryStore } from '../store/memory.js'
import type { Now, Store } from '../store/store.js'
import { ValidationError } from '../validation/errors.js'
import { suggestion } from '../validation/nearest.js'
import type { Approvals } from './approvals.js'
import { createApprovals } from './approvals.js'
import type { InstrumentSync } from './instrumentSync.js'
import { createInstrumentSync } from './instrumentSync.js'
import type { Mints } from './mint.js'
import { createMints } from './mint.js'
import type { ProviderInstance } from './providerInstance.js'
import { createProviderInstance } from './providerInstance.js'
import { seedOf, seedRecords, usersOf } from './seed.js'
import { toggleProblem } from './togglesSchema.js'

export interface SandboxOptions {
  readonly name: string
  readonly providers: readonly Provider[]
  /** Where the sandbox is reached, without a slash at the end. */
  readonly url: () => string
  readonly seed?: string
  /** By `provider/name`. */
  readonly toggles?: Toggles
  /** Switches on all quirks named `also-takes-...`. */
  readonly tolerant?: boolean
  readonly approval?: Approval
  readonly journalLimit?: number
  /** Bytes. */
  readonly journalBytes?: number
  readonly store?: (now: Now) => Store
  readonly clock?: Clock
  /** A change of the clock at the start. */
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
  readonly instances: ReadonlyMap<string, ProviderInstance>
  /** There where instruments outlive this process, or are shared with others. */
  readonly sync: InstrumentSync | undefined
  /** Uses up what waits for one request: a fault, an approval. */
  readonly claim: <T>(take: () => T) => MaybePromise<T>
  /** Changes what all processes share of the instruments, where a request changes it. */
  readonly update: <T>(change: () => T) => MaybePromise<T>
  /** Waits for what may come about in another process too. */
  readonly follow: <T>(wait: () => Promise<T>) => Promise<T>
  /** Decides in a provider's world: a transaction with a fresh mint. */
  readonly decide: <T>(instance: ProviderInstance, decide: (context: DecisionContext, tx: Tx) => T, approval?: Approval) => MaybePromise<T>
  /** All of a provider's records of a kind, the seeded ones too. Its cost grows with their number: for lists that people look at. */
  readonly list: <K extends Kind>(instance: ProviderInstance, kind: K) => Promise<{ readonly [id: string]: Records[K] }>
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
const instanceOf = (instances: ReadonlyMap<string, ProviderInstance>, name: string): { instance: ProviderInstance; quirk: string } => {
  const slash = name.indexOf('/')
  const instance = instances.get(name.slice(0, Math.max(slash, 0)))
  if (!instance)
    throw new ValidationError(
      name,
      `${JSON.stringify(name)} names no provider: quirks are named provider/name, with a provider out of ${[...instances.keys()].join(', ')}${suggestion(name.slice(0, Math.max(slash, 0)), [...instances.keys()])}`,
    )
  return { instance, quirk: currentName(instance.provider.settings, name.slice(slash + 1)) }
}

export const createSandbox = (options: SandboxOptions): Sandbox => {
  const { providers, toggles = {}, tolerant = false } = options
  const clock = options.clock ?? createClock()
  if (options.starts) applyClockChange(clock, options.starts)
  let mints: Mints = createMints(options.seed)
  const taking: Mints = { take: () => mints.take() }
  const store = (options.store ?? memoryStore)(clock.now)
  const faults = createFaults(options.seed)
  const approvals = createApprovals(options.approval ?? {})
  const instances = new Map<string, ProviderInstance>()
  const closing = new AbortController()
  for (const provider of providers)
    instances.set(
      provider.id,
      createProviderInstance(provider, store, taking, togglesFor(provider, toggles, tolerant), () => `${options.url()}/${provider.id}`),
    )
  for (const name of Object.keys(toggles)) instanceOf(instances, name)
  const own = createJournal(options.journalLimit, options.journalBytes)
  const sync = createInstrumentSync(store, { clock, faults, approvals, instances, journal: own })
  const journal = sync?.journal ?? own
  const begun = faults.state()
  const seeded = new Set<string>()
  const inProgress = new Map<string, Promise<void>>()

  const contextOf = (instance: ProviderInstance, mint: DecisionContext['mint'], approval: Approval): DecisionContext => ({
    settings: instance.settings(),
    now: clock.now(),
    skew: clock.state().skew ?? 0,
    mint,
    approval,
    users: usersOf(instance.provider),
    base: `${options.url()}/${instance.provider.id}`,
  })
  const seedOnce = (instance: ProviderInstance): Promise<void> => {
    const { id } = instance.provider
    const under = inProgress.get(id)
    if (under) return under
    const { mint } = mints.take()
    const done = (async () => {
      try {
        await store.transact(id, (tx) => seedRecords(contextOf(instance, mint, {}), tx, seedOf(instance.provider)))
        seeded.add(id)
      } finally {
        inProgress.delete(id)
      }
    })()
    inProgress.set(id, done)
    return done
  }
  const { mint: seeding } = createMints().take()
  const decide = <T>(
    instance: ProviderInstance,
    decision: (context: DecisionContext, tx: Tx) => T,
    approval: Approval = {},
  ): MaybePromise<T> => {
    if (!seeded.has(instance.provider.id)) return seedOnce(instance).then(() => decide(instance, decision, approval))
    const { mint, rewind } = mints.take()
    return store.transact(instance.provider.id, (tx) => {
      rewind()
      // Another process may have thrown everything away meanwhile.
      if (store.shared) seedRecords(contextOf(instance, seeding, {}), tx, seedOf(instance.provider))
      return decision(contextOf(instance, mint, approval), tx)
    })
  }
  const begunWith = ({ provider }: ProviderInstance): Toggles =>
    withCurrentNames(provider.settings, togglesFor(provider, toggles, tolerant))
  const untoggle = (name?: string): void => {
    if (name?.includes('/')) {
      const { instance, quirk } = instanceOf(instances, name)
      if (!quirksOf(instance.provider.settings).some((placed) => placed.quirk.name === quirk)) throw new Error(`there is no quirk ${name}`)
      instance.setToggle(quirk, begunWith(instance)[quirk])
      return
    }
    for (const instance of instances.values())
      if (name === undefined || instance.provider.id === name) instance.setToggles(begunWith(instance))
  }
  const toggle: Sandbox['toggle'] = (name, to) => {
    const { instance, quirk } = instanceOf(instances, name)
    const problem = toggleProblem(providers, name, to)
    if (problem !== undefined) throw new ValidationError(name, problem)
    instance.setToggle(quirk, to)
  }
  return {
    name: options.name,
    url: options.url,
    store,
    clock,
    journal,
    faults,
    approvals,
    instances,
    decide,
    list: async (instance, kind) => {
      // A provider that nobody asked yet has its seed still before it.
      await decide(instance, () => undefined)
      return store.list(instance.provider.id, kind)
    },
    sync,
    claim: sync?.claim ?? ((take) => take()),
    update: sync?.update ?? ((change) => change()),
    follow: sync?.follow ?? ((wait) => wait()),
    toggle,
    toggleAll: (all) => {
      const before = [...instances.values()].map((instance) => [instance, instance.toggles()] as const)
      try {
        for (const [name, to] of Object.entries(all)) if (to !== undefined) toggle(name, to)
      } catch (error) {
        for (const [instance, toggles] of before) instance.setToggles(toggles)
        throw error
      }
    },
    untoggle,
    reset: async () => {
      mints = createMints(options.seed)
      clock.reset()
      if (options.starts) applyClockChange(clock, options.starts)
      journal.clear()
      faults.set(begun)
      approvals.reset()
      seeded.clear()
      await store.restore({})
      untoggle()
      for (const instance of instances.values()) instance.keys.reload()
    },
    closed: closing.signal,
    close: () => {
      closing.abort()
      faults.holds.set(undefined)
      return store.close()
    },
  }
}
