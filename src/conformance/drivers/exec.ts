/** Drives a program: one process for each case, one JSON object a line in and out. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ClientEnd } from '../runner/verdict.js'
import { deliver } from './browser.js'
import type { Answer, Asked, ClientEnvironment, Driver, Session } from './driver.js'
import { answerOf, environmentOf, stepLimit } from './driver.js'
import type { Shims } from './shims.js'
import { createShims } from './shims.js'

/** How much of stderr is kept, in characters. */
const tail = 8192

/** How long a client may take to end after goodbye, in milliseconds. */
const leaveLimit = 5000

interface Running {
  readonly child: ChildProcess
  /** Writes a line and waits for the answer with its id. */
  readonly say: (asked: Asked) => Promise<Answer>
  readonly ended: Promise<ClientEnd>
  /** Ends the process and everything it started. */
  readonly kill: () => void
}

const killGroup = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Clients that run now: they do not outlive the runner, however it ends. */
const alive = new Set<ChildProcess>()

const watchOver = (child: ChildProcess): void => {
  if (alive.size === 0) process.once('exit', endAll)
  alive.add(child)
  child.once('close', () => {
    alive.delete(child)
    if (alive.size === 0) process.off('exit', endAll)
  })
}

const endAll = (): void => {
  for (const child of alive) killGroup(child)
}

const endOf = (code: number | null, signal: string | null): ClientEnd =>
  signal !== null
    ? { how: 'signal', signal }
    : code === 0
      ? { how: 'own', code: 0 }
      : { how: 'exit-code', ...(code === null ? {} : { code }) }

const wordsOf = (end: ClientEnd): Answer =>
  end.how === 'signal' ? { state: 'killed', note: `killed by ${end.signal}` } : { state: 'ended', note: `ended with exit code ${end.code}` }

const run = (argv: readonly string[], env: NodeJS.ProcessEnv, limit: number, complain: (text: string) => void): Running => {
  const [command = '', ...rest] = argv
  const child = spawn(command, rest, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  watchOver(child)
  const waiting = new Map<number, (answer: Answer) => void>()
  let over: Answer | undefined
  const finish = (answer: Answer): void => {
    over ??= answer
    for (const resolve of waiting.values()) resolve(over)
    waiting.clear()
  }
  const ended = new Promise<ClientEnd>((resolve) => {
    child.on('error', (error) => {
      finish({ state: 'harness', note: `cannot start ${command}: ${error.message}` })
      resolve({ how: 'never-started' })
    })
    child.on('close', (code, signal) => {
      const end = endOf(code, signal)
      finish(wordsOf(end))
      resolve(end)
    })
  })
  child.stdin?.on('error', () => {})
  child.stderr?.setEncoding('utf8').on('data', complain)
  const junk = (line: string): void => {
    finish({ state: 'junk', note: `printed ${JSON.stringify(line.slice(0, 120))} on stdout` })
    killGroup(child)
  }
  const hear = (line: string): void => {
    try {
      const said = JSON.parse(line) as { readonly [member: string]: unknown }
      const answer = answerOf(said)
      const resolve = typeof said['id'] === 'number' ? waiting.get(said['id']) : undefined
      waiting.delete(said['id'] as number)
      if (answer && resolve) resolve(answer)
      else junk(line)
    } catch {
      junk(line)
    }
  }
  if (child.stdout) createInterface({ input: child.stdout }).on('line', hear)
  let serial = 0
  return {
    child,
    ended,
    kill: () => killGroup(child),
    say: (asked) => {
      if (over) return Promise.resolve(over)
      serial += 1
      const id = serial
      return new Promise<Answer>((resolve) => {
        const timer = setTimeout(() => {
          finish({ state: 'silent', note: `no answer to ${asked.step} within ${limit / 1000} s` })
          killGroup(child)
        }, limit)
        waiting.set(id, (answer) => {
          clearTimeout(timer)
          resolve(answer)
        })
        child.stdin?.write(`${JSON.stringify({ id, ...asked })}\n`)
      })
    },
  }
}

const within = async <T>(promise: Promise<T>, limit: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limit)
  })
  const first = await Promise.race([promise, late])
  clearTimeout(timer)
  return first
}

/** A client that opens a browser answers `authorize` only once its own listener was reached. */
const withBrowser = (running: () => Running, shims: Shims) => {
  let pending: Promise<Answer> | undefined
  return async (asked: Asked): Promise<Answer> => {
    if (asked.step === 'callback' && pending && asked.url !== undefined) {
      const answer = pending
      pending = undefined
      await deliver(asked.url)
      return answer
    }
    const answer = running().say(asked)
    if (asked.step !== 'authorize') return answer
    const opened = await Promise.race([answer, shims.opened()])
    shims.forget()
    if ('state' in opened) return opened
    pending = answer
    return { state: 'ok', url: opened.url, note: 'opened a browser' }
  }
}

/**
 * @param argv the program and its arguments, never split by a shell
 * @param limit milliseconds that a step may take
 */
export const execDriver = (argv: readonly string[], limit = stepLimit): Driver => ({
  kind: 'exec',
  restarts: true,
  flags: ['--exec', '--', ...argv],
  start: async (given: ClientEnvironment): Promise<Session> => {
    let stderr = ''
    const complain = (text: string): void => {
      stderr = `${stderr}${text}`.slice(-tail)
    }
    const shims = await createShims()
    const env = { ...process.env, ...environmentOf(given), ...shims.environment }
    const launch = (): Running => run(argv, env, limit, complain)
    let running = launch()
    const ask = withBrowser(() => running, shims)
    let last: Answer = { state: 'ok' }
    const remember = async (asked: Asked): Promise<Answer> => {
      last = await ask(asked)
      return last
    }
    return {
      ask: remember,
      restart: async () => {
        running.kill()
        await running.ended
        running = launch()
        return remember({ step: 'hello' })
      },
      leave: async () => {
        const goodbye = running.say({ step: 'bye' })
        await within(Promise.race([goodbye, running.ended]), leaveLimit)
        running.child.stdin?.end()
        const end = await within(running.ended, leaveLimit)
        running.kill()
        await shims.close()
        if (last.state === 'silent' || last.state === 'junk') return { how: 'timeout' }
        return end ?? { how: 'timeout' }
      },
      stderr: () => stderr,
    }
  },
})
