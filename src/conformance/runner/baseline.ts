/** Known failures, each with a reason: they do not count, and those that came right again do. */

import { parse } from 'yaml'
import { fitsAny } from './select.js'
import type { CaseResult, CheckResult, StaleEntry } from './verdict.js'

export interface KnownFailure {
  /** `provider/topic/name`, or a pattern such as `refresh/*`. */
  readonly case: string
  /** Only this check of it. */
  readonly check?: string
  readonly reason: string
}

/** What cannot be a baseline; the message says where. */
export class BaselineError extends Error {}

const known = ['case', 'check', 'reason']

const entryOf = (value: unknown, at: number): KnownFailure => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BaselineError(`entry ${at + 1} is not a mapping`)
  const stranger = Object.keys(value).find((member) => !known.includes(member))
  if (stranger !== undefined)
    throw new BaselineError(`entry ${at + 1} has a member ${JSON.stringify(stranger)}; it takes ${known.join(', ')}`)
  const entry = value as { readonly [member: string]: unknown }
  for (const member of ['case', 'reason'])
    if (typeof entry[member] !== 'string' || entry[member] === '') throw new BaselineError(`entry ${at + 1} has no ${member}`)
  if (entry['check'] !== undefined && typeof entry['check'] !== 'string') throw new BaselineError(`entry ${at + 1}: check is a check's id`)
  return value as KnownFailure
}

/** Reads YAML or JSON: a list of entries. @throws BaselineError */
export const readBaseline = (text: string): readonly KnownFailure[] => {
  let list: unknown
  try {
    list = parse(text)
  } catch (error) {
    throw new BaselineError(error instanceof Error ? error.message : String(error))
  }
  if (list === null || list === undefined) return []
  if (!Array.isArray(list)) throw new BaselineError('a baseline is a list of entries with case and reason')
  return list.map(entryOf)
}

const covers = (entry: KnownFailure, { id }: CaseResult, check: CheckResult): boolean =>
  fitsAny(id, [entry.case]) && (entry.check === undefined || entry.check === check.id)

const nameOf = ({ case: id, check }: KnownFailure): string => (check === undefined ? id : `${id}#${check}`)

const missed = ({ verdict }: CheckResult): boolean => verdict === 'fail' || verdict === 'warn' || verdict === 'not-exercised'

/** Marks known failures, and names the entries that say something failed that did not, among what was run. */
/** The places that an entry may name, whether or not they were run. */
export interface Known {
  readonly case: string
  readonly checks: readonly string[]
}

/** Why an entry can never come true: it names nothing that there is. Entries of other providers are none of this run's. */
const misnamed = (entry: KnownFailure, known: readonly Known[], provider: string): string | undefined => {
  const [first = '', ...more] = entry.case.split('/')
  if (more.length === 2 && /^[a-z0-9-]+$/.test(first) && first !== provider) return undefined
  const fitting = known.filter((one) => fitsAny(one.case, [entry.case]))
  if (fitting.length === 0) return `no case is named ${entry.case}`
  if (entry.check === undefined || entry.check.startsWith('always.') || fitting.some(({ checks }) => checks.includes(entry.check ?? '')))
    return undefined
  return `no check of ${entry.case} is named ${entry.check}`
}

/** @param known every case of the provider, with its checks, so that an entry which fits none of them is told */
export const applyBaseline = (
  cases: readonly CaseResult[],
  baseline: readonly KnownFailure[],
  known?: { readonly provider: string; readonly all: readonly Known[] },
): { readonly cases: readonly CaseResult[]; readonly stale: readonly StaleEntry[] } => {
  const marked = cases.map((one) => ({
    ...one,
    checks: one.checks.map((check) => {
      const entry = missed(check) ? baseline.find((each) => covers(each, one, check)) : undefined
      return entry ? { ...check, known: entry.reason } : check
    }),
  }))
  const stale = baseline.filter((entry) => {
    const touched = cases.flatMap((one) => one.checks.filter((check) => covers(entry, one, check)))
    return touched.length > 0 && !touched.some(missed)
  })
  return {
    cases: marked,
    stale: [
      ...stale.map((entry) => ({ entry: nameOf(entry), reason: entry.reason })),
      ...baseline.flatMap((entry) => {
        const why = known && misnamed(entry, known.all, known.provider)
        return why === undefined ? [] : [{ entry: nameOf(entry), reason: entry.reason, why }]
      }),
    ],
  }
}
