/** Keeps a sandbox's instruments the same in all processes that share its store, and over a restart where the store outlives one. */

import type { Clock, ClockState } from '../clock/clock.js'
import type { FaultState, Faults } from '../faults/faults.js'
import type { JournalEntry } from '../journal/entry.js'
import type { Journal } from '../journal/journal.js'
import type { InstrumentRecord } from '../protocol/records.js'
import type { Toggles } from '../provider/quirk.js'
import type { Shared, Store } from '../store/store.js'
import type { ApprovalState, Approvals } from './approvals.js'
import type { ProviderInstance } from './providerInstance.js'

export interface InstrumentSync {
  readonly journal: Journal
  /** Before a request: brings the instruments up to date. @throws Unavailable */
  readonly begin: () => Promise<void>
  /** Uses up what waits for one request, a fault or an approval, once among all processes. */
  readonly claim: <T>(take: () => T) => Promise<T>
  /** Changes what all processes share. */
  readonly update: <T>(change: () => T) => Promise<T>
  /** Waits for something, and looks meanwhile whether other processes have changed the instruments. */
  readonly follow: <T>(wait: () => Promise<T>) => Promise<T>
  /** Runs a call of the control API: one that changes something has the sandbox to itself. */
  readonly control: (method: string, run: () => Promise<void>) => Promise<void>
  /** After a request: its journal entry is where all find it. @throws Unavailable */
  readonly end: () => Promise<void>
}

interface SyncState {
  /** Grows with every call that may have changed something. */
  readonly revision: number
  readonly clock: ClockState
  readonly toggles: { readonly [provider: string]: Toggles }
  readonly approvals: ApprovalState
  readonly faults: FaultState
  /** How often the journal was emptied. */
  readonly emptied: number
}

export interface SyncedInstruments {
  readonly clock: Clock
  readonly faults: Faults
  readonly approvals: Approvals
  readonly instances: ReadonlyMap<string, ProviderInstance>
  readonly journal: Journal
}

/** Milliseconds between two looks at what is common while somebody waits for it. */
const lookEvery = 25

/** A journal whose entries go to all and come from all. */
const commonJournal = (own: Journal, shared: Shared, emptied: () => void) => {
  const numbers: number[] = []
  const sending = new Set<Promise<void>>()
  let seen = '0'
  let pulling: Promise<void> = Promise.resolve()
  const send = (sent: Promise<void>): void => {
    sending.add(sent)
    const done = (): void => void sending.delete(sent)
    sent.then(done, done)
  }
  const pullNow = async (): Promise<void> => {
    for (const { at, entry } of await shared.logged(seen)) {
      own.addEntry(JSON.parse(entry) as JournalEntry)
      seen = at
    }
  }
  const pull = (): Promise<void> => {
    const mine = pulling.then(pullNow)
    pulling = mine.catch(() => {})
    return mine
  }
  let watchers = 0
  let timer: NodeJS.Timeout | undefined
  const subscribe: Journal['subscribe'] = (listener) => {
    const stop = own.subscribe(listener)
    watchers += 1
    timer ??= setInterval(() => void pull().catch(() => {}), lookEvery)
    let stopped = false
    return () => {
      stop()
      if (stopped) return
      stopped = true
      watchers -= 1
      if (watchers > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }
  const addEntry: Journal['addEntry'] = (entry) => send(shared.log(JSON.stringify(entry)))
  const journal: Journal = {
    ...own,
    nextId: () => {
      const number = numbers.shift()
      return number === undefined ? own.nextId() : `r${number}`
    },
    add: (id, known, text, about, read) => addEntry(read(id, known, text, about)),
    addEntry,
    await: async (filter, timeout) => {
      await pull()
      const stop = subscribe(() => {})
      try {
        return await own.await(filter, timeout)
      } finally {
        stop()
      }
    },
    subscribe,
    clear: () => {
      own.clear()
      emptied()
      send(shared.clearLog())
    },
  }
  return {
    journal,
    pull,
    reserve: async () => {
      numbers.push(await shared.serial())
      // Not every request is noted down.
      if (numbers.length > 1000) numbers.shift()
    },
    sent: async () => void (await Promise.all(sending)),
  }
}

/** @returns undefined for a store that ends with this process */
export const createInstrumentSync = (store: Store, kit: SyncedInstruments): InstrumentSync | undefined => {
  if (!store.outlives) return undefined
  const { clock, faults, approvals, instances } = kit
  const { shared } = store
  let revision = 0
  let emptied = 0
  const common =
    shared &&
    commonJournal(kit.journal, shared, () => {
      emptied += 1
    })
  const shape = (): SyncState => ({
    revision,
    clock: clock.state(),
    toggles: Object.fromEntries([...instances].map(([id, instance]) => [id, instance.toggles()])),
    approvals: approvals.state(),
    faults: faults.state(),
    emptied,
  })
  const begun = shape()
  let known: InstrumentRecord | undefined
  const apply = (to: SyncState): void => {
    clock.set(to.clock)
    approvals.restore(to.approvals)
    faults.set(to.faults)
    for (const [id, instance] of instances) {
      const wanted = to.toggles[id] ?? {}
      if (JSON.stringify(instance.toggles()) !== JSON.stringify(wanted)) instance.setToggles(wanted)
      if (to.revision !== revision) instance.keys.reload()
    }
    if (to.emptied !== emptied) kit.journal.clear()
    revision = to.revision
    emptied = to.emptied
  }
  let loaded = false
  const load = async (): Promise<void> => {
    const found = await store.transact('', (tx) => tx.get('instruments', 'all'))
    if (found === known && loaded) return
    // All was thrown away: everything is as it began.
    if (found !== undefined || known !== undefined) apply((found?.shape as SyncState | undefined) ?? { ...begun, emptied })
    known = found
    loaded = true
  }
  const save = async (): Promise<void> => {
    const record: InstrumentRecord = { shape: shape() }
    await store.transact('', (tx) => tx.put('instruments', 'all', record))
    known = record
  }
  const begin = async (): Promise<void> => {
    if (common) await Promise.all([load(), common.reserve()])
    else if (!loaded) await load()
  }
  const exclusive: Shared['exclusive'] = shared?.exclusive ?? ((act) => act())
  const update = <T>(change: () => T): Promise<T> =>
    exclusive(async () => {
      await load()
      const changed = change()
      await save()
      return changed
    })
  const waiting = (): string => JSON.stringify([approvals.state(), faults.state()])
  return {
    journal: common?.journal ?? kit.journal,
    begin,
    claim: async (take) => {
      const before = { approvals: approvals.state(), faults: faults.state(), text: waiting() }
      const taken = take()
      if (!shared || waiting() === before.text) return taken
      approvals.restore(before.approvals)
      faults.set(before.faults)
      return update(take)
    },
    update: async (change) => (shared ? update(change) : change()),
    follow: async (wait) => {
      if (!shared) return wait()
      const timer = setInterval(() => void load().catch(() => {}), lookEvery)
      try {
        return await wait()
      } finally {
        clearInterval(timer)
      }
    },
    control: async (method, run) => {
      if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
        await common?.pull()
        return run()
      }
      await exclusive(async () => {
        await load()
        await common?.pull()
        const before = shape()
        await run()
        revision += 1
        try {
          await save()
        } catch (error) {
          // What could not be kept is not in force either: the answer says that nothing has happened.
          apply(before)
          throw error
        }
        await common?.sent()
      })
    },
    end: async () => common?.sent(),
  }
}
