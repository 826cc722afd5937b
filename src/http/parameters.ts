/** Reads parameters from a query, a form, a multipart form or a JSON object. */

import { isWellFormed } from '../validation/wellFormed.js'
import type { MaybePromise } from './maybePromise.js'
import { chain } from './maybePromise.js'
import type { RawRequest } from './raw.js'

export type ParameterProblem =
  | { readonly problem: 'repeated'; readonly parameter: string }
  | { readonly problem: 'escapes' | 'body' | 'content-type' }

type Pairs = readonly (readonly [string, string])[]

const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? decodeURIComponent(spaced) : spaced
}

/** `application/x-www-form-urlencoded` (WHATWG URL §5.1), strictly: what is no UTF-8 or no escape is not guessed at. */
export const formPairs = (text: string, broken: 'refused' | 'kept'): Pairs | ParameterProblem => {
  if (text === '') return []
  try {
    const pairs: (readonly [string, string])[] = []
    for (const piece of text.split('&')) {
      if (piece === '') continue
      const at = piece.indexOf('=')
      pairs.push(at < 0 ? [decode(piece), ''] : [decode(piece.slice(0, at)), decode(piece.slice(at + 1))])
    }
    return pairs
  } catch {
    return broken === 'kept' ? [...new URLSearchParams(text)] : { problem: 'escapes' }
  }
}

const noPairs: Pairs = []

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const jsonPairs = (body: string): Pairs | ParameterProblem => {
  if (body.trim() === '') return []
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'body' }
    // Half a surrogate pair is no character (RFC 8259 §8.2), and nothing that goes on from here could write it down.
    if (/\\ud[89a-f]/i.test(body) && !isWellFormed(value)) return { problem: 'escapes' }
    return Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([name, inner]) => [name, text(inner)] as const)
  } catch {
    return { problem: 'body' }
  }
}

const multipartPairs = async (body: string, contentType: string): Promise<Pairs | ParameterProblem> => {
  try {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
    return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : ''] as const)
  } catch {
    return { problem: 'body' }
  }
}

export interface BodyFormats {
  readonly query: boolean
  readonly form: boolean
  readonly multipart: boolean
  readonly json: boolean
}

/** A body without a content type is no body (RFC 9110 §8.3 lets a server guess; guessing hides client mistakes). */
const bodyPairs = (raw: RawRequest, reads: BodyFormats, broken: 'refused' | 'kept'): MaybePromise<Pairs | ParameterProblem> => {
  const contentType = raw.headers['content-type'] ?? ''
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === '') return []
  if (type === 'application/x-www-form-urlencoded' && reads.form) return formPairs(raw.body, broken)
  if (type === 'application/json' && reads.json) return jsonPairs(raw.body)
  if (type === 'multipart/form-data' && reads.multipart) return multipartPairs(raw.body, contentType)
  return raw.body === '' ? [] : { problem: 'content-type' }
}

/** Parameters that may come more than once (RFC 8707 §2, RFC 8693 §2.1): joined by spaces, which no URI has. */
const several = ['resource', 'audience']

const collect = (pairs: Pairs, repeated: 'refused' | 'first', multiple: boolean): ReadonlyMap<string, string> | ParameterProblem => {
  const params = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (params.has(name)) {
      if (multiple && several.includes(name)) {
        params.set(name, `${params.get(name)} ${value}`)
        continue
      }
      if (repeated === 'refused') return { problem: 'repeated', parameter: name }
      continue
    }
    params.set(name, value)
  }
  // RFC 6749 §3.1: a parameter without a value counts as left out; whether a state does is the provider's to say.
  for (const [name, value] of params) if (value === '' && name !== 'state') params.delete(name)
  return params
}

/** All parameters of a request, from the places that are read. */
export const parameters = (
  raw: RawRequest,
  reads: BodyFormats,
  rules: { readonly repeated: 'refused' | 'first'; readonly brokenEscapes: 'refused' | 'kept' },
  multiple = false,
): MaybePromise<ReadonlyMap<string, string> | ParameterProblem> => {
  const query = reads.query && raw.query !== '' ? formPairs(raw.query, rules.brokenEscapes) : noPairs
  if ('problem' in query) return query
  // Where nothing is read from a body, none is looked at: what an API takes is not OAuth's business.
  if (raw.method === 'GET' || !(reads.form || reads.multipart || reads.json)) return collect(query, rules.repeated, multiple)
  const join = (body: Pairs | ParameterProblem) =>
    'problem' in body ? body : collect(query.length === 0 ? body : [...query, ...body], rules.repeated, multiple)
  return chain(bodyPairs(raw, reads, rules.brokenEscapes), join)
}
