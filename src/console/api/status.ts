/** How the sandbox stands: its clock, its counts, and whether the server is there. */

import { useEffect, useState } from 'preact/hooks'
import { createStore, useStore } from '../store.js'
import type { Provider, Quirk, Status, Vocabulary } from '../types.js'
import { get } from './client.js'

export const status = createStore<Status | undefined>(undefined)
export const providers = createStore<readonly Provider[]>([])
export const quirks = createStore<readonly Quirk[]>([])
export const vocabulary = createStore<Vocabulary | undefined>(undefined)

/** Counts up whenever something was changed from here: what is shown is asked for anew. */
export const changes = createStore(0)

/** When the status came, by this machine's clock. */
let came = 0

const look = async (): Promise<void> => {
  const now = await get<Status>('/status').catch(() => undefined)
  if (!now) return
  came = Date.now()
  status.set(now)
}

export const refresh = (): void => {
  changes.set(changes.get() + 1)
  void look()
  void loadQuirks()
}

const loadQuirks = async (): Promise<void> => {
  const found = await get<{ readonly quirks: readonly Quirk[] }>('/quirks').catch(() => undefined)
  if (found) quirks.set(found.quirks)
}

/** What does not change while the server runs, and what is changed by toggles. */
export const load = async (): Promise<void> => {
  await Promise.all([
    look(),
    loadQuirks(),
    get<{ readonly providers: readonly Provider[] }>('/providers').then((found) => providers.set(found.providers)),
    get<Vocabulary>('/vocabulary').then(vocabulary.set),
  ]).catch(() => undefined)
}

/** Milliseconds between two looks; none while nobody looks at the page. */
const pause = 2000

export const watchStatus = (): (() => void) => {
  const timer = setInterval(() => {
    if (!document.hidden) void look()
  }, pause)
  return () => clearInterval(timer)
}

/** The sandbox's time, now. */
export const clockNow = (): number => {
  const clock = status.get()?.clock
  if (!clock) return Math.floor(Date.now() / 1000)
  return clock.frozen ? clock.now : Math.floor(clock.now + (Date.now() - came) / 1000)
}

/** Shows again every second. */
export const useNow = (): number => {
  const [, tick] = useState(0)
  useStore(status)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return clockNow()
}

export const nameOf = (provider: string | undefined): string => providers.get().find(({ id }) => id === provider)?.name ?? provider ?? '—'
