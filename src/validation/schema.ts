/**
 * Shapes of values, written once: what is wrong with a value, where, and the same as JSON Schema for editors. The control API,
 * the library, the config file and imported state are all checked by these.
 */

import { suggestion } from './nearest.js'

export type Path = readonly (string | number)[]

/** What is wrong. `message` goes on from the name of the field: "is a string". */
export interface Problem {
  readonly path: Path
  readonly message: string
}

export interface Schema<T = unknown> {
  /** JSON Schema, draft 2020-12; made when it is read. */
  readonly json: { readonly [keyword: string]: unknown }
  /** Whether there is any problem: nothing is made of one that nobody reads. */
  readonly problems: (value: unknown, path?: Path) => readonly Problem[]
  /** Never set: carries the type of what passes. */
  readonly passes?: T
}

/** The type of what a schema lets through. */
export type Passing<S> = S extends Schema<infer T> ? T : never

const none: readonly Problem[] = []

export const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const leaf = <T>(json: Schema['json'], message: string, fits: (value: unknown) => boolean): Schema<T> => ({
  json,
  problems: (value, path = []) => (fits(value) ? none : [{ path, message }]),
})

const described = (description: string | undefined): { readonly description?: string } => (description === undefined ? {} : { description })

/** A string that is not empty. */
export const text = (description?: string): Schema<string> =>
  leaf(
    { type: 'string', minLength: 1, ...described(description) },
    'is a string that is not empty',
    (value) => typeof value === 'string' && value !== '',
  )

export const flag = (description?: string): Schema<boolean> =>
  leaf({ type: 'boolean', ...described(description) }, 'is true or false', (value) => typeof value === 'boolean')

/** Both bounds are allowed. */
export const integer = (minimum: number, maximum = Number.MAX_SAFE_INTEGER, description?: string): Schema<number> =>
  leaf(
    { type: 'integer', minimum, ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }), ...described(description) },
    `is a whole number from ${minimum}${maximum === Number.MAX_SAFE_INTEGER ? ' up' : ` to ${maximum}`}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
  )

export const port = (description?: string): Schema<number> =>
  leaf(
    { type: 'integer', minimum: 0, maximum: 65_535, ...described(description) },
    'is a port from 0 to 65535',
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
  )

export const url = (description?: string): Schema<string> =>
  leaf(
    { type: 'string', format: 'uri', ...described(description) },
    'is a URL',
    (value) => typeof value === 'string' && URL.canParse(value),
  )

/** An absolute URI (RFC 3986): what is no ASCII is percent-encoded in it, and no header could carry it otherwise. */
export const isUri = (text: string): boolean => /^[\x21-\x7e]+$/.test(text) && URL.canParse(text)

export const uri = (description?: string): Schema<string> =>
  leaf(
    { type: 'string', format: 'uri', ...described(description) },
    'is an absolute URI of ASCII characters',
    (value) => typeof value === 'string' && isUri(value),
  )

/** A string of a form. @param what goes on from the name of the field: "is a name of lower-case letters" */
export const matching = (pattern: RegExp, what: string, description?: string): Schema<string> =>
  leaf(
    { type: 'string', pattern: pattern.source, ...described(description) },
    what,
    (value) => typeof value === 'string' && pattern.test(value),
  )

/** Says which word was meant. */
export const oneOf = <const W extends string>(words: readonly W[], description?: string): Schema<W> => ({
  json: { enum: words, ...described(description) },
  problems: (value, path = []) =>
    words.some((word) => word === value)
      ? none
      : [{ path, message: `is one of ${words.join(', ')}${typeof value === 'string' ? suggestion(value, words) : ''}` }],
})

/** @param what goes on from the name of the field */
export const custom = <T>(json: Schema['json'], problem: (value: unknown) => string | undefined): Schema<T> => ({
  json,
  problems: (value, path = []) => {
    const message = problem(value)
    return message === undefined ? none : [{ path, message }]
  },
})

export const list = <T>(inner: Schema<T>, description?: string, least = 0): Schema<readonly T[]> => ({
  get json() {
    return { type: 'array', items: inner.json, ...(least > 0 ? { minItems: least } : {}), ...described(description) }
  },
  problems: (value, path = []) => {
    if (!Array.isArray(value) || value.length < least) return [{ path, message: `is a list${least > 0 ? ` of at least ${least}` : ''}` }]
    return value.flatMap((one, at) => inner.problems(one, [...path, at]))
  },
})

export interface Members {
  readonly [name: string]: Schema
}

type Of<M extends Members, R extends keyof M> = { readonly [K in keyof M as K extends R ? K : never]: Passing<M[K]> } & {
  readonly [K in keyof M as K extends R ? never : K]?: Passing<M[K]>
}

/** An object that has no other members than these; a member that is undefined was left out. */
export const object = <const M extends Members, const R extends keyof M & string = never>(
  members: M,
  {
    required = [],
    description,
    called = 'member',
  }: { readonly required?: readonly R[]; readonly description?: string; readonly called?: string } = {},
): Schema<Of<M, R>> => ({
  get json() {
    return {
      type: 'object',
      ...described(description),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(members).map(([name, { json }]) => [name, json])),
    }
  },
  problems: (value, path = []) => {
    if (!isObject(value)) return [{ path, message: 'is an object' }]
    const names = Object.keys(members)
    return [
      ...Object.entries(value).flatMap(([name, inner]) => {
        if (inner === undefined) return none
        const member = Object.hasOwn(members, name) ? members[name] : undefined
        if (member) return member.problems(inner, [...path, name])
        const near = suggestion(name, names)
        return [{ path: [...path, name], message: `unknown ${called}${near === '' ? `; there are ${names.join(', ') || 'none'}` : near}` }]
      }),
      // A slip of the pen is told before what it made missing.
      ...required.filter((name) => value[name] === undefined).map((name) => ({ path: [...path, name], message: 'is missing' })),
    ]
  },
})

/** What one of two shapes lets through; the problems are those of the first, which is the usual one. */
export const either = <A, B>(usual: Schema<A>, other: Schema<B>): Schema<A | B> => ({
  get json() {
    return { anyOf: [usual.json, other.json] }
  },
  problems: (value, path = []) => (other.problems(value, path).length === 0 ? none : usual.problems(value, path)),
})

/** `clients[0].redirectUris[1]`. */
export const fieldName = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')
