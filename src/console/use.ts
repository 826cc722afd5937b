/** What is asked of the server whenever something was changed, or whenever an exchange came. */

import { useEffect, useState } from 'preact/hooks'
import { get } from './api/client.js'
import { journal, link } from './api/events.js'
import { changes } from './api/status.js'
import { useStore } from './store.js'

export interface Asked<T> {
  readonly value: T | undefined
  readonly problem: string | undefined
}

/** @param path undefined: nothing is asked @param traffic whether exchanges may change the answer @param tick asks again when it is another */
export const useAsked = <T>(path: string | undefined, traffic = false, tick?: unknown): Asked<T> => {
  const [asked, set] = useState<Asked<T>>({ value: undefined, problem: undefined })
  const changed = useStore(changes)
  const state = useStore(link)
  const entries = useStore(journal)
  const last = traffic ? entries[entries.length - 1]?.id : ''
  useEffect(() => {
    if (path === undefined) return
    let over = false
    // A burst of exchanges asks once.
    const timer = setTimeout(
      () =>
        void get<T>(path).then(
          (value) => over || set({ value, problem: undefined }),
          (error: unknown) => over || set((was) => ({ ...was, problem: error instanceof Error ? error.message : String(error) })),
        ),
      traffic ? 150 : 0,
    )
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [path, changed, state === 'live', last, tick])
  return asked
}
