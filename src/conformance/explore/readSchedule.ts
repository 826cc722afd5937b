/** Reads a schedule from its file. */

import { flaws } from '../cases/idTokenFlaws.js'
import type { Act, Schedule } from './schedule.js'
import { ends, forgeries, moments } from './schedule.js'
import { troubleNames } from './troubles.js'

const acts: readonly Act['do'][] = [
  'connect',
  'assertion',
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
  if (what === 'end')
    need(
      ends.some((one) => one === act['what']),
      `${where}.what`,
      `one of ${ends.join(', ')}`,
    )
  if (act['idToken'] !== undefined)
    need(
      flaws.some((one) => one === act['idToken']),
      `${where}.idToken`,
      `one of ${flaws.join(', ')}`,
    )
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
