/** What a search plays: turns that are plain data, so that a schedule can be kept in a file and played again for ever. */

import type { Target, TroubleName } from './troubles.js'
import { troubleNames } from './troubles.js'

/** Where time moves to, measured by the newest access token, before a turn. */
export type Moment = 'before-its-end' | 'at-its-end' | 'after-its-end' | 'some-minutes' | 'a-month'

/** What goes wrong with the next request of its kind. */
export interface Trouble extends Target {
  readonly fault: TroubleName
  /** Once by default. */
  readonly times?: number
}

/** Where a request is stopped: before anything is decided, or when all is decided and the reply is not sent. */
export interface Stop extends Target {
  readonly phase: 'before' | 'after'
}

/** Ways in which a callback is not the one that the client waits for. */
export const forgeries = [
  'no-state',
  'empty-state',
  'other-state',
  'prefix-of-state',
  'longer-state',
  'state-in-other-case',
  'used-state',
] as const
export type Forgery = (typeof forgeries)[number]

/** A customer of the application: the first or the second. */
export type Customer = 0 | 1

interface Who {
  readonly customer?: Customer
  /** The second of two processes over one store. */
  readonly second?: true
}

export type Act =
  /** The whole way from the link to the tokens. */
  | ({ readonly do: 'connect'; readonly denied?: true } & Who)
  /** A browser goes as far as the redirect URI. */
  | ({ readonly do: 'begin'; readonly browser: 'a' | 'b' } & Who)
  /** A browser comes back: with its own callback, with it again, with it twice at once, or with the other browser's. */
  | ({ readonly do: 'finish'; readonly browser: 'a' | 'b'; readonly how: 'own' | 'again' | 'twice' | 'swapped' } & Who)
  /** Somebody else's code comes to the redirect URI. */
  | ({ readonly do: 'forge'; readonly browser: 'a' | 'b'; readonly how: Forgery } & Who)
  | ({ readonly do: 'call' | 'refresh'; readonly times?: number } & Who)
  | ({ readonly do: 'revoke' } & Who)
  /** Two steps at once, the request of the first stopped until the second is through or waits for it. */
  | ({
      readonly do: 'overlap'
      readonly first: 'call' | 'refresh'
      readonly beside: 'call' | 'refresh'
      readonly stop: Stop
      readonly lost?: true
    } & Who)
  /** Ends the client without a word and starts it again: between two steps, or while a request of one is stopped. */
  | ({ readonly do: 'crash'; readonly during?: { readonly step: 'connect' | 'call' | 'refresh'; readonly stop: Stop } } & Who)
  /** The provider ends something of its own accord. */
  | { readonly do: 'end'; readonly what: 'connection' | 'access-token' }
  | { readonly do: 'rotate-keys' }
  /** The client's clock goes wrong by so many seconds. */
  | { readonly do: 'skew'; readonly seconds: number }

export interface Turn {
  readonly wait?: Moment
  readonly trouble?: Trouble
  readonly act: Act
}

/** As a file holds it. */
export interface Schedule {
  readonly format: 'authdouble-schedule'
  readonly version: 1
  readonly provider: string
  /** Every refresh brings a new refresh token, where the provider can do that. */
  readonly rotates?: boolean
  readonly seed: string
  readonly turns: readonly Turn[]
  /** The invariant that a client broke by it. */
  readonly finds?: string
  /** The same as sentences, for people. */
  readonly story?: readonly string[]
}

const moments: readonly Moment[] = ['before-its-end', 'at-its-end', 'after-its-end', 'some-minutes', 'a-month']
const acts: readonly Act['do'][] = [
  'connect',
  'begin',
  'finish',
  'forge',
  'call',
  'refresh',
  'revoke',
  'overlap',
  'crash',
  'end',
  'rotate-keys',
  'skew',
]

type Members = { readonly [member: string]: unknown }

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const need = (fits: boolean, where: string, what: string): void => {
  if (!fits) throw new Error(`${where} is ${what}`)
}

const checkStop = (stop: unknown, where: string): void => {
  need(
    isObject(stop) && typeof stop['operation'] === 'string' && ['before', 'after'].includes(String(stop['phase'])),
    where,
    'an operation and a phase',
  )
}

const checkAct = (act: Members, where: string): void => {
  const { do: what, browser, how, during, first, beside, stop, seconds, times } = act
  need(
    acts.some((one) => one === what),
    `${where}.do`,
    `one of ${acts.join(', ')}`,
  )
  if (what === 'begin' || what === 'finish' || what === 'forge') need(browser === 'a' || browser === 'b', `${where}.browser`, 'a or b')
  if (what === 'finish') need(['own', 'again', 'twice', 'swapped'].includes(String(how)), `${where}.how`, 'own, again, twice or swapped')
  if (what === 'forge')
    need(
      forgeries.some((one) => one === how),
      `${where}.how`,
      `one of ${forgeries.join(', ')}`,
    )
  if (what === 'overlap') {
    for (const step of [first, beside]) need(step === 'call' || step === 'refresh', `${where}.first and beside`, 'call or refresh')
    checkStop(stop, `${where}.stop`)
  }
  if (what === 'crash' && during !== undefined) {
    need(
      isObject(during) && ['connect', 'call', 'refresh'].includes(String(during['step'])),
      `${where}.during.step`,
      'connect, call or refresh',
    )
    checkStop((during as Members)['stop'], `${where}.during.stop`)
  }
  if (what === 'end') need(['connection', 'access-token'].includes(String(act['what'])), `${where}.what`, 'connection or access-token')
  if (what === 'skew') need(Number.isInteger(seconds), `${where}.seconds`, 'a whole number')
  if (times !== undefined)
    need(Number.isInteger(times) && Number(times) > 0 && Number(times) <= 20, `${where}.times`, 'a number from 1 to 20')
}

const checkTurn = (turn: unknown, where: string): void => {
  if (!isObject(turn) || !isObject(turn['act'])) throw new Error(`${where} is an object with act`)
  const { wait, trouble } = turn
  if (wait !== undefined)
    need(
      moments.some((one) => one === wait),
      `${where}.wait`,
      `one of ${moments.join(', ')}`,
    )
  if (trouble !== undefined) {
    need(isObject(trouble) && typeof trouble['operation'] === 'string', `${where}.trouble`, 'an operation and a fault')
    need(
      troubleNames.some((one) => one === (trouble as Members)['fault']),
      `${where}.trouble.fault`,
      `one of ${troubleNames.join(', ')}`,
    )
  }
  checkAct(turn['act'], `${where}.act`)
}

/** A schedule as its file has it. @throws Error that names the member which is wrong */
export const readSchedule = (text: string): Schedule => {
  const value: unknown = JSON.parse(text)
  if (!isObject(value) || value['format'] !== 'authdouble-schedule') throw new Error('this is no schedule: format is authdouble-schedule')
  need(value['version'] === 1, 'version', '1')
  need(typeof value['provider'] === 'string', 'provider', "a provider's id")
  need(typeof value['seed'] === 'string', 'seed', 'a text')
  if (!Array.isArray(value['turns']) || value['turns'].length === 0) throw new Error('turns is a list of turns')
  value['turns'].forEach((turn, at) => {
    checkTurn(turn, `turns[${at}]`)
  })
  return value as unknown as Schedule
}
