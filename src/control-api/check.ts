/** Checks what is sent to the control API, and says which member is at fault. */

import { parseDuration } from '../clock/clock.js'
import type { Toggle } from '../provider/quirk.js'

/** A call that cannot be carried out; nothing was changed. */
export class ControlError extends Error {
  readonly status: number
  readonly error: string
  readonly field: string | undefined
  constructor(status: number, error: string, message: string, field?: string) {
    super(message)
    this.status = status
    this.error = error
    this.field = field
  }
}

export const invalid = (message: string, field?: string): ControlError => new ControlError(400, 'invalid', message, field)

export const notFound = (message: string): ControlError => new ControlError(404, 'not_found', message)

export type Members = { readonly [member: string]: unknown }

export const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object that has no other members than these. @param within the member that it is the value of @throws ControlError */
export const members = (value: unknown, known: readonly string[], within?: string): Members => {
  if (value === undefined) return {}
  if (!isObject(value)) throw invalid(within === undefined ? 'the body is a JSON object' : `${within} is an object`, within)
  const stranger = Object.keys(value).find((member) => !known.includes(member))
  if (stranger === undefined) return value
  const field = within === undefined ? stranger : `${within}.${stranger}`
  throw invalid(`unknown member ${JSON.stringify(stranger)}; this takes ${known.join(', ') || 'none'}`, field)
}

/** Query parameters, each at most once, none but these. @throws ControlError */
export const parameters = (query: { readonly [name: string]: string | string[] | undefined }, known: readonly string[]): Members => {
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw invalid(`unknown parameter ${JSON.stringify(name)}; this takes ${known.join(', ') || 'none'}`, name)
    if (Array.isArray(value)) throw invalid(`${name} is given more than once`, name)
    if (value === '') throw invalid(`${name} is empty`, name)
  }
  return query
}

type Check<T> = (from: Members, member: string) => T | undefined

const checked =
  <T>(what: string, fits: (value: unknown) => value is T): Check<T> =>
  (from, member) => {
    const value = from[member]
    if (value === undefined || fits(value)) return value
    throw invalid(`${member} is ${what}`, member)
  }

export const text = checked('a string that is not empty', (value): value is string => typeof value === 'string' && value !== '')
export const flag = checked('true or false', (value) => typeof value === 'boolean')
export const yes = checked('true', (value): value is true => value === true)

/** A number within bounds, both of them allowed. */
export const number = (min: number, max = Number.MAX_SAFE_INTEGER): Check<number> =>
  checked(`a number from ${min} to ${max}`, (value): value is number => typeof value === 'number' && value >= min && value <= max)

export const integer = (min: number, max = Number.MAX_SAFE_INTEGER): Check<number> =>
  checked(
    `a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? ' up' : ` to ${max}`}`,
    (value): value is number => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  )

export const oneOf = <T extends string>(words: readonly T[]): Check<T> =>
  checked(`one of ${words.join(', ')}`, (value): value is T => words.some((word) => word === value))

export const fitting = (pattern: RegExp, what: string): Check<string> =>
  checked(what, (value): value is string => typeof value === 'string' && pattern.test(value))

/** Seconds, or a length such as `2h`. */
export const length: Check<number> = (from, member) => {
  const value = from[member]
  if (value === undefined) return undefined
  const seconds = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined
  if (seconds === undefined) throw invalid(`${member} is seconds, or a length such as "30s" or "2h"`, member)
  return seconds
}

/** A parameter of a query that is a number of things, from 1 up. */
export const count = (said: Members, member: string): number | undefined =>
  said[member] === undefined ? undefined : integer(1, 10_000)({ [member]: Number(said[member]) }, member)

/** How many seconds a call waits: five by default. @throws ControlError */
export const timeout = (said: Members): number => {
  const seconds = parseDuration(String(said['timeout'] ?? '5s'))
  if (seconds === undefined || seconds > 300)
    throw invalid('timeout is seconds, or a length such as "30s", at most five minutes', 'timeout')
  return seconds
}

export const isToggle = (value: unknown): value is Toggle => value === null || ['boolean', 'number', 'string'].includes(typeof value)

/** @throws ControlError when it was left out */
export const needed = <T>(value: T | undefined, member: string): T => {
  if (value === undefined) throw invalid(`${member} is missing`, member)
  return value
}

/** Without the members that are undefined. */
export const present = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
