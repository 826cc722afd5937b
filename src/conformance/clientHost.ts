/**
 * The process in which a module under test runs: `node clientHost.js <file>`, asked over the channel to its parent.
 * Nothing here stands between the module and the process: what it does to it, it does.
 */

import { subscribe } from 'node:diagnostics_channel'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Answer, Asked, ClientEnvironment } from './drivers/driver.js'
import type { ModuleClient, ModuleSteps } from './drivers/module.js'
import { classified, isModuleClient, perform } from './drivers/module.js'

/** What the parent asks. */
export type HostRequest =
  | { readonly is: 'make'; readonly given: ClientEnvironment }
  | { readonly is: 'ask'; readonly id: number; readonly asked: Asked }
  /** The case is over. `mark` is written to both outputs, so that the parent knows where they end. */
  | { readonly is: 'leave'; readonly mark: string }

/** What it is told. */
export type HostReply =
  | { readonly is: 'loaded'; readonly factory: boolean }
  | { readonly is: 'unfit'; readonly why: string }
  | { readonly is: 'made'; readonly problem?: string }
  | { readonly is: 'answer'; readonly id: number; readonly answer: Answer }
  /** `clean`: nothing of the case is left here, so that the process can serve another. */
  | { readonly is: 'left'; readonly clean: boolean }
  | { readonly is: 'thrown'; readonly what: string }

const tell = (reply: HostReply): void => void process.send?.(reply)

const RealDate = Date
let ahead = 0
const now = (): number => RealDate.now() + ahead

/** The module's clock: the machine's, until a case moves it. */
const setClock = (seconds: number | undefined): void => {
  ahead = seconds === undefined ? 0 : seconds * 1000 - RealDate.now()
}

// In place before the module is loaded, for a library may keep Date.now for itself.
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values, self) => Reflect.construct(target, values.length === 0 ? [now()] : values, self) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
})

let client: ModuleClient
let steps: ModuleSteps | undefined
let told: ClientEnvironment | undefined

const make = async (given: ClientEnvironment): Promise<void> => {
  untouched ??= traces()
  setClock(undefined)
  told = given
  try {
    steps = typeof client === 'function' ? await client(given) : client
    if (steps?.clock === true) setClock(given.now)
    if (typeof steps !== 'object' || steps === null) throw new Error('it makes no object with the steps of a client')
    tell({ is: 'made' })
  } catch (error) {
    tell({ is: 'made', problem: classified(error).message })
  }
}

const answer = async (asked: Asked): Promise<Answer> => {
  if (!steps || !told) return { state: 'ended', note: 'no client was made' }
  if (asked.step === 'clock' && steps.clock === true) {
    setClock(asked.now)
    return { state: 'ok' }
  }
  const said = await perform(steps, asked, told)
  return asked.step === 'hello' && said.steps && steps.clock === true ? { ...said, steps: [...said.steps, 'clock'] } : said
}

/** Requests of `fetch` that are under way. */
const requests = new Set<unknown>()

for (const [event, keep] of [
  ['create', true],
  ['trailers', false],
  ['error', false],
] as const)
  subscribe(`undici:request:${event}`, (message) => {
    const { request } = message as { readonly request: unknown }
    if (keep) requests.add(request)
    else requests.delete(request)
  })

/** What comes and goes by itself, and connections that are kept for another request. */
const passing = new Set(['TCPSocketWrap', 'CloseReq', 'Immediate'])

/** All that keeps the process running, and all that waits for its end. */
const traces = (): string => {
  // An output is opened when it is first looked at: both are, so that it makes no difference whether anything was written.
  const outputs = [process.stdout, process.stderr]
  return [
    outputs.length,
    ...process.getActiveResourcesInfo().filter((kind) => !passing.has(kind)),
    requests.size,
    ...(['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection'] as const).map((event) => process.listenerCount(event)),
    String(process.exitCode),
  ].join()
}

/** What there was before the first case. */
let untouched: string | undefined

const flushed = (stream: NodeJS.WriteStream, mark: string): Promise<void> => new Promise((settle) => stream.write(mark, () => settle()))

const leave = async (mark: string): Promise<void> => {
  steps = undefined
  await Promise.all([flushed(process.stdout, mark), flushed(process.stderr, mark)])
  await new Promise((later) => setImmediate(later))
  const clean = typeof client === 'function' && traces() === untouched
  process.send?.({ is: 'left', clean } satisfies HostReply, () => {
    if (!clean) process.exit()
  })
}

const [, , file = ''] = process.argv

process.on('uncaughtExceptionMonitor', (error, origin) => {
  tell({ is: 'thrown', what: `${origin === 'unhandledRejection' ? 'an unhandled rejection' : 'an uncaught exception'}: ${String(error)}` })
})
process.on('disconnect', () => process.exit())
process.on('message', (request: HostRequest) => {
  if (request.is === 'make') void make(request.given)
  else if (request.is === 'ask') void answer(request.asked).then((said) => tell({ is: 'answer', id: request.id, answer: said }))
  else void leave(request.mark)
})

try {
  const { default: exported } = (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown }
  if (isModuleClient(exported)) {
    client = exported
    tell({ is: 'loaded', factory: typeof client === 'function' })
  } else tell({ is: 'unfit', why: 'has no default export with the steps of a client' })
} catch (error) {
  tell({ is: 'unfit', why: `cannot be loaded: ${error instanceof Error ? error.message : String(error)}` })
}
