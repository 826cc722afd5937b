/**
 * The documented exchanges of the providers, one file each in `fixtures/<provider>/samples/`, to be replayed over HTTP with
 * only the host changed.
 *
 * ```yaml
 * title: a sentence
 * source: where in the provider's text the exchange stands
 * changed: in what it differs from the printed one
 * infers: what of the response the text does not print; `nothing`
 * interactive: true            # pages are shown; without it the first user approves at once
 * quirks: { name: value }      # toggles of this provider
 * given:                       # what exists before: a value stands in seed.json; otherwise it is made and named below
 *   session: 9c3375c9-...
 *   code: 4fa87ba8...          # or {}: a new one, as {{code}}
 *   refreshToken: IZSEC07b0... # or {}: a new one, as {{refreshToken}}
 *   accessToken: 74639aa9...   # or { scope }: a new one, as {{accessToken}}
 *   assertion: { scope }       # a new one, as {{assertion}}
 * after: 04-exchange           # another sample that is replayed first; what it keeps can be named here
 * request:                     # sent to the letter
 *   method: POST
 *   path: /token?...           # behind /{provider}; a path under /__admin is not
 *   basic: [user, password]    # an Authorization header made of the two
 *   headers: { Content-Type: ... }
 *   body: grant_type=...
 * response:
 *   status: 200
 *   headers: { content-type: { pattern: ... } }
 *   location: { at: https://..., query: { code: ... }, exact: true }
 *   body: { ... }              # JSON
 *   text: { pattern: ... }     # or a text as it is
 *   exact: true                # the body has no further members
 *   ordered: true              # and they come in this order
 * keeps: { access_token, code: location code }   # name: member of the body, or parameter of the redirect
 * ```
 *
 * A value to expect is itself, or `{ pattern }` (a regular expression), `{ type }` (a JSON type), or
 * `{ jwt: { header, claims } }` (a signed token with at least these members).
 */

import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface Sample {
  readonly title: string
  readonly source: string
  readonly changed: string
  readonly infers: string
  readonly interactive?: boolean
  readonly quirks?: { readonly [name: string]: boolean | number | string | null }
  readonly given?: {
    readonly [kind in 'session' | 'code' | 'refreshToken' | 'accessToken' | 'assertion']?: string | { readonly scope?: string }
  }
  readonly after?: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly basic?: readonly [string, string]
    readonly headers?: { readonly [name: string]: string }
    readonly body?: string
  }
  readonly response: {
    readonly status: number
    readonly headers?: { readonly [name: string]: unknown }
    readonly location?: { readonly at: string; readonly query: { readonly [parameter: string]: unknown }; readonly exact?: boolean }
    readonly body?: unknown
    readonly text?: unknown
    readonly exact?: boolean
    readonly ordered?: boolean
  }
  readonly keeps?: { readonly [name: string]: string }
}

const fixtures = new URL('../../fixtures/', import.meta.url)

export const sampleProviders = ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'] as const

/** The samples of a provider by file name, in order. */
export const samplesOf = (provider: string): ReadonlyMap<string, Sample> =>
  new Map(
    readdirSync(new URL(`${provider}/samples/`, fixtures))
      .sort()
      .map((file) => [file.replace(/\.yaml$/, ''), parse(readFileSync(new URL(`${provider}/samples/${file}`, fixtures), 'utf8'))]),
  )

/** Puts values in place of `{{name}}`. */
export const filled = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`nothing is kept as ${name}`)
    return value
  })

type Members = { readonly [member: string]: unknown }

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const jsonType = (value: unknown): readonly string[] => {
  if (value === null) return ['null']
  if (Array.isArray(value)) return ['array']
  return Number.isInteger(value) ? ['integer', 'number'] : [typeof value]
}

const jwtParts = (token: unknown): Members | undefined => {
  if (typeof token !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header ?? ''), claims: JSON.parse(claims ?? '') }
}

/** In what a value differs from what is expected, with its place; empty when it fits. */
export const differences = (value: unknown, expected: unknown, exact = false, place = ''): readonly string[] => {
  const at = place || 'the value'
  if (isObject(expected) && typeof expected['pattern'] === 'string') {
    const fits =
      typeof value === 'string' && new RegExp(expected['pattern'].replace(/^\(\?\w+\)/, ''), flags(expected['pattern'])).test(value)
    return fits ? [] : [`${at} does not match ${expected['pattern']}: ${JSON.stringify(value)}`]
  }
  if (isObject(expected) && typeof expected['type'] === 'string') {
    return jsonType(value).includes(expected['type']) ? [] : [`${at} is no ${expected['type']}: ${JSON.stringify(value)}`]
  }
  if (isObject(expected) && 'jwt' in expected) {
    const parts = jwtParts(value)
    return parts === undefined ? [`${at} is no JWT: ${JSON.stringify(value)}`] : differences(parts, expected['jwt'], false, at)
  }
  if (isObject(expected)) {
    if (!isObject(value)) return [`${at} is no object: ${JSON.stringify(value)}`]
    const more = exact ? Object.keys(value).filter((member) => !Object.hasOwn(expected, member)) : []
    return [
      ...more.map((member) => `${at} has a member ${member}`),
      ...Object.entries(expected).flatMap(([member, inner]) => differences(value[member], inner, exact, `${place}/${member}`)),
    ]
  }
  return Object.is(value, expected) ? [] : [`${at} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`]
}

/** `(?is)` at the start of a pattern. */
const flags = (pattern: string): string => /^\(\?(\w+)\)/.exec(pattern)?.[1] ?? ''

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const locationDifferences = (location: string | null, expected: NonNullable<Sample['response']['location']>): readonly string[] => {
  if (location === null) return ['there is no Location']
  const [at, query] = location.split('?')
  const parameters = new URLSearchParams(query)
  return [
    ...differences(at, expected.at, false, 'Location'),
    ...differences(Object.fromEntries(parameters), expected.query, expected.exact, 'Location query'),
    ...([...parameters].length === new Set(parameters.keys()).size ? [] : ['the Location repeats a parameter']),
  ]
}

/** In what an answer differs from the response of a sample; empty when it is the documented one. */
export const answerDifferences = (answer: Answer, expected: Sample['response']): readonly string[] => {
  const found = [...differences(answer.status, expected.status, false, 'status')]
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    found.push(...differences(answer.headers.get(name), value, false, name))
  if (expected.location) found.push(...locationDifferences(answer.headers.get('location'), expected.location))
  if ('text' in expected) found.push(...differences(answer.text, expected.text, false, 'text'))
  if (!('body' in expected)) return found
  const body: unknown = JSON.parse(answer.text)
  found.push(...differences(body, expected.body, expected.exact, 'body'))
  if (expected.ordered === true) {
    const wanted = Object.keys(expected.body as Members)
    const order = Object.keys(body as Members).filter((member) => wanted.includes(member))
    found.push(...differences(order.join(), wanted.join(), false, 'order of members'))
  }
  return found
}
