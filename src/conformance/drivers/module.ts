/** Drives a JavaScript module in this process: its default export has the steps as async methods. */

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Step } from '../runner/step.js'
import { stepNames } from '../runner/step.js'
import type { StepError } from '../runner/verdict.js'
import type { Answer, Asked, ClientEnvironment, Driver, Session } from './driver.js'
import { stepErrorOf, stepLimit } from './driver.js'

/** A client as a module exports it. A missing method is a step that the client does not have. */
export type ModuleSteps = {
  /** What the client calls itself. */
  readonly client?: string
  /** It keeps the tokens of several customers apart: `asked.user` names the one who is at the app. */
  readonly customers?: boolean
} & {
  readonly [S in Step]?: (asked: { readonly url?: string; readonly user?: string }, given: ClientEnvironment) => unknown
}

/** The default export: the steps, or what makes them, anew at each start and restart. */
export type ModuleClient = ModuleSteps | ((given: ClientEnvironment) => ModuleSteps | Promise<ModuleSteps>)

const network = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|UND_ERR_)/

const causes = (error: unknown): readonly { readonly code?: unknown }[] =>
  error instanceof Error ? [error as { code?: unknown }, ...causes(error.cause)] : []

/** What kind of error was thrown: as it says itself, or as its code gives away. */
const classified = (error: unknown): StepError => {
  const said = stepErrorOf(error)
  const own = (typeof error === 'object' && error !== null ? error : {}) as { readonly kind?: unknown; readonly error?: unknown }
  if (own.kind !== undefined) return said
  const unreachable = causes(error).find(({ code }) => typeof code === 'string' && network.test(code))
  if (unreachable) return { ...said, kind: 'network', code: String(unreachable.code) }
  return typeof own.error === 'string' ? { ...said, kind: 'oauth', code: own.error } : said
}

const answerTo = (step: string, result: unknown): Answer => {
  if (step === 'authorize') return { state: 'ok', url: String(result) }
  if (step !== 'call') return { state: 'ok' }
  const status = result instanceof Response ? result.status : result
  return { state: 'ok', ...(typeof status === 'number' ? { status } : {}) }
}

const within = (work: Promise<Answer>, step: string, limit: number): Promise<Answer> =>
  new Promise((settle) => {
    const timer = setTimeout(() => settle({ state: 'silent', note: `no answer to ${step} within ${limit / 1000} s` }), limit)
    void work.then((answer) => {
      clearTimeout(timer)
      settle(answer)
    })
  })

const perform = async (steps: ModuleSteps, { step, ...asked }: Asked, given: ClientEnvironment): Promise<Answer> => {
  if (step === 'hello') {
    const offered = stepNames.filter((name) => typeof steps[name] === 'function')
    return { state: 'ok', client: steps.client ?? 'module', steps: [...offered, ...(steps.customers ? ['customers'] : [])] }
  }
  const method = steps[step as Step]
  if (typeof method !== 'function') return { state: 'unsupported', note: `the module has no ${step}` }
  try {
    return answerTo(step, await method.call(steps, asked, given))
  } catch (error) {
    return { state: 'failed', error: classified(error) }
  }
}

/** @param client the default export @param flags as on the command line */
export const clientDriver = (client: ModuleClient, flags: readonly string[] = [], limit = stepLimit): Driver => ({
  kind: 'module',
  restarts: true,
  // An object is the same in every case, and so is whatever it keeps.
  ...(typeof client === 'function' ? {} : { serial: true as const }),
  flags,
  start: async (given): Promise<Session> => {
    const make = async (): Promise<ModuleSteps> => (typeof client === 'function' ? client(given) : client)
    let steps: ModuleSteps | undefined
    let problem: Answer | undefined
    let last: Answer = { state: 'ok' }
    const begin = async (): Promise<void> => {
      try {
        steps = await make()
      } catch (error) {
        problem = { state: 'ended', note: `the module cannot be made: ${classified(error).message}` }
      }
    }
    await begin()
    const ask = async (asked: Asked): Promise<Answer> => {
      if (!steps || last.state === 'silent') return problem ?? last
      last = await within(perform(steps, asked, given), asked.step, limit)
      return last
    }
    return {
      ask,
      restart: async () => {
        await begin()
        return ask({ step: 'hello' })
      },
      leave: async () => (problem ? { how: 'never-started' } : last.state === 'silent' ? { how: 'timeout' } : { how: 'own' }),
      stderr: () => '',
    }
  },
})

/** @throws Error when the file cannot be loaded or exports no client. */
export const moduleDriver = async (file: string, limit = stepLimit): Promise<Driver> => {
  const { default: client } = (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: ModuleClient }
  if (typeof client !== 'function' && (typeof client !== 'object' || client === null))
    throw new Error(`${file} has no default export with the steps of a client`)
  return clientDriver(client, ['--module', file], limit)
}
