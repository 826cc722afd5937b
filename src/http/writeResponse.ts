/** From an outcome to HTTP, in the provider's dialect. */

import { createHmac } from 'node:crypto'
import type { Asked, Outcome, Redirected, Refused } from '../protocol/context.js'
import type { Facts } from '../protocol/fill.js'
import { fillJson, fillText, repeatedJson } from '../protocol/fill.js'
import { merge } from '../protocol/merge.js'
import { responseTo, withParameters } from '../protocol/redirect.js'
import type { ErrorMessage, Reason } from '../provider/dialect.js'
import type { Endpoint, Settings } from '../provider/settings.js'
import type { RawResponse } from './raw.js'
import type { SignedTokens } from './signTokens.js'

/** What is shown to a person; how it looks is decided elsewhere. */
export type Page =
  | { readonly kind: 'error'; readonly error: string; readonly description: string; readonly reason: Reason }
  | { readonly kind: 'form_post'; readonly to: string; readonly fields: readonly (readonly [name: string, value: string])[] }
  | Asked

export interface PageResponse {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly page: Page
}

const json = (status: number, body: string | undefined, headers: { readonly [name: string]: string } = {}): RawResponse => ({
  status,
  headers: body === undefined ? headers : { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: body ?? '',
})

/** The words for a reason, at an endpoint that may have its own. */
export const wordingOf = (settings: Settings, endpoint: Endpoint | undefined, reason: Reason): ErrorMessage => {
  const own = endpoint?.wording
  return own && Object.hasOwn(own, reason) ? (own[reason] as ErrorMessage) : settings.dialect[reason]
}

/** What a client sent may stand in a header only as what RFC 9110 §5.5 allows there, and must not end a quoted string. */
const headerSafe = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? value.replace(/[^\x20-\x7e]|["\\]/g, '?') : value]),
  )

interface Headers {
  readonly [name: string]: string
}

/** Headers without placeholders are the same every time. */
const plain = new WeakMap<Headers, Headers | false>()
const plainOf = (headers: Headers): Headers | false => {
  let known = plain.get(headers)
  if (known === undefined) {
    const fixed = Object.values(headers).every((value) => !value.includes('{'))
    known = fixed && Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    plain.set(headers, known)
  }
  return known
}

const none: Headers = {}

const filled = (headers: Headers | undefined, facts: Facts): Headers => {
  if (!headers) return none
  const fixed = plainOf(headers)
  if (fixed) return fixed
  const safe = headerSafe(facts)
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fillText(value, safe)]))
}

const isToken = (endpoint: Endpoint | undefined): boolean => endpoint?.operation === 'token'

/** The other members in the order of their names, as the client will read them, under a keyed hash. */
const signedCallback = (to: string, { parameter, secret }: NonNullable<Redirected['sign']>): string => {
  const pairs = [...new URL(to).searchParams].filter(([name]) => name !== parameter).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const message = pairs.map(([name, value]) => `${name}=${value}`).join('&')
  return withParameters(to, [[parameter, createHmac('sha256', secret).update(message).digest('hex')]])
}

/** Sends the browser back, by a redirect or by a form that it posts. */
const sentBack = ({ status, to, form, sign }: Pick<Redirected, 'status' | 'to' | 'form' | 'sign'>): RawResponse | PageResponse =>
  form === undefined
    ? { status, headers: { location: sign ? signedCallback(to, sign) : to, 'cache-control': 'no-store' }, body: '' }
    : { status: 200, headers: { 'cache-control': 'no-store' }, page: { kind: 'form_post', to, fields: form } }

const refusal = (settings: Settings, endpoint: Endpoint | undefined, outcome: Refused): RawResponse | PageResponse => {
  const wording = wordingOf(settings, endpoint, outcome.reason)
  const { now } = outcome.details
  const date = typeof now === 'number' ? { date: new Date(now * 1000).toISOString() } : {}
  const own: Facts = { issuer: settings.issuer, endpoint: endpoint?.path, ...date, ...outcome.details }
  const error = fillText(wording.error, own)
  const description = fillText(wording.description ?? '', own)
  const facts: Facts = merge(own, { error, description })
  const authorize = settings.authorize
  if (outcome.redirect && authorize) {
    const { to, state, mode } = outcome.redirect
    const described = authorize.describesErrors && description !== '' ? [['error_description', description] as const] : []
    const adds = Object.entries(authorize.addsToErrors).map(([name, value]) => [name, fillText(value, facts)] as const)
    const params = [['error', error] as const, ...described, ...(state === undefined ? [] : [['state', state] as const]), ...adds]
    return sentBack({ status: authorize.status, ...responseTo(to, params, mode) })
  }
  const challenge = wording.challenge ? { 'www-authenticate': fillText(wording.challenge, headerSafe(facts)) } : {}
  const headers = { ...(isToken(endpoint) ? filled(settings.token.headers, facts) : {}), ...challenge, ...filled(wording.headers, facts) }
  // Who pushes a request is a client, and no person (RFC 9126 §2.3).
  if ((wording.page && endpoint?.operation !== 'par') || endpoint?.operation === 'authorize')
    return { status: wording.status, headers, page: { kind: 'error', error, description, reason: outcome.reason } }
  const body =
    wording.body === undefined
      ? {
          error,
          ...(description === '' ? {} : { error_description: description }),
          ...(wording.uri === undefined ? {} : { error_uri: fillText(wording.uri, own) }),
        }
      : wording.body
  return json(wording.status, body === null ? undefined : fillJson(body, facts), headers)
}

export const writeResponse = (
  settings: Settings,
  endpoint: Endpoint | undefined,
  outcome: Outcome,
  signed: SignedTokens,
): RawResponse | PageResponse => {
  switch (outcome.kind) {
    case 'refused':
      return refusal(settings, endpoint, outcome)
    case 'redirected':
      return sentBack(outcome)
    case 'asked':
      return { status: 200, headers: {}, page: outcome }
    case 'answered': {
      const { status, template, headers, trace } = outcome
      const issued = trace.issued ?? []
      const tokens: { [role: string]: string } = {}
      for (const [i, { role, as }] of issued.entries()) tokens[as ?? role] = signed[i] ?? ''
      if (outcome.signed)
        return {
          status,
          headers: { 'content-type': outcome.signed.type, ...filled(headers, outcome.facts) },
          body: signed[issued.length] ?? '',
        }
      const facts = issued.length > 0 ? merge(outcome.facts, tokens) : outcome.facts
      // A reply that hands out a token is never the same again.
      const say = issued.length > 0 ? fillJson : repeatedJson
      return json(status, template === undefined ? undefined : say(template, facts), filled(headers, facts))
    }
  }
}
