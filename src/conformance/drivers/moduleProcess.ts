/** Drives a JavaScript module in a process of its own, which ends with all that it started, whatever the module does to it. */

import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { HostReply, HostRequest } from '../clientHost.js'
import { clientHostFile } from '../clientHostFile.js'
import type { ClientEnd } from '../runner/verdict.js'
import type { Answer, Asked, ClientEnvironment, Driver, Session } from './driver.js'
import { stepLimit, within } from './driver.js'
import type { Output } from './output.js'
import { createOutput } from './output.js'
import type { Program } from './program.js'
import { answerOfEnd, createProgram } from './program.js'

/** How much of stderr a report shows, in characters. */
const tail = 8192

/** How long the end of a process, or of what it still writes, may take in milliseconds. */
const leaveLimit = 5000

/** How long a process that nobody needs is kept, in milliseconds. It keeps nobody from ending. */
const idleLimit = 10_000

interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
}

interface Host {
  readonly program: Program
  /** Sends a request, and waits for the reply that `fits`; undefined once the process has ended. */
  readonly request: <R extends HostReply>(
    request: HostRequest | undefined,
    fits: (reply: HostReply) => reply is R,
  ) => Promise<R | undefined>
  /** Where what it writes goes from now on. */
  readonly listen: (written: Outputs) => void
  /** Resolves once a mark was read on both outputs. */
  readonly drained: (mark: string) => Promise<void>
  /** What it threw and nobody caught. */
  readonly thrown: () => string | undefined
}

const isReply =
  <K extends HostReply['is']>(kind: K) =>
  (reply: HostReply): reply is HostReply & { readonly is: K } =>
    typeof reply === 'object' && reply !== null && reply.is === kind

/** One output of a process that serves case after case: what was written for which case. */
const createStream = () => {
  let output = createOutput()
  let awaited: { readonly mark: string; readonly seen: () => void } | undefined
  let behind = ''
  return {
    to: (next: Output): void => {
      output = next
    },
    hear: (text: string): void => {
      if (!awaited) {
        output.add(text)
        return
      }
      behind += text
      if (!behind.endsWith(awaited.mark)) return
      output.add(behind.slice(0, -awaited.mark.length))
      behind = ''
      awaited.seen()
      awaited = undefined
    },
    /** Resolves once the mark was written, which is left out. */
    until: (mark: string): Promise<void> =>
      new Promise((seen) => {
        awaited = { mark, seen }
      }),
  }
}

/**
 * V8 tidies the heap of a process that has little to do, about every eight seconds. In Node 20 that can take the signal of
 * `AbortSignal.timeout` away from a `fetch` whose body still comes, which then never ends: a matter of luck, not of the client.
 */
const sameEachTime = ['--no-memory-reducer']

const launch = (file: string): Host => {
  const streams = { stdout: createStream(), stderr: createStream() }
  let thrown: string | undefined
  const program = createProgram(
    (mark) =>
      fork(clientHostFile, [file], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
        env: { ...process.env, ...mark },
        execArgv: [...process.execArgv.filter((one) => !one.startsWith('--inspect')), ...sameEachTime],
      }),
    { stdout: streams.stdout.hear, stderr: streams.stderr.hear },
  )
  const { child, ended } = program
  const waiting = new Set<(reply: HostReply | undefined) => void>()
  child.on('message', (reply: HostReply) => {
    if (isReply('thrown')(reply)) thrown = reply.what
    for (const hear of waiting) hear(reply)
  })
  void ended.then(() => {
    for (const hear of waiting) hear(undefined)
  })
  return {
    program,
    thrown: () => thrown,
    listen: ({ stdout, stderr }) => {
      streams.stdout.to(stdout)
      streams.stderr.to(stderr)
    },
    drained: async (mark) => void (await Promise.all([streams.stdout.until(mark), streams.stderr.until(mark)])),
    request: (request, fits) =>
      new Promise((resolve) => {
        const hear = (reply: HostReply | undefined): void => {
          if (reply !== undefined && !fits(reply)) return
          waiting.delete(hear)
          resolve(reply)
        }
        waiting.add(hear)
        if (child.exitCode !== null || child.signalCode !== null) void ended.then(() => hear(undefined))
        else if (request) child.send(request, () => {})
      }),
  }
}

/** A process with the module loaded. @throws Error that says why there is none */
const load = async (file: string, limit: number): Promise<Host> => {
  const host = launch(file)
  const loaded = (reply: HostReply): reply is HostReply & { readonly is: 'loaded' | 'unfit' } =>
    isReply('loaded')(reply) || isReply('unfit')(reply)
  const reply = await within(host.request(undefined, loaded), limit)
  if (reply?.is === 'loaded') return host
  const ended = reply ? undefined : await within(host.program.ended, 0)
  host.program.kill()
  if (reply) throw new Error(`${file} ${reply.why}`)
  if (!ended) throw new Error(`${file} was not loaded within ${limit / 1000} s`)
  throw new Error(`${file} ${answerOfEnd(ended, 'its import').note}${host.thrown() === undefined ? '' : ` by ${host.thrown()}`}`)
}

/** All that keeps this process running for the sake of another. */
const handlesOf = ({ program: { child } }: Host): readonly { readonly ref?: () => unknown; readonly unref?: () => unknown }[] =>
  [child, child.channel, child.stdout as Socket | null, child.stderr as Socket | null].filter((one) => one != null)

/** Processes that are ready for a case. */
const createPool = (file: string, limit: number) => {
  const idle = new Map<Host, NodeJS.Timeout>()
  let coming: Promise<boolean> | undefined
  const keep = (host: Host): void => {
    host.listen({ stdout: createOutput(), stderr: createOutput() })
    // Neither the process nor its outputs nor its time keeps the runner from ending.
    for (const one of handlesOf(host)) one.unref?.()
    idle.set(host, setTimeout(() => void (idle.delete(host) && host.program.kill()), idleLimit).unref())
  }
  const take = async (): Promise<Host> => {
    for (const [host, timer] of idle) {
      clearTimeout(timer)
      idle.delete(host)
      if (host.program.child.exitCode !== null || host.program.child.signalCode !== null) continue
      for (const one of handlesOf(host)) one.ref?.()
      return host
    }
    return (await within(coming ?? Promise.resolve(undefined), limit)) ? take() : load(file, limit)
  }
  /** Loads a process for the next restart while the case goes on. */
  const prepare = (): void => {
    if (idle.size > 0) return
    coming ??= load(file, limit)
      .then(
        (host) => {
          keep(host)
          return true
        },
        () => false,
      )
      .finally(() => {
        coming = undefined
      })
  }
  return { keep, take, prepare }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** One module in one case, over the processes that it uses up. */
const createSession = async (given: ClientEnvironment, pool: ReturnType<typeof createPool>, limit: number): Promise<Session> => {
  const written = { stdout: createOutput(), stderr: createOutput() }
  let host: Host | undefined
  let problem: Answer | undefined
  let early: ClientEnd | undefined
  let serial = 0
  const begin = async (): Promise<void> => {
    problem = undefined
    early = undefined
    try {
      const taken = await pool.take()
      host = taken
      taken.listen(written)
      void taken.program.ended.then((end) => {
        if (host === taken) early ??= end
      })
      const made = await within(taken.request({ is: 'make', given }, isReply('made')), limit)
      if (made?.problem !== undefined) problem = { state: 'ended', note: `the module cannot be made: ${made.problem}` }
      else if (!made)
        problem = early ? over(early, 'its making') : { state: 'silent', note: `the module was not made within ${limit / 1000} s` }
    } catch (error) {
      problem = { state: 'ended', note: reason(error) }
    }
  }
  const over = (end: ClientEnd, step: string): Answer => {
    const { note, ...answer } = answerOfEnd(end, step)
    const thrown = host?.thrown()
    return { ...answer, note: `${note}${thrown === undefined ? '' : `, after ${thrown}`}` }
  }
  const ask = async (asked: Asked): Promise<Answer> => {
    if (problem || !host) return problem ?? { state: 'ended', note: 'it was killed' }
    const asking = host
    serial += 1
    const id = serial
    const mine = (reply: HostReply): reply is HostReply & { readonly is: 'answer' } => isReply('answer')(reply) && reply.id === id
    let late = true
    const reply = await within(
      asking.request({ is: 'ask', id, asked }, mine).then((one) => {
        late = false
        return one
      }),
      limit,
    )
    if (reply) return reply.answer
    if (late) {
      asking.program.kill()
      problem ??= { state: 'silent', note: `no answer to ${asked.step} within ${limit / 1000} s` }
      return problem
    }
    const end = await asking.program.ended
    if (host !== asking) return { state: 'killed', note: `killed during ${asked.step}` }
    problem = over(end, asked.step)
    return problem
  }
  const kill = async (): Promise<Answer> => {
    const ending = host
    host = undefined
    pool.prepare()
    ending?.program.kill()
    await ending?.program.ended
    return { state: 'ok' }
  }
  const leave = async (): Promise<ClientEnd> => {
    const leaving = host
    if (!leaving) return { how: 'signal', signal: 'SIGKILL' }
    if (problem?.state === 'silent') return { how: 'timeout' }
    if (early) return early.how === 'own' ? { how: 'early', code: 0 } : early
    const mark = `\n${randomUUID()}\n`
    const drained = leaving.drained(mark)
    const left = await within(leaving.request({ is: 'leave', mark }, isReply('left')), leaveLimit)
    await within(Promise.race([drained, leaving.program.ended]), leaveLimit)
    if (left?.clean) {
      pool.keep(leaving)
      return { how: 'own', code: 0 }
    }
    const end = await within(leaving.program.ended, leaveLimit)
    leaving.program.kill()
    return end ?? { how: 'timeout' }
  }
  await begin()
  return {
    ask,
    kill,
    restart: async () => {
      await kill()
      await begin()
      // Who restarts once does so again.
      pool.prepare()
      return ask({ step: 'hello' })
    },
    leave,
    stderr: () => written.stderr.text().slice(-tail),
    written: () => ({ stdout: written.stdout.text(), stderr: written.stderr.text() }),
  }
}

/** @throws Error when the file cannot be loaded or exports no client. */
export const moduleDriver = async (file: string, limit = stepLimit): Promise<Driver> => {
  const pool = createPool(file, limit)
  pool.keep(await load(file, limit))
  return {
    kind: 'module',
    restarts: true,
    kills: true,
    flags: ['--module', file],
    start: (given) => createSession(given, pool, limit),
  }
}
