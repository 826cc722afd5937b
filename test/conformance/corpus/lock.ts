/** A lock between processes that share a directory: a file that only one of them can make. */

import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM'
  }
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Takes away what a process left that died or forgot it. @param oldest milliseconds that nobody holds a lock for longer than */
const clear = (file: string, oldest: number): void => {
  const owner = read(file)
  if (owner === undefined) return
  let age = 0
  try {
    age = Date.now() - statSync(file).mtimeMs
  } catch {
    return
  }
  const pid = Number(owner.split(' ')[0])
  // An empty file is being written just now.
  if (age < oldest && (owner === '' || alive(pid))) return
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
    if (read(aside) === owner) rmSync(aside, { force: true })
    else renameSync(aside, file)
  } catch {
    // Somebody else was faster.
  }
}

/**
 * Does something that nobody else may do at the same time.
 *
 * @param patience milliseconds to wait for it
 * @throws Error when somebody holds it for longer
 */
export const locked = async <T>(directory: string, name: string, patience: number, work: () => Promise<T>): Promise<T> => {
  const file = join(directory, `lock-${Buffer.from(name).toString('hex').slice(0, 60)}`)
  const owner = `${process.pid} ${randomUUID()}`
  const began = performance.now()
  for (;;) {
    try {
      writeFileSync(file, owner, { flag: 'wx' })
      break
    } catch {
      clear(file, patience)
    }
    if (performance.now() - began > patience * 2) throw new Error('another process holds the lock')
    await new Promise((later) => setTimeout(later, 15))
  }
  try {
    return await work()
  } finally {
    if (read(file) === owner) rmSync(file, { force: true })
  }
}
