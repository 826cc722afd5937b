/** Reloads provider files when they change; what was issued stays. */

import { watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { isPath, loadProviderFile } from '../provider-files/load.js'
import type { Double } from '../server/double.js'

/** An editor writes a file in several steps: it is read once these are over. Milliseconds. */
const settlesIn = 50

/** @returns what stops it */
export const watchProviders = (double: Double, named: readonly unknown[], say: (text: string) => void): (() => void) => {
  let loads = 0
  const reload = async (file: string): Promise<void> => {
    loads += 1
    try {
      const provider = await loadProviderFile(file, loads)
      double.registry.redeclare(provider)
      say(`reloaded ${provider.id} from ${file}\n`)
    } catch (error) {
      say(`${error instanceof Error ? error.message : String(error)}\nkept what was served before\n`)
    }
  }
  const files = named.filter((one): one is string => typeof one === 'string' && isPath(one)).map((one) => resolve(one))
  const watchers = files.map((file) => {
    let waiting: NodeJS.Timeout | undefined
    // The folder is watched: many editors put a new file in the place of the old one.
    return watch(dirname(file), (_, changed) => {
      if (changed !== null && changed !== basename(file)) return
      clearTimeout(waiting)
      waiting = setTimeout(() => void reload(file), settlesIn)
    })
  })
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}
