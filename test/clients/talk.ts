/** Starts a client under test and talks to it: one JSON object a line each way. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

export interface RealClient {
  readonly id: string
  readonly library: string
  readonly argv: readonly string[]
  readonly installed: readonly string[]
  readonly apt?: readonly string[]
  readonly needs: { readonly [provider: string]: string }
  readonly cannot?: { readonly [provider: string]: string }
}

export interface Answer {
  readonly id: number
  readonly ok: boolean
  readonly client?: string
  readonly steps?: readonly string[]
  readonly url?: string
  readonly status?: number
  readonly error?: { readonly kind: string; readonly code: string; readonly message: string }
}

export const realClients: readonly RealClient[] = JSON.parse(readFileSync('fixtures/clients/clients.json', 'utf8'))

const run = ([command = '', ...rest]: readonly string[]): number | null => spawnSync(command, rest, { stdio: 'ignore' }).status

/** Undefined when the library is there; otherwise what to install, said once per test. */
export const missing = (client: RealClient): string | undefined =>
  run(client.installed) === 0
    ? undefined
    : `${client.library} is not installed: ${client.apt ? `apt-get install ${client.apt.join(' ')}` : 'npm ci'}`

/** A client's own storage, gone with the test. */
export const stateFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-client-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/**
 * A running client. `ask` rejects when the client ends or prints junk instead of an answer; `gone` resolves to its exit code.
 *
 * @example
 * const client = talk(argv, environment)
 * await client.ask('hello')
 */
export const talk = (argv: readonly string[], environment: NodeJS.ProcessEnv) => {
  const [command = '', ...rest] = argv
  const child = spawn(command, rest, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (piece) => {
    complaints += piece
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let asked = 0
  return {
    ask: async (step: string, url?: string): Promise<Answer> => {
      asked += 1
      child.stdin.write(`${JSON.stringify({ id: asked, step, url })}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${argv.join(' ')} ended at "${step}": ${complaints}`)
      return JSON.parse(value)
    },
    gone: new Promise<number | null>((resolve) => child.on('close', resolve)),
    kill: () => child.kill('SIGKILL'),
  }
}
