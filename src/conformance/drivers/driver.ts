/** What every way of driving a client has in common. */

import { inspect } from 'node:util'
import type { ProviderAddress } from '../../index.js'
import type { ClientEnd, StepError, StepState } from '../runner/verdict.js'

/** What a client under test is told: where everything is, who it is, and a directory of its own that survives restarts. */
export interface ClientEnvironment extends ProviderAddress {
  readonly provider: string
  /** The name under which the provider issues, to the character. */
  readonly issuer: string
  readonly stateDir: string
}

export interface Asked {
  readonly step: string
  /** `callback`: where the browser landed. */
  readonly url?: string
  /** Which of several customers is at the app, for clients that keep them apart. */
  readonly user?: string
  /** `authorize` and `callback`: whose browser it is, for clients that keep several sessions apart. */
  readonly session?: string
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
}

/** One client in one case. Nothing here throws: what goes wrong is an answer. */
export interface Session {
  readonly ask: (asked: Asked) => Promise<Answer>
  /** Ends it without a word, as a crash would, and starts it again with the same storage. */
  readonly restart: () => Promise<Answer>
  /** Says goodbye and waits for its end. */
  readonly leave: () => Promise<ClientEnd>
  /** The last of what it complained. */
  readonly stderr: () => string
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
  /** It can be ended and started again within a case. */
  readonly restarts?: true
  /** The flags that name this client, for a command line that reproduces a case. */
  readonly flags: readonly string[]
}

/** Milliseconds that a step may take before the client counts as silent. */
export const stepLimit = 10_000

const kinds = ['oauth', 'network', 'protocol', 'other'] as const

/** Reads what a client said about an error. */
export const stepErrorOf = (value: unknown): StepError => {
  const { kind, code, message } = (typeof value === 'object' && value !== null ? value : {}) as { readonly [member: string]: unknown }
  return {
    kind: kinds.find((one) => one === kind) ?? 'other',
    code: typeof code === 'string' ? code.slice(0, 200) : 'error',
    message: (typeof message === 'string' ? message : typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })).slice(
      0,
      1000,
    ),
  }
}

/** Reads an answer off the wire; undefined when it is none. */
export const answerOf = (said: { readonly [member: string]: unknown }): Answer | undefined => {
  const { ok, url, status, error, client, steps } = said
  if (ok === false) return { state: 'failed', error: stepErrorOf(error) }
  if (ok !== true) return undefined
  return {
    state: 'ok',
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof client === 'string' ? { client } : {}),
    ...(Array.isArray(steps) ? { steps: steps.filter((step): step is string => typeof step === 'string') } : {}),
  }
}

/** The environment of a program under test: `AUTHDOUBLE_TOKEN_URL` and the like; what a provider lacks is absent. */
export const environmentOf = (given: ClientEnvironment): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(given)
      .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
      .map(([member, value]) => [`AUTHDOUBLE_${member.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`, value]),
  )
