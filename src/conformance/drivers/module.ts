/** The steps of a client as a JavaScript module has them, and the driver that asks for them in this process, as a library does. */

import type { Step } from '../runner/step.js'
import { stepNames } from '../runner/step.js'
import type { StepError } from '../runner/verdict.js'
import type { Answer, Asked, ClientEnvironment, Driver, Session } from './driver.js'
import { answerOfResult, stepErrorOf, stepLimit } from './driver.js'
import { afterOwnTime } from './ownTime.js'

/** What else a client may say of itself: each member of this name is an ability. */
const abilities = ['customers', 'sessions', 'twin'] as const

/** What a step is told. */
export type StepInput = Omit<Asked, 'step'>

/**
 * A client as a module exports it. A missing method is a step that the client does not have.
 * `authorize` returns the URL to open; `call` a number, a `Response`, `{ status }` or nothing; what others return is not looked at.
 */
export type ModuleSteps = {
  /** What the client calls itself. */
  readonly client?: string
  /** The file or folder below its state directory where it keeps tokens on purpose; what else it writes there is a log. */
  readonly store?: string
  /** It keeps the tokens of several customers apart: `asked.user` names the one who is at the app. */
  readonly customers?: boolean
  /** It keeps the browsers of several people apart: `asked.session` of `authorize` and `callback` names the one. */
  readonly sessions?: boolean
  /** Two of it may run over one state directory. */
  readonly twin?: boolean
  /**
   * Takes `asked.now`, in epoch seconds, for the time from now on. `true`: it goes by `Date` alone, which `--module` sets for it;
   * the times of files stay what they are.
   */
  readonly clock?: true | ((asked: StepInput, given: ClientEnvironment) => unknown)
} & {
  readonly [S in Step]?: (asked: StepInput, given: ClientEnvironment) => unknown
}

/** The default export: the steps, or what makes them, anew at each start and restart. */
export type ModuleClient = ModuleSteps | ((given: ClientEnvironment) => ModuleSteps | Promise<ModuleSteps>)

export const isModuleClient = (value: unknown): value is ModuleClient =>
  typeof value === 'function' || (typeof value === 'object' && value !== null)

const network = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|UND_ERR_)/

const causes = (error: unknown): readonly { readonly code?: unknown }[] =>
  error instanceof Error ? [error as { code?: unknown }, ...causes(error.cause)] : []

/** What kind of error was thrown: as it says itself, or as its code gives away. */
export const classified = (error: unknown): StepError => {
  const said = stepErrorOf(error)
  const own = (typeof error === 'object' && error !== null ? error : {}) as { readonly kind?: unknown; readonly error?: unknown }
  if (own.kind !== undefined) return said
  const unreachable = causes(error).find(({ code }) => typeof code === 'string' && network.test(code))
  if (unreachable) return { ...said, kind: 'network', code: String(unreachable.code) }
  return typeof own.error === 'string' ? { ...said, kind: 'oauth', code: own.error } : said
}

const helloOf = (steps: ModuleSteps): Answer => ({
  state: 'ok',
  client: steps.client ?? 'module',
  ...(steps.store === undefined ? {} : { store: steps.store }),
  steps: [
    ...stepNames.filter((name) => typeof steps[name] === 'function'),
    ...abilities.filter((ability) => steps[ability] === true),
    ...(typeof steps.clock === 'function' ? ['clock'] : []),
  ],
})

/** Asks for a step. Never throws. */
export const perform = async (steps: ModuleSteps, { step, ...asked }: Asked, given: ClientEnvironment): Promise<Answer> => {
  if (step === 'hello') return helloOf(steps)
  const method = steps[step as Step | 'clock']
  if (typeof method !== 'function') return { state: 'unsupported', note: `the module has no ${step}` }
  try {
    return answerOfResult(step, await method.call(steps, asked, given))
  } catch (error) {
    return { state: 'failed', error: classified(error) }
  }
}

const timed = (work: Promise<Answer>, step: string, limit: number): Promise<Answer> =>
  new Promise((settle) => {
    const stop = afterOwnTime(limit, () => settle({ state: 'silent', note: `no answer to ${step} within ${limit / 1000} s` }))
    void work.then((answer) => {
      stop()
      settle(answer)
    })
  })

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
      if (!steps || last.state === 'silent') return problem ?? (steps ? last : { state: 'ended', note: 'it was killed' })
      last = await timed(perform(steps, asked, given), asked.step, limit)
      return last
    }
    return {
      ask,
      kill: async () => {
        steps = undefined
        return { state: 'ok' }
      },
      restart: async () => {
        last = { state: 'ok' }
        await begin()
        return ask({ step: 'hello' })
      },
      leave: async () => (problem ? { how: 'never-started' } : last.state === 'silent' ? { how: 'timeout' } : { how: 'own' }),
      stderr: () => '',
      written: () => ({ stdout: '', stderr: '' }),
    }
  },
})
