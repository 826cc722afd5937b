/** Runs the built command as a user would. */

import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** The first line on stdout. */
  readonly line: Promise<string>
  readonly ended: Promise<Ended>
}

/** Variables of the machine that would change what the command does are left out. */
const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AUTHDOUBLE_|PORT$|NODE_OPTIONS$|VITEST)/.test(name)))

export const authdouble = (argv: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {}): Running => {
  const child = spawn(process.execPath, [main, ...argv], {
    env: { ...clean(process.env), ...options.env },
    ...(options.cwd ? { cwd: options.cwd } : {}),
  })
  let stdout = ''
  let stderr = ''
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout, stderr }))
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk
      const end = stdout.indexOf('\n')
      if (end >= 0) resolve(stdout.slice(0, end))
    })
    void ended.then(({ code }) => reject(new Error(`ended with ${code} before it said anything: ${stderr}`)))
  })
  line.catch(() => {})
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  return { child, line, ended }
}
