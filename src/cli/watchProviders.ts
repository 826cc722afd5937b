/** Reloads provider files when they change, or when a file changes that they extend; what was issued stays. */

import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Double } from '../server/double.js'
import type { WatchedFile } from './config.js'

/** An editor writes a file in several steps: it is read once these are over. Milliseconds. */
const settlesIn = 50

/** @returns what stops it, once everything is watched */
export const watchProviders = async (double: Double, files: readonly WatchedFile[], say: (text: string) => void): Promise<() => void> => {
  let loads = 0
  const watchers = new Map<string, FSWatcher>()
  /** Which providers come from a file. */
  const users = new Map<string, Set<WatchedFile>>()
  const timers = new Map<WatchedFile, NodeJS.Timeout>()

  const load = (one: WatchedFile) => {
    loads += 1
    return one.load(loads, (read) => {
      users.set(read, (users.get(read) ?? new Set()).add(one))
      follow(dirname(read))
    })
  }
  const reload = async (one: WatchedFile): Promise<void> => {
    try {
      const provider = await load(one)
      double.registry.redeclare(provider)
      say(`reloaded ${provider.id} from ${one.file}\n`)
    } catch (error) {
      say(`${error instanceof Error ? error.message : String(error)}\nkept what was served before\n`)
    }
  }
  const changed = (path: string): void => {
    for (const one of users.get(path) ?? []) {
      clearTimeout(timers.get(one))
      timers.set(
        one,
        setTimeout(() => void reload(one), settlesIn),
      )
    }
  }
  // The folder is watched: many editors put a new file in the place of the old one.
  const follow = (folder: string): void => {
    if (watchers.has(folder)) return
    const watcher = watch(folder, (_, name) => {
      for (const path of users.keys()) if (dirname(path) === folder && (name === null || name === basename(path))) changed(path)
    })
    watchers.set(folder, watcher)
  }
  // Which files each one extends is known once it is read.
  await Promise.all(files.map((one) => load(one).catch(() => undefined)))
  return () => {
    for (const watcher of watchers.values()) watcher.close()
    for (const timer of timers.values()) clearTimeout(timer)
  }
}
