/** What a client left in its state directory that is not its store: its logs. */

import { open, readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Output } from '../invariants/history.js'
import type { PlayedStep } from './step.js'

/** Larger files are read no further. */
const limit = 1_000_000

/** Where a client names no store, a file is a log by its name. */
const looksLikeLog = (path: string): boolean => /(^|[/._-])(log|logs|debug|trace|err|out)([/._-]|$)/i.test(path)

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/**
 * The store itself, what is in it, and what writing it makes beside it: a file to be renamed, a lock, a journal of SQLite. Where a
 * client is killed in between, such a file stays.
 */
const isStore = (path: string, store: string): boolean => {
  if (path === store || path.startsWith(`${store}/`)) return true
  const cut = store.lastIndexOf('/') + 1
  const [folder, name] = [store.slice(0, cut), store.slice(cut)]
  const beside = path.startsWith(folder) ? path.slice(cut) : ''
  return (beside.startsWith(name) || beside.startsWith(`.${name}`)) && !looksLikeLog(beside.replace(name, ''))
}

/** Undefined where it is too large, or gone: a client that still runs removes files, such as its locks. */
const readLog = async (file: string): Promise<string | undefined> => {
  try {
    await using opened = await open(file)
    return (await opened.stat()).size > limit ? undefined : await opened.readFile('utf8')
  } catch {
    return undefined
  }
}

/** Whether the client was killed at some time, in a step or between two. */
export const wasKilled = (steps: readonly PlayedStep[]): boolean => steps.some(({ step, state }) => step === 'kill' || state === 'killed')

/**
 * @param store the file or folder, below the state directory, in which the client keeps tokens on purpose, where it names one
 * @param killed the client was killed, perhaps while it wrote its store into a file to be renamed, which may have any name
 */
export const logsIn = async (stateDir: string, store: string | undefined, killed: boolean): Promise<readonly Output[]> => {
  const found: Output[] = []
  for (const file of await filesBelow(stateDir)) {
    const path = relative(stateDir, file).split(sep).join('/')
    const kept = (store !== undefined && isStore(path, store)) || ((store === undefined || killed) && !looksLikeLog(path))
    const text = kept ? undefined : await readLog(file)
    if (text !== undefined) found.push({ where: `the file ${path} of its state directory`, text })
  }
  return found
}
