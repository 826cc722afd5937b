/** A fault while it is written in a form: each member is text until the fault is set. */

import type { MemberSchema, Vocabulary } from '../types.js'

export interface NewFault {
  readonly kind: string
  readonly [member: string]: unknown
}

export interface Draft {
  readonly [member: string]: string
}

export interface Member {
  readonly name: string
  readonly schema: MemberSchema
  readonly required: boolean
  /** Said of which requests are meant, below `when`. */
  readonly isCondition: boolean
}

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (schema: MemberSchema | undefined, isCondition = false): readonly Member[] =>
  Object.entries(schema?.properties ?? {}).map(([name, one]) => ({
    name,
    schema: one,
    required: schema?.required?.includes(name) ?? false,
    isCondition,
  }))

/** What can be said of a fault of a kind: what the server says of it, so that no member is forgotten here. */
export const membersOf = (words: Vocabulary, kind: string): { readonly own: readonly Member[]; readonly common: readonly Member[] } => ({
  own: own(words.faultMembers[kind]),
  common: own(words.faultConditions).flatMap((member) => (member.name === 'when' ? own(member.schema, true) : [member])),
})

/** What a link to the form says. */
export const draftOf = (text: string): Draft | undefined => {
  try {
    const said: unknown = JSON.parse(text)
    if (!isObject(said)) return undefined
    const { when, ...members } = said
    return Object.fromEntries(
      Object.entries({ ...members, ...(isObject(when) ? when : {}) }).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    )
  } catch {
    return undefined
  }
}

const figure = /^-?\d+(\.\d+)?$/

/** Whether a member is written as JSON: an object, or anything at all. */
export const isJson = ({ type, enum: words, anyOf }: MemberSchema): boolean =>
  type === 'object' || (type === undefined && words === undefined && anyOf === undefined)

/** What a text stands for. @throws Error that says what the member is */
const read = ({ name, schema }: Member, text: string): unknown => {
  if (schema.enum || schema.type === 'string') return text
  if (schema.type === 'array') return text.split(/[\s,]+/).filter((one) => one !== '')
  if (figure.test(text)) return Number(text)
  if (!isJson(schema)) return text
  try {
    return JSON.parse(text)
  } catch {
    if (schema.type === 'object') throw new Error(`${name} is an object of JSON, such as {"a": 1}`)
    return text
  }
}

/** @throws Error that names the member which is missing, or is not of its kind */
export const faultIn = (draft: Draft, words: Vocabulary): NewFault => {
  const { kind = '' } = draft
  const members = membersOf(words, kind)
  const all = [...members.own, ...members.common].filter(({ name }) => name !== 'kind')
  const missing = all.find(({ name, required }) => required && (draft[name] ?? '') === '')
  if (missing) throw new Error(`${missing.name} is missing`)
  const said = all.flatMap((member) => {
    const text = draft[member.name] ?? ''
    return text === '' ? [] : [[member, read(member, text)] as const]
  })
  const pairs = (isCondition: boolean) =>
    said.filter(([member]) => member.isCondition === isCondition).map(([{ name }, value]) => [name, value])
  const when = pairs(true)
  return { kind, ...Object.fromEntries(pairs(false)), ...(when.length === 0 ? {} : { when: Object.fromEntries(when) }) }
}
