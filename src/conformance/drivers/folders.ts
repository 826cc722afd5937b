/** Folders that last as long as a client runs, and no longer than the runner, however it ends. */

import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()

const removeAll = (): void => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 4, retryDelay: 20 })
}

/** At once, so that no folder is there of which nobody knows. @param prefix its name begins so */
export const makeFolder = (prefix: string): string => {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  if (made.size === 0) process.once('exit', removeAll)
  made.add(folder)
  return folder
}

/** A client that was just killed may still write into it for a moment. */
export const removeFolder = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true, maxRetries: 4, retryDelay: 50 }).catch(() => {})
  made.delete(folder)
  if (made.size === 0) process.off('exit', removeAll)
}
