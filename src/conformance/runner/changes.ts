/** Watches the files of a client, to act while it writes. */

import { watch } from 'node:fs'
import { afterOwnTime } from '../drivers/ownTime.js'

export interface Changes extends Disposable {
  /** Resolves once so many changes were seen, or none came for so many milliseconds. */
  readonly seen: (count: number, quiet: number) => Promise<void>
}

/** @param folder what is in it, at any depth */
export const watchFiles = (folder: string): Changes => {
  let count = 0
  let changed = (): void => {}
  const watcher = watch(folder, { recursive: true }, () => {
    count += 1
    changed()
  })
  // What is removed while it is looked at is no change that matters.
  watcher.on('error', () => {})
  return {
    seen: (wanted, quiet) =>
      new Promise((settle) => {
        let stop = (): void => {}
        const finish = (): void => {
          stop()
          settle()
        }
        changed = () => {
          if (count >= wanted) return finish()
          stop()
          stop = afterOwnTime(quiet, finish)
        }
        changed()
      }),
    [Symbol.dispose]: () => watcher.close(),
  }
}
