/** The doubles that schedules are played on: in this process, on a file, and two on one Redis. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from '../../src/index.js'
import { startRedis } from '../store/redis-server.js'

/** Quirks under which it is known what every token must do: Zettle rotates each time, Zoho Payments holds three refresh tokens. */
export const quirks = {
  'zettle/may-rotate-at-any-time': 'always',
  'zettle/new-refresh-token-ends-all-before': false,
  'zoho-payments/twenty-refresh-tokens': 3,
  'zoho-payments/fifteen-access-tokens': false,
  'zoho-payments/ten-access-tokens-in-ten-minutes': false,
} as const

export interface World {
  /** URLs of its processes, as they are now. */
  readonly urls: () => readonly string[]
  /** Ends one process as a power cut would, and starts it again; absent where nothing is kept. */
  readonly kill?: (which: number) => Promise<void>
  /** Its journal outlives its processes. */
  readonly keepsJournal: boolean
  readonly close: () => Promise<void>
}

export const memoryWorld = async (): Promise<World> => {
  const double = await createServer({ host: '127.0.0.1', providers: ['zettle', 'zoho-payments'], quirks, reveal: true })
  return { urls: () => [double.url()], keepsJournal: true, close: () => double.close() }
}

interface Process {
  readonly child: ChildProcess
  readonly url: string
}

const start = (flags: readonly string[]): Promise<Process> =>
  new Promise((resolve, reject) => {
    const toggles = Object.entries(quirks).flatMap(([name, value]) => ['--quirk', `${name}=${value}`])
    const common = ['--port', '0', '--json', '--log-level', 'error', '--reveal', '--provider', 'zettle,zoho-payments']
    const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...common, ...toggles, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    let complained = ''
    child.stderr.on('data', (chunk) => {
      complained += chunk
    })
    child.stdout.on('data', (chunk) => {
      said += chunk
      if (said.includes('\n')) resolve({ child, url: (JSON.parse(said) as { readonly url: string }).url })
    })
    child.on('exit', (code) => reject(new Error(`the double ended with ${code}: ${complained}`)))
  })

const end = async ({ child }: Process): Promise<void> => {
  const gone = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

const processes = async (count: number, flags: readonly string[], keepsJournal: boolean, after: () => Promise<void>): Promise<World> => {
  const running: Process[] = []
  for (let i = 0; i < count; i += 1) running.push(await start(flags))
  return {
    urls: () => running.map(({ url }) => url),
    kill: async (which) => {
      const at = which % count
      await end(running[at] as Process)
      running[at] = await start(flags)
    },
    keepsJournal,
    close: async () => {
      await Promise.all(running.map(end))
      await after()
    },
  }
}

export const fileWorld = async (): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'authdouble-model-'))
  return processes(1, ['--state', join(folder, 'state.json')], false, async () => rmSync(folder, { recursive: true, force: true }))
}

export const redisWorld = async (): Promise<World> => {
  const redis = await startRedis()
  return processes(2, ['--store', redis.url], true, redis.stop)
}
