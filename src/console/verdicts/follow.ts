/** Runs that a terminal sends here while they go on. */

import { useEffect, useState } from 'preact/hooks'
import { get } from '../api/client.js'
import { changes, status } from '../api/status.js'
import { useStore } from '../store.js'
import { type Opened, readReport } from './reports.js'

interface Listed {
  readonly reports: readonly { readonly id: string; readonly revision: number }[]
}

/** Asks for a report again only when it has grown. */
export const useRuns = (): readonly Opened[] => {
  const [runs, set] = useState<readonly (Opened & { readonly revision: number })[]>([])
  const now = useStore(status)
  const changed = useStore(changes)
  useEffect(() => {
    let over = false
    const look = async (): Promise<void> => {
      const { reports } = await get<Listed>('/reports')
      const found = await Promise.all(
        reports.map(async ({ id, revision }) => {
          const known = runs.find((one) => one.id === id && one.revision === revision)
          if (known) return known
          const report = readReport(JSON.stringify(await get(`/reports/${encodeURIComponent(id)}`)))
          return { id, name: 'from a terminal', report, revision }
        }),
      )
      const same = found.length === runs.length && found.every((one, at) => one === runs[at])
      if (!over && !same) set(found)
    }
    look().catch(() => undefined)
    return () => {
      over = true
    }
  }, [now, changed])
  return runs
}
