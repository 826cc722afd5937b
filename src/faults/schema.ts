/** What may be asked of a fault: one schema for the library and the control API. */

import { longestDuration } from '../clock/clock.js'
import { duration, secondsOf } from '../clock/durationSchema.js'
import { reasons } from '../provider/dialect.js'
import { operationNames } from '../provider/operations.js'
import { assertValid } from '../validation/check.js'
import type { Members, Schema } from '../validation/schema.js'
import { custom, integer, isObject, list, matching, object, oneOf, text } from '../validation/schema.js'
import type { FaultInput } from './faultInput.js'
import type { FaultKind, FaultOf } from './kinds.js'
import { faultKinds, maxHoldLimit } from './kinds.js'

/** What a server may send at all: strange ones are what a client meets behind strange proxies. */
const status = integer(200, 999)
/** What a timer can hold, in seconds: nobody waits for an answer longer than that. */
const longestWait = Math.floor((2 ** 31 - 1) / 1000)
const length = duration(longestWait)

/** A header whose name is a token and whose value stands on one line of Latin-1 (RFC 9110 §5.1, §5.5). */
const headers: Schema<{ readonly [name: string]: string }> = {
  json: { type: 'object', additionalProperties: { type: 'string' } },
  problems: (value, path = []) => {
    if (!isObject(value)) return [{ path, message: 'is an object' }]
    return Object.entries(value).flatMap(([name, one]) => {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return [{ path: [...path, name], message: 'is not a header name' }]
      const fits = typeof one === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(one)
      return fits ? [] : [{ path: [...path, name], message: 'is a string on one line, of characters that a header may have' }]
    })
  },
}

/** Deeper than any answer of an API, and not so deep that writing it down fails. */
const deepest = 200

const depthOf = (value: unknown): number => {
  let level: readonly unknown[] = [value]
  let depth = 0
  for (; depth <= deepest && level.length > 0; depth += 1)
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  return depth
}

const body = custom({}, (value) => {
  if (typeof value !== 'string' && !isObject(value) && !Array.isArray(value)) return 'is an object, a list or a text'
  return depthOf(value) > deepest ? `is at most ${deepest} levels deep` : undefined
})

const plainObject = custom<{ readonly [member: string]: unknown }>({ type: 'object' }, (value) =>
  isObject(value) ? undefined : 'is an object',
)

/** The members that say more about each kind, and those of them that must be said. */
const kinds: {
  readonly [K in FaultKind]: {
    readonly members: { readonly [M in Exclude<keyof FaultOf<K>, 'kind'>]-?: Schema }
    readonly required?: readonly string[]
  }
} = {
  status: { members: { status, headers, body } },
  refuse: { members: { reason: oneOf(reasons) }, required: ['reason'] },
  'rate-limit': { members: { status, retryAfter: integer(0, longestDuration) } },
  delay: { members: { for: length } },
  hang: { members: { for: length } },
  reset: { members: {} },
  hold: { members: { phase: oneOf(['before', 'after']), limit: duration(maxHoldLimit) } },
  lose: { members: {} },
  truncate: { members: { after: integer(0) } },
  'wrong-length': { members: { by: integer(-1e9, 1e9) } },
  garble: { members: {} },
  'gateway-page': { members: { status } },
  drip: { members: { pause: length } },
  say: { members: { set: plainObject, remove: list(text()), order: oneOf(['reversed']), headers } },
  tamper: {
    members: { parameter: oneOf(['code', 'state', 'iss']), how: oneOf(['missing', 'wrong', 'empty', 'doubled']) },
    required: ['parameter', 'how'],
  },
}

export const faultKind = oneOf(Object.keys(faultKinds) as readonly FaultKind[])

const conditions: Members = {
  kind: faultKind,
  provider: text(),
  operation: oneOf(operationNames),
  times: custom({ anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] }, (value) =>
    value === 'always' || (Number.isSafeInteger(value) && Number(value) > 0) ? undefined : 'is a whole number from 1 up, or "always"',
  ),
  when: object({
    grantType: text(),
    clientId: text(),
    method: matching(/^[A-Za-z]+$/, 'is a method of HTTP'),
    path: text(),
    nth: integer(1),
  }),
  probability: custom({ type: 'number', exclusiveMinimum: 0, maximum: 1 }, (value) =>
    typeof value === 'number' && value > 0 && value <= 1 ? undefined : 'is a number above 0 and up to 1',
  ),
}

/** What is said of every fault, beside its kind: JSON Schema. */
export const conditionsSchema = (): Schema['json'] => {
  const { kind: _, ...rest } = conditions
  return object(rest).json
}

/** What is said of a fault of a kind alone: JSON Schema. */
export const ownSchema = (of: FaultKind): Schema['json'] => {
  const { members, required = [] } = kinds[of]
  return object(members as Members, { required }).json
}

const schemas = new Map<FaultKind, Schema>()

/** The members of a fault of a kind, and those that must be said. */
export const membersOf = (of: FaultKind): { readonly members: Members; readonly required: readonly string[] } => {
  const { members, required = [] } = kinds[of]
  return { members: { ...conditions, ...(members as Members) }, required }
}

const schemaOf = (of: FaultKind): Schema => {
  const known = schemas.get(of)
  if (known) return known
  const { members, required } = membersOf(of)
  const made: Schema = object(members, { required })
  schemas.set(of, made)
  return made
}

const anyKind: Schema = { json: {}, problems: (value, path = []) => (isObject(value) ? [] : [{ path, message: 'is an object' }]) }

/** Members that are lengths of time, and may be said as `2s`. */
const lengths = ['for', 'pause', 'limit'] as const

/**
 * A fault as it was asked for, with lengths of time in seconds.
 *
 * @param within what it is called where it was asked for
 * @throws ValidationError that names the member
 */
export const checkedFault = (fault: FaultInput, within: string): FaultInput => {
  assertValid(anyKind, fault, within)
  const { kind: said } = fault
  assertValid(object({ kind: faultKind }, { required: ['kind'] }), { kind: said }, within)
  assertValid(schemaOf(said), fault, within)
  const spoken = fault as unknown as { readonly [member: string]: unknown }
  const seconds = lengths.flatMap((name) =>
    spoken[name] === undefined ? [] : [[name, secondsOf(spoken[name] as number | string)] as const],
  )
  return seconds.length === 0 ? fault : ({ ...fault, ...Object.fromEntries(seconds) } as FaultInput)
}
