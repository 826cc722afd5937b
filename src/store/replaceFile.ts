/** Replaces a file as a whole: whoever reads it finds the old text or the new one, and nobody else's file is touched. */

import { randomBytes } from 'node:crypto'
import { constants, renameSync } from 'node:fs'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const draftsOf = (file: string): RegExp => {
  const name = basename(file).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^\\.${name}\\.[0-9a-f]{24}\\.tmp$`)
}

/** Removes what a process that was killed left beside the file. Only for whoever holds the file's lock. */
export const removeDrafts = async (file: string): Promise<void> => {
  const drafts = draftsOf(file)
  for (const name of await readdir(dirname(file))) if (drafts.test(name)) await rm(join(dirname(file), name), { force: true })
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What others may do with the file stays as it is; nobody else may do anything with a new one. */
const modeOf = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).mode & 0o777
  } catch {
    return 0o600
  }
}

/**
 * @param sync waits until a power cut cannot take it back
 * @param check looks once more, right before the file is replaced, whether it may be
 * @throws the system's error, or that of `check`; the file is as it was then
 */
export const replaceFile = async (
  file: string,
  text: string,
  { sync, check }: { readonly sync: boolean; readonly check: () => void },
): Promise<void> => {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(12).toString('hex')}.tmp`)
  try {
    // Exclusive: a link that somebody laid there is not followed. O_NOFOLLOW and O_EXCL in one.
    const handle = await open(draft, 'wx', 0o600)
    try {
      const mode = await modeOf(file)
      if (mode !== 0o600) await handle.chmod(mode)
      await handle.writeFile(text)
      if (sync) await handle.sync()
    } finally {
      await handle.close()
    }
    check()
    renameSync(draft, file)
  } catch (error) {
    // What could be written of it must not keep the disk full.
    await rm(draft, { force: true })
    throw error
  }
  if (sync) await syncFolder(dirname(file))
}
