/** Drives a program: one process for each case, one JSON object a line in and out. */

import { spawn } from 'node:child_process'
import type { ClientEnd } from '../runner/verdict.js'
import { deliver } from './browser.js'
import type { Answer, Asked, ClientEnvironment, Driver, Session } from './driver.js'
import { answerOf, answerOfResult, environmentOf, stepLimit, within } from './driver.js'
import { createLines } from './lines.js'
import type { Output } from './output.js'
import { createOutput } from './output.js'
import type { Program } from './program.js'
import { answerOfEnd, createProgram } from './program.js'
import type { Shims } from './shims.js'
import { createShims } from './shims.js'

/** How much of stderr a report shows, in characters. */
const tail = 8192

/** How long a client may take to end after goodbye, in milliseconds. */
const leaveLimit = 5000

interface Running extends Program {
  /** Writes a line and waits for the answer with its id. */
  readonly say: (asked: Asked) => Promise<Answer>
  /** Ends it in the middle of whatever it does. */
  readonly crash: () => Promise<void>
}

interface Waiter {
  readonly step: string
  readonly settle: (answer: Answer) => void
}

/** The line that a step is answered with when all is well. */
const expectedLine = (id: number, step: string): string =>
  JSON.stringify({
    id,
    ok: true,
    ...(step === 'hello' ? { client: 'name version', steps: ['authorize', 'callback', 'call'] } : {}),
    ...(step === 'authorize' ? { url: 'https://...' } : {}),
    ...(step === 'call' ? { status: 200 } : {}),
  })

/** A byte order mark and the like are shown too. */
const visible = (text: string): string =>
  JSON.stringify(text).replace(/\p{Cf}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const quoted = (line: string): string =>
  line.length > 120 ? `${visible(line.slice(0, 120))} and ${line.length - 120} more characters` : visible(line)

const run = (argv: readonly string[], env: NodeJS.ProcessEnv, limit: number, written: { stdout: Output; stderr: Output }): Running => {
  const [command = '', ...rest] = argv
  const lines = createLines(
    (line) => hear(line),
    (line) => junk(line),
  )
  const program = createProgram(
    (mark) => spawn(command, rest, { env: { ...env, ...mark }, stdio: ['pipe', 'pipe', 'pipe'], detached: true }),
    {
      stdout: (text) => {
        written.stdout.add(text)
        lines.add(text)
      },
      stderr: written.stderr.add,
    },
  )
  const { child } = program
  const waiting = new Map<number, Waiter>()
  let over: Answer | undefined
  let last = 'nothing'
  const finish = (answerTo: (step: string, id: number) => Answer): void => {
    for (const [id, { step, settle }] of waiting) settle(answerTo(step, id))
    over ??= answerTo([...waiting.values()].at(-1)?.step ?? 'no step', 0)
    waiting.clear()
  }
  const seen = (): string => {
    const begun = lines.unfinished()
    return begun === '' ? last : `${quoted(begun)} without the end of its line`
  }
  child.on('error', (error) => finish(() => ({ state: 'harness', note: `cannot start ${command}: ${error.message}` })))
  void program.ended.then((end) => {
    if (end.how === 'never-started') return
    finish((step, id) => {
      const answer = answerOfEnd(end, step)
      const missing = `: expected ${expectedLine(id, step)} on stdout, where ${seen()} was seen last`
      return step === 'no step' || step === 'bye' ? answer : { ...answer, note: `${answer.note}${missing}` }
    })
  })
  const junk = (line: string): void => {
    const [id, step] = [...waiting].map(([id, { step }]) => [id, step] as const)[0] ?? [0, 'nothing']
    const expected = step === 'nothing' ? 'nothing' : expectedLine(id, step)
    finish(() => ({ state: 'junk', note: `printed ${quoted(line)} on stdout, where ${expected} was expected` }))
    program.kill()
  }
  const hear = (line: string): void => {
    last = quoted(line)
    try {
      const said = JSON.parse(line) as { readonly [member: string]: unknown }
      const waiter = typeof said['id'] === 'number' ? waiting.get(said['id']) : undefined
      const answer = waiter && answerOf(waiter.step, said)
      if (!answer) throw new Error('no answer')
      waiting.delete(said['id'] as number)
      waiter.settle(answer)
    } catch {
      junk(line)
    }
  }
  let serial = 0
  const say = (asked: Asked): Promise<Answer> => {
    if (over) return Promise.resolve(over)
    serial += 1
    const id = serial
    return new Promise<Answer>((resolve) => {
      const timer = setTimeout(() => {
        const note = `no answer to ${asked.step} within ${limit / 1000} s: expected ${expectedLine(id, asked.step)} on stdout, where ${seen()} was seen last`
        finish(() => ({ state: 'silent', note }))
        program.kill()
      }, limit)
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        resolve(answer)
      }
      waiting.set(id, { step: asked.step, settle })
      child.stdin?.write(`${JSON.stringify({ id, ...asked })}\n`)
    })
  }
  const crash = async (): Promise<void> => {
    finish((step) => ({ state: 'killed', note: `killed during ${step}` }))
    program.kill()
    await program.ended
  }
  return { ...program, say, crash }
}

/** A client that opens a browser answers `authorize` only once its own listener was reached. */
const withBrowser = (running: () => Running, shims: Shims, limit: number) => {
  let pending: Promise<Answer> | undefined
  return async (asked: Asked): Promise<Answer> => {
    if (asked.step === 'callback' && pending && asked.url !== undefined) {
      const answer = pending
      pending = undefined
      await deliver(asked.url, limit)
      return answer
    }
    const answer = running().say(asked)
    if (asked.step !== 'authorize') return answer
    const opened = await Promise.race([answer, shims.opened()])
    shims.forget()
    if ('state' in opened) return opened.state === 'ok' && opened.url === undefined ? answerOfResult('authorize', undefined) : opened
    pending = answer
    return { state: 'ok', url: opened.url, note: 'opened a browser' }
  }
}

/** Says goodbye, and sees to it that it ends. */
const leave = async (running: Running, last: Answer): Promise<ClientEnd> => {
  const early = await within(running.ended, 0)
  const answer = await within(Promise.race([running.say({ step: 'bye' }), running.ended]), leaveLimit)
  running.child.stdin?.end()
  const end = await within(running.ended, leaveLimit)
  running.kill()
  await within(running.ended, leaveLimit)
  const unheard = answer !== undefined && 'state' in answer && answer.state === 'silent'
  if (unheard || last.state === 'silent' || last.state === 'junk') return { how: 'timeout' }
  return early?.how === 'own' ? { how: 'early', code: 0 } : (end ?? { how: 'timeout' })
}

/**
 * @param argv the program and its arguments, never split by a shell
 * @param limit milliseconds that a step may take
 */
export const execDriver = (argv: readonly string[], limit = stepLimit): Driver => ({
  kind: 'exec',
  restarts: true,
  kills: true,
  flags: ['--exec', '--', ...argv],
  start: async (given: ClientEnvironment): Promise<Session> => {
    const written = { stdout: createOutput(), stderr: createOutput() }
    const shims = await createShims()
    const env = { ...process.env, ...environmentOf(given), ...shims.environment }
    const launch = (): Running => run(argv, env, limit, written)
    let running = launch()
    const ask = withBrowser(() => running, shims, limit)
    let last: Answer = { state: 'ok' }
    const remember = async (asked: Asked): Promise<Answer> => {
      last = await ask(asked)
      return last
    }
    const kill = async (): Promise<Answer> => {
      await running.crash()
      return { state: 'ok' }
    }
    return {
      ask: remember,
      kill,
      restart: async () => {
        await kill()
        running = launch()
        return remember({ step: 'hello' })
      },
      leave: async () => {
        const end = await leave(running, last)
        await shims.close()
        return end
      },
      stderr: () => written.stderr.text().slice(-tail),
      written: () => ({ stdout: written.stdout.text(), stderr: written.stderr.text() }),
    }
  },
})
