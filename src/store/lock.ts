/** One process to a file: a lock file beside it that says who, and is touched while its owner lives. */

import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { CannotOpen } from './store.js'

interface Owner {
  readonly pid: number
  readonly host: string
}

const touchEvery = 2000
/** An owner on another machine, or in another container, cannot be asked whether it lives: its lock has to be this old. */
const staleAfter = 10_000

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const read = (path: string): { readonly text: string; readonly owner: Owner | undefined; readonly age: number } | undefined => {
  try {
    const text = readFileSync(path, 'utf8')
    const age = Date.now() - statSync(path).mtimeMs
    const owner: unknown = text === '' ? undefined : JSON.parse(text)
    return { text, age, owner: typeof owner === 'object' && owner !== null ? (owner as Owner) : undefined }
  } catch (error) {
    if (error instanceof SyntaxError) return { text: '', age: Number.POSITIVE_INFINITY, owner: undefined }
    return undefined
  }
}

/** A process that was killed, and one whose pid came again in a fresh container, leave a lock that counts for nothing. */
const holds = ({ owner, age }: { readonly owner: Owner | undefined; readonly age: number }): boolean =>
  age < staleAfter && (owner === undefined || owner.host !== hostname() || (owner.pid !== process.pid && alive(owner.pid)))

/** @throws CannotOpen while another process holds the file */
export const lockFile = (file: string): (() => void) => {
  const path = `${file}.lock`
  const mine = JSON.stringify({ pid: process.pid, host: hostname() })
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const found = read(path)
    if (!found) continue
    if (holds(found)) {
      const who = found.owner ? ` (process ${found.owner.pid} on ${found.owner.host})` : ''
      throw new CannotOpen(`${file} is in use by another authdouble${who}: one process to a file, and Redis (--store) for several`)
    }
    const aside = `${path}.${process.pid}`
    try {
      renameSync(path, aside)
    } catch {
      continue
    }
    const taken = read(aside)?.text
    rmSync(aside, { force: true })
    // Somebody was faster, and it was their fresh lock that went aside.
    if (taken !== found.text && taken !== undefined && taken !== '') writeFileSync(path, taken)
  }
  const timer = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // Whoever removed the lock knows why.
    }
  }, touchEvery)
  timer.unref()
  return () => {
    clearInterval(timer)
    if (read(path)?.text === mine) rmSync(path, { force: true })
  }
}
