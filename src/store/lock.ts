/** One process to a file: a lock file beside it that says who, and that its owner looks at before each write. */

import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { CannotOpen, Unavailable } from './store.js'

interface Owner {
  readonly pid: number
  readonly host: string
  /** When the process began, as its system counts: a pid comes again. */
  readonly began?: string | undefined
}

export interface FileLock {
  /** @throws Unavailable once another process has taken the file over */
  readonly check: () => void
  /** Whether it was seen: asking costs nothing. */
  readonly lost: () => boolean
  /** What to say then. */
  readonly taken: string
  readonly release: () => void
}

const touchEvery = 2000
/** An owner that cannot be asked whether it lives, on another machine or in another container, has a lock that is this old at most. */
const staleAfter = 10_000

/** Tells a process from a later one of the same pid; undefined where the system does not say. */
const beganAt = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything; the start time is the 20th field behind it.
    const time = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19)
    return time === undefined ? undefined : `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${time}`
  } catch {
    return undefined
  }
}

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

/**
 * A process that was killed, and one whose pid came again in a fresh container, leave a lock that counts for nothing. One that
 * is known to live holds its lock however old it is: it may only be stopped.
 */
const holds = ({ owner, age }: { readonly owner: Owner | undefined; readonly age: number }): boolean => {
  if (owner?.host !== hostname()) return age < staleAfter
  if (owner.pid === process.pid || !alive(owner.pid)) return false
  const began = beganAt(owner.pid)
  if (owner.began !== undefined && began !== undefined) return owner.began === began
  return age < staleAfter
}

const removeStale = (path: string, stale: string): void => {
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  try {
    // Somebody was faster, and it was their fresh lock that went aside.
    const taken = read(aside)?.text
    if (taken !== undefined && taken !== stale) linkSync(aside, path)
  } catch {
    // And somebody else was faster still: the first of these two finds out before it writes.
  } finally {
    rmSync(aside, { force: true })
  }
}

/** @throws CannotOpen while another process holds the file */
export const lockFile = (file: string): FileLock => {
  const path = `${file}.lock`
  // The token tells this lock from every other, also from one that this process had before.
  const token = randomBytes(12).toString('hex')
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), began: beganAt(process.pid), token })
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o644 })
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
    removeStale(path, found.text)
  }
  let lost = false
  const taken = `another authdouble has taken ${file} over while this process stood still: start this one again`
  const check = (): void => {
    lost ||= read(path)?.text !== mine
    if (lost) throw new Unavailable(taken)
  }
  const timer = setInterval(() => {
    try {
      check()
      utimesSync(path, new Date(), new Date())
    } catch {
      // Whoever took the lock keeps it; the next transaction says so.
    }
  }, touchEvery)
  timer.unref()
  return {
    check,
    lost: () => lost,
    taken,
    release: () => {
      clearInterval(timer)
      if (!lost && read(path)?.text === mine) rmSync(path, { force: true })
    },
  }
}
