/** Starts servers on a core of their own and reads what they cost from /proc. */

import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { get, once } from './load.js'

export const cores = availableParallelism()
const serverCore = '0'
/** A child would otherwise stay where its parent is pinned. */
export const allCores = `0-${cores - 1}`
const ownCore = String(Math.min(1, cores - 1))

/** Leaves the servers' core to the servers. */
export const pinSelf = (): void => {
  execFileSync('taskset', ['-a', '-p', '-c', ownCore, String(process.pid)], { stdio: 'ignore' })
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })

export interface Command {
  readonly argv: readonly string[]
  readonly cwd?: string
  readonly env?: { readonly [name: string]: string }
  /** It prints a line once it is ready, which is waited for; that does not count as time to the first answer. */
  readonly speaks?: boolean
}

export interface Running {
  readonly pid: number
  readonly port: number
  /** What the server printed on stdout so far. */
  readonly stdout: () => string
  readonly child: ChildProcess
  readonly stop: () => Promise<void>
}

const answers = async (port: number, path: string): Promise<boolean> => {
  try {
    return (await once(port, get(path))).status < 500
  } catch {
    return false
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Starts a server and waits for its first answer at a path; `took` is milliseconds from the start of the process. */
export const start = async (command: Command, port: number, path: string, pinned = true): Promise<Running & { readonly took: number }> => {
  const began = performance.now()
  const [program = '', ...args] = ['taskset', '-c', pinned ? serverCore : allCores, ...command.argv]
  const child = spawn(program, args, {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: { ...process.env, ...command.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let stdout = ''
  let stderr = ''
  let exited = false
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-2000)
  })
  const gone = new Promise<void>((resolve) => {
    child.on('exit', () => {
      exited = true
      resolve()
    })
  })
  while (!(await answers(port, path))) {
    if (exited || performance.now() - began > 30_000) {
      child.kill('SIGKILL')
      throw new Error(`${command.argv.join(' ')} did not answer: ${stderr}`)
    }
    await pause(1)
  }
  const took = performance.now() - began
  while (command.speaks && !stdout.includes('\n') && !exited) await pause(5)
  return {
    pid: child.pid ?? 0,
    port,
    stdout: () => stdout,
    child,
    took,
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
      await gone
      clearTimeout(timer)
    },
  }
}

/** Seconds of processor time that a process and its threads have used; Linux counts in hundredths. */
export const processorSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Resident memory in bytes. */
export const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

/** Memory of a server that was started with the probe, after its garbage was collected. */
export const memoryOf = ({ child }: Running): Promise<NodeJS.MemoryUsage> =>
  new Promise((resolve) => {
    child.once('message', (usage) => resolve(usage as NodeJS.MemoryUsage))
    child.send('memory')
  })
