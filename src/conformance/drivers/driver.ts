/** What every way of driving a client has in common. */

import { inspect } from 'node:util'
import type { ProviderAddress } from '../../index.js'
import { editDistance } from '../../validation/nearest.js'
import { stepNames } from '../runner/step.js'
import type { ClientEnd, StepError, StepState } from '../runner/verdict.js'

/** What a client under test is told: where everything is, who it is, and a directory of its own that survives restarts. */
export interface ClientEnvironment extends ProviderAddress {
  readonly provider: string
  /** The name under which the provider issues, to the character. */
  readonly issuer: string
  readonly stateDir: string
  /** The time at which the client is to think that it is, in epoch seconds; absent: the machine's. */
  readonly now?: number
}

export interface Asked {
  readonly step: string
  /** `callback`: where the browser landed. */
  readonly url?: string
  /** Which of several customers is at the app, for clients that keep them apart. */
  readonly user?: string
  /** `authorize` and `callback`: whose browser it is, for clients that keep several sessions apart. */
  readonly session?: string
  /** `clock`: the time from now on, in epoch seconds. */
  readonly now?: number
}

export interface Answer {
  readonly state: StepState
  /** `authorize`: the URL to open. */
  readonly url?: string
  /** `call`: the status of the API's answer. */
  readonly status?: number
  readonly error?: StepError
  readonly note?: string
  /** `hello`. */
  readonly client?: string
  readonly steps?: readonly string[]
  /** `hello`: the file or folder, below its state directory, in which it keeps tokens on purpose; everything else there is a log. */
  readonly store?: string
}

/** What a client wrote, whole but for the middle of very long texts. */
export interface Written {
  readonly stdout: string
  readonly stderr: string
}

/** One client in one case. Nothing here throws and nothing waits for ever: what goes wrong is an answer. */
export interface Session {
  readonly ask: (asked: Asked) => Promise<Answer>
  /** Ends it without a word at any moment, a step that runs included; the next thing to ask is `restart`. */
  readonly kill: () => Promise<Answer>
  /** Ends it without a word, as a crash would, and starts it again with the same storage. */
  readonly restart: () => Promise<Answer>
  /** Says goodbye and waits for its end. */
  readonly leave: () => Promise<ClientEnd>
  /** The last of what it complained. */
  readonly stderr: () => string
  /** All that it wrote, over its restarts. */
  readonly written: () => Written
}

export interface Driver {
  readonly kind: 'exec' | 'module' | 'app'
  /** Starts a client for one case. */
  readonly start: (given: ClientEnvironment) => Promise<Session>
  /** The client can only be reached where it already runs: one case at a time, on this port. */
  readonly port?: number
  /** The client's redirect URI, where it has one of its own. */
  readonly redirectUri?: string
  /** It keeps things between its starts: one case at a time. */
  readonly serial?: true
  /** It can be ended and started again within a case, and started twice over one state directory. */
  readonly restarts?: true
  /** It runs in a process of its own, which can be killed while a step runs. */
  readonly kills?: true
  /** Lets milliseconds go by for the client, where its clock is not the machine's. */
  readonly pause?: (milliseconds: number) => Promise<void>
  /** The flags that name this client, for a command line that reproduces a case. */
  readonly flags: readonly string[]
}

/** Milliseconds that a step may take before the client counts as silent. */
export const stepLimit = 10_000

const kinds = ['oauth', 'network', 'protocol', 'other'] as const

/** Characters of a message that are looked at; a report shows fewer, once secrets are hidden. */
const longestMessage = 20_000

/** Reads what a client said about an error. */
export const stepErrorOf = (value: unknown): StepError => {
  const { kind, code, message } = (typeof value === 'object' && value !== null ? value : {}) as { readonly [member: string]: unknown }
  return {
    kind: kinds.find((one) => one === kind) ?? 'other',
    code: typeof code === 'string' ? code.slice(0, 200) : 'error',
    message: (typeof message === 'string' ? message : typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })).slice(
      0,
      longestMessage,
    ),
  }
}

const shortly = (value: unknown): string => inspect(value, { breakLength: Infinity, depth: 1 }).slice(0, 200)

/**
 * What a step returned as an answer: the same for every driver. `authorize` returns the URL; `call` a number, a `Response`,
 * `{ status }` or nothing, for the wire decides. Anything else is nobody's verdict.
 */
export const answerOfResult = (step: string, result: unknown): Answer => {
  const members = (typeof result === 'object' && result !== null ? result : {}) as { readonly url?: unknown; readonly status?: unknown }
  if (step === 'authorize') {
    const url = result instanceof URL ? result.href : typeof result === 'string' ? result : members.url
    if (typeof url === 'string' && URL.canParse(url)) return { state: 'ok', url }
    return { state: 'harness', note: `authorize returned ${shortly(result)}: it returns the authorization URL` }
  }
  if (step !== 'call' || result === undefined || result === null) return { state: 'ok' }
  const status = typeof result === 'number' ? result : members.status
  if (typeof status === 'number' && Number.isInteger(status)) return { state: 'ok', status }
  return { state: 'harness', note: `call returned ${shortly(result)}: it returns a number, a Response, { status } or nothing` }
}

const sayable: readonly string[] = [...stepNames, 'customers', 'sessions', 'twin', 'clock']

/** Asked of every client, so that some name them too. */
const always = ['hello', 'bye']

const stepsExpected = `steps is a list of ${sayable.join(', ')}`

/** Nearly a step that there is. A word that is nothing like one is an ability that nobody asks for, and no mistake. */
const misspelled = (word: string): boolean =>
  sayable.some((known) => editDistance(word.slice(0, 100).toLowerCase(), known) <= Math.max(1, Math.floor(known.length / 4)))

/** What a program cannot have meant: a step misspelled would be a step never asked for. */
const wrongSteps = (steps: unknown): string | undefined => {
  if (!Array.isArray(steps)) return steps === undefined ? 'no steps' : `the steps ${shortly(steps)}`
  const wrong: unknown = steps.find((step) => typeof step !== 'string' || (![...sayable, ...always].includes(step) && misspelled(step)))
  return wrong === undefined ? undefined : `the step ${shortly(wrong)}`
}

/** Reads an answer off the wire; undefined when it is none. */
export const answerOf = (step: string, said: { readonly [member: string]: unknown }): Answer | undefined => {
  const { ok, url, status, error, client, steps, store } = said
  if (ok === false) return { state: 'failed', error: stepErrorOf(error) }
  if (ok !== true) return undefined
  // A client that opens the browser by itself has no URL to return.
  if (step === 'authorize') return url === undefined ? { state: 'ok' } : answerOfResult(step, url)
  if (step === 'call') return answerOfResult(step, status === undefined ? undefined : { status })
  const wrong = step === 'hello' ? wrongSteps(steps) : undefined
  if (wrong !== undefined) return { state: 'harness', note: `hello was answered with ${wrong}: ${stepsExpected}` }
  return {
    state: 'ok',
    ...(typeof client === 'string' ? { client } : {}),
    ...(typeof store === 'string' ? { store } : {}),
    ...(Array.isArray(steps) ? { steps: steps.filter((step): step is string => typeof step === 'string') } : {}),
  }
}

/** The environment of a program under test: `AUTHDOUBLE_TOKEN_URL` and the like; what a provider lacks is absent. */
export const environmentOf = (given: ClientEnvironment): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(given)
      .filter((pair): pair is [string, string | number] => typeof pair[1] === 'string' || typeof pair[1] === 'number')
      .map(([member, value]) => [`AUTHDOUBLE_${member.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`, String(value)]),
  )

/** Whatever comes first: the work, or the end of the time it has in milliseconds. */
export const within = async <T>(promise: Promise<T>, limit: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limit)
  })
  const first = await Promise.race([promise, late])
  clearTimeout(timer)
  return first
}
