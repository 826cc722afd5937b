/** A process under test and all that it started: what it writes, how it ends, and that none of it stays behind. */

import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { ClientEnd } from '../runner/verdict.js'
import type { Answer } from './driver.js'
import { within } from './driver.js'

/** How long output that is still on its way may take once the process has ended, in milliseconds. */
const drainLimit = 500

/** What every process of one program carries in its environment, daemons that left its group included. */
const markName = 'AUTHDOUBLE_CLIENT_PROCESS'

export interface Program {
  readonly child: ChildProcess
  /** Resolves when the process has ended, whoever still holds its output. */
  readonly ended: Promise<ClientEnd>
  /** Ends it and everything it started. */
  readonly kill: () => void
}

const signal = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** Processes that carry a mark. Linux alone shows the environment of others. */
const marked = (mark: string): readonly number[] => {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark) ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

/** Clients that run now: they do not outlive the runner, however it ends. */
const alive = new Set<() => void>()

const endAll = (): void => {
  for (const kill of alive) kill()
}

const watchOver = (kill: () => void): (() => void) => {
  // Before the folders are removed into which they write.
  if (alive.size === 0) process.prependOnceListener('exit', endAll)
  alive.add(kill)
  return () => {
    alive.delete(kill)
    if (alive.size === 0) process.off('exit', endAll)
  }
}

const endOf = (code: number | null, name: string | null): ClientEnd =>
  name !== null
    ? { how: 'signal', signal: name }
    : code === 0
      ? { how: 'own', code: 0 }
      : { how: 'exit-code', ...(code === null ? {} : { code }) }

/** What a step that was under way comes to when the process ends. */
export const answerOfEnd = (end: ClientEnd, step: string): Answer =>
  end.how === 'signal'
    ? { state: 'killed', note: `killed by ${end.signal} during ${step}` }
    : { state: 'ended', note: `ended with exit code ${end.code} during ${step}` }

/**
 * Looks after a process.
 *
 * @param spawn starts it as the leader of a group of its own, with an environment that carries the mark
 * @param hear takes what it writes
 */
export const createProgram = (
  spawn: (mark: { readonly [name: string]: string }) => ChildProcess,
  hear: { readonly stdout: (text: string) => void; readonly stderr: (text: string) => void },
): Program => {
  const mark = randomUUID()
  const child = spawn({ [markName]: mark })
  const kill = (): void => {
    if (child.pid !== undefined) signal(-child.pid)
    for (const pid of marked(`${markName}=${mark}`)) signal(pid)
  }
  const forget = watchOver(kill)
  child.stdin?.on('error', () => {})
  child.stdout?.setEncoding('utf8').on('data', hear.stdout)
  child.stderr?.setEncoding('utf8').on('data', hear.stderr)
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const ended = new Promise<ClientEnd>((resolve) => {
    child.once('error', () => {
      if (child.pid !== undefined) return
      forget()
      resolve({ how: 'never-started' })
    })
    child.once('exit', (code, name) => {
      // A daemon that inherited its output would hold it for ever.
      kill()
      forget()
      void within(closed, drainLimit).then(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
        resolve(endOf(code, name))
      })
    })
  })
  return { child, ended, kill }
}
