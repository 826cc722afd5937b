/** Holds the content of a provider file against the published schema, and says which word was meant. */

import { readFileSync } from 'node:fs'
import { suggestion } from '../validation/nearest.js'
import type { Path } from '../validation/schema.js'
import { isObject } from '../validation/schema.js'
import type { FileProblem } from './problem.js'

/** The part of JSON Schema that the published schema is written in. */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: { readonly [name: string]: Schema }
  readonly additionalProperties?: false | Schema
  readonly required?: readonly string[]
  readonly $defs?: { readonly [name: string]: Schema }
}

let published: Schema | undefined
const publishedSchema = (): Schema => {
  published ??= JSON.parse(readFileSync(new URL('../../openapi/provider.schema.json', import.meta.url), 'utf8')) as Schema
  return published
}

const definition = (ref: string): Schema => publishedSchema().$defs?.[ref.slice('#/$defs/'.length)] ?? {}

const none: readonly FileProblem[] = []

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const articles: { readonly [type: string]: string } = {
  string: 'is a string',
  number: 'is a number',
  boolean: 'is true or false',
  array: 'is a list',
  object: 'is an object',
  null: 'is null',
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const isQuirkForm = (value: unknown): boolean => isObject(value) && typeof value['quirk'] === 'string'

/** A value with its source. */
const isFactForm = (value: { readonly [member: string]: unknown }): boolean =>
  isObject(value['source']) && typeof value['source']['grade'] === 'string' && 'value' in value

const ofObject = (schema: Schema, value: { readonly [member: string]: unknown }, path: Path): readonly FileProblem[] => {
  const names = Object.keys(schema.properties ?? {})
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined)
  return [
    ...Object.entries(value).flatMap(([name, inner]) => {
      const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
      if (known) return problemsIn(known, inner, [...path, name])
      if (schema.additionalProperties !== false) return problemsIn(schema.additionalProperties ?? {}, inner, [...path, name])
      const near = suggestion(name, names)
      return [{ path: [...path, name], message: `unknown setting${near === '' ? `; there are ${names.join(', ')}` : near}` }]
    }),
    // A slip of the pen is told before what it made missing.
    ...missing.map((name) => ({ path, message: `${name} is missing` })),
  ]
}

/** A value that may be one of several: its problems are those of the one that it is most like. */
const ofSeveral = (choices: readonly Schema[], value: unknown, path: Path): readonly FileProblem[] => {
  const open = choices.flatMap((one) => (one.anyOf ? one.anyOf : [one]))
  const quirk = open.find(({ $ref }) => $ref === '#/$defs/quirk')
  const fact = open.find(({ $ref }) => $ref === '#/$defs/fact')
  const plain = open.filter((one) => one !== quirk && one !== fact)
  if (fact && isObject(value) && isFactForm(value))
    return [...problemsIn(fact, value, path), ...ofSeveral([...plain, ...(quirk ? [quirk] : [])], value['value'], [...path, 'value'])]
  if (quirk && isQuirkForm(value)) return ofQuirk({ anyOf: plain }, value as { readonly [member: string]: unknown }, path)
  const kind = kindOf(value)
  const same = plain
    .map((one) => (one.$ref ? definition(one.$ref) : one))
    .filter(({ type }) => type === undefined || type === kind || (type === 'integer' && kind === 'number'))
  const found = (same.length > 0 ? same : plain).map((one) => problemsIn(one, value, path))
  return found.toSorted((a, b) => a.length - b.length)[0] ?? none
}

/** A quirk's two values are values of the setting that it stands in the place of. */
const ofQuirk = (setting: Schema, value: { readonly [member: string]: unknown }, path: Path): readonly FileProblem[] => {
  const own = problemsIn(definition('#/$defs/quirk'), value, path)
  const { variants } = value
  const values = [
    ...(['provider', 'standard'] as const)
      .filter((name) => value[name] !== undefined)
      .map((name) => [[...path, name], value[name]] as const),
    ...Object.entries(isObject(variants) ? variants : {}).map(([name, one]) => [[...path, 'variants', name], one] as const),
  ]
  // `{absent}` leaves a member out, whatever it would be.
  return [...own, ...values.flatMap(([where, one]) => (one === '{absent}' ? none : problemsIn(setting, one, where)))]
}

const ofEnum = (words: readonly unknown[], value: unknown, path: Path): readonly FileProblem[] => {
  if (words.includes(value)) return none
  const near = typeof value === 'string' ? suggestion(value, words.map(String)) : ''
  return [{ path, message: `is one of ${words.map((word) => String(word)).join(', ')}, not ${shown(value)}${near}` }]
}

const ofNumber = ({ type, minimum = -Infinity, maximum = Infinity }: Schema, value: unknown, path: Path): readonly FileProblem[] => {
  const what = type === 'integer' ? 'is a whole number' : 'is a number'
  const within = minimum === -Infinity ? '' : maximum === Infinity ? ` from ${minimum} up` : ` from ${minimum} to ${maximum}`
  const fits = typeof value === 'number' && Number.isFinite(value) && (type !== 'integer' || Number.isInteger(value))
  if (!fits)
    return [{ path, message: `${what}${type === 'integer' ? within : ''}, not ${typeof value === 'number' ? value : shown(value)}` }]
  return value < minimum || value > maximum ? [{ path, message: `${what}${within}, not ${value}` }] : none
}

export const problemsIn = (schema: Schema, value: unknown, path: Path): readonly FileProblem[] => {
  if (schema.$ref) return problemsIn(definition(schema.$ref), value, path)
  if (schema.allOf) return schema.allOf.flatMap((one) => problemsIn(one, value, path))
  if (schema.anyOf) return ofSeveral(schema.anyOf, value, path)
  if (schema.enum) return ofEnum(schema.enum, value, path)
  if (schema.type === undefined) return none
  if (schema.type === 'number' || schema.type === 'integer') return ofNumber(schema, value, path)
  if (kindOf(value) !== schema.type) return [{ path, message: `${articles[schema.type] ?? schema.type}, not ${shown(value)}` }]
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value)))
    return [{ path, message: `is lower-case words joined by hyphens, not ${shown(value)}` }]
  if (isObject(value)) return ofObject(schema, value, path)
  if (Array.isArray(value) && schema.items) return value.flatMap((one, at) => problemsIn(schema.items ?? {}, one, [...path, at]))
  return none
}

/** What does not fit the published schema of provider files. */
export const shapeProblems = (content: unknown): readonly FileProblem[] => problemsIn(publishedSchema(), content, [])
