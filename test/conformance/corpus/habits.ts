/** Everything that a client can get wrong, a function or a switch each, as a careful client has it. */

import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Address } from './address.js'
import { factsOf } from './address.js'
import { type NetworkError, networkError, OAuthError, ProtocolError, Unable } from './errors.js'
import type { Look } from './idtoken.js'
import type { Pending, Storage, Tokens } from './storage.js'
import { fileStorage } from './storage.js'

export interface Outgoing {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A whole answer. */
export interface Incoming {
  readonly status: number
  /** Null when it is not there. */
  readonly header: (name: string) => string | null
  readonly text: string
}

export type Parameters = Readonly<Record<string, string>>
export type Reply = { readonly [member: string]: unknown }

/** What a step is told. */
export interface Asked {
  readonly url?: string
  /** The customer who is at the app. */
  readonly user?: string
  /** The browser that is at the app. */
  readonly session?: string
  /** What time it is, in epoch seconds. */
  readonly now?: number
}

export interface Habits {
  /** Milliseconds after which a request is given up. */
  readonly limit: number
  /** The client's own clock, in milliseconds. */
  readonly now: () => number
  readonly storage: (given: Address) => Storage
  readonly random: () => string
  /** Sends a request; follows nowhere. @throws NetworkError */
  readonly send: (request: Outgoing, limit: number) => Promise<Incoming>

  readonly authorization: (given: Address, pending: Pending) => Parameters
  readonly sameState: (came: string, kept: string) => boolean
  /** Whether a request belongs to who is at the app now. */
  readonly sameSession: (pending: Pending, asked: Asked) => boolean
  /** What was kept for a request is gone before anything is done with its callback. */
  readonly once: boolean
  readonly trustIssuer: (given: Address, query: URLSearchParams) => void
  /** Whether the callback's client is this one, where it says so. */
  readonly ownClient: (given: Address, query: URLSearchParams) => boolean
  /** False when this code was taken before. */
  readonly claimCode: (storage: Storage, code: string) => boolean
  readonly customer: (asked: Asked, pending: Pending | undefined) => string

  readonly tokenUrl: (given: Address, query: URLSearchParams | undefined) => string
  readonly exchange: (given: Address, code: string, pending: Pending | undefined) => Parameters
  readonly refreshing: (given: Address, tokens: Tokens) => Parameters
  readonly authenticate: (given: Address, parameters: Parameters) => { readonly headers: Parameters; readonly parameters: Parameters }
  readonly encode: (given: Address, parameters: Parameters) => { readonly type: string; readonly body: string }
  /** Reads a token response. @throws when it is none */
  readonly read: (answer: Incoming) => Reply
  /** Milliseconds after which a token request that failed is sent again, as it was; undefined for not at all. */
  readonly askAgain: (error: unknown, parameters: Parameters, attempt: number) => number | undefined
  readonly tokensOf: (reply: Reply, before: Tokens | undefined, now: number) => Tokens
  /** What is not looked at in an ID token. */
  readonly ignores: readonly Look[]
  /** Keys are fetched anew when one is not among them. */
  readonly renewsKeys: boolean
  readonly save: (storage: Storage, user: string, tokens: Tokens) => void

  /** Whether the access token is about to end. */
  readonly due: (tokens: Tokens, now: number) => boolean
  /** Whether an answer of the API says that a new token would help. */
  readonly expired: (answer: Incoming) => boolean
  /** Whether a failed refresh means that there will never be another. */
  readonly isFinal: (error: unknown) => boolean
  /** What is kept after a refresh that failed for good. */
  readonly onFinal: (tokens: Tokens) => Tokens | undefined
  /** What is kept after a refresh that failed otherwise. */
  readonly onTrouble: (tokens: Tokens) => Tokens | undefined
  /** Simultaneous calls share a refresh. */
  readonly shares: boolean
  /** Processes that share a directory refresh one after the other. */
  readonly locks: boolean
  /** What is refreshed is what the store holds now. */
  readonly looksAgain: boolean
  /** No refresh is made when the token that was refused is not the one that is held now. */
  readonly spares: boolean
  /** What a refresh leads to is written over what it started from, and over nothing else. */
  readonly guards: boolean
  /** A provider that asks to wait is not asked before. */
  readonly waits: boolean
  /** Milliseconds that an answer asks to wait for. */
  readonly retryAfter: (answer: Incoming, now: number) => number | undefined

  readonly resource: (given: Address, tokens: Tokens) => Outgoing
  /** Milliseconds after which an API call is made again, as it was; undefined for not at all. */
  readonly callAgain: (answer: Incoming | NetworkError, attempt: number) => number | undefined
  readonly revocation: (given: Address, tokens: Tokens) => Outgoing
  readonly assertion: (given: Address) => Parameters
}

const one = (query: URLSearchParams, name: string): string | undefined => {
  const all = query.getAll(name)
  if (all.length > 1) throw new ProtocolError(`${name} came more than once`)
  return all[0]
}

export const parameter = one

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
export const formEncoded = (value: string): string => new URLSearchParams({ v: value }).toString().slice(2)

export const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Milliseconds a Retry-After asks for; a date is read by the clock that wrote it. */
const retryAfter = (answer: Incoming, now: number): number | undefined => {
  const said = answer.header('retry-after')
  if (said === null) return undefined
  if (/^\d+$/.test(said.trim())) return Math.min(Number(said) * 1000, 3_600_000)
  const until = Date.parse(said)
  const told = Date.parse(answer.header('date') ?? '')
  return Number.isNaN(until) ? undefined : Math.min(Math.max(until - (Number.isNaN(told) ? now : told), 0), 3_600_000)
}

const object = (text: string, status: number): Reply => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Reply
  } catch {
    // Said below, without the text.
  }
  throw new ProtocolError(`no JSON object, status ${status}`, status)
}

const read = ({ status, text }: Incoming): Reply => {
  if (status >= 500 || status === 429 || (status >= 300 && status < 400)) throw new ProtocolError(`status ${status}`, status)
  const reply = object(text, status)
  const { error, error_description: description, access_token: token, token_type: type } = reply
  if (typeof error === 'string') throw new OAuthError(error, typeof description === 'string' ? description : '', status)
  if (status !== 200 || typeof token !== 'string' || token === '') throw new ProtocolError(`no access_token, status ${status}`, status)
  if (typeof type === 'string' && !/^(bearer|zoho-oauthtoken)$/i.test(type)) throw new ProtocolError('an unknown token_type', status)
  return reply
}

/** Seconds, as a number or as digits. */
const lifetime = (said: unknown): number | undefined => {
  const seconds = typeof said === 'string' && /^\d+$/.test(said) ? Number(said) : said
  return typeof seconds === 'number' && seconds > 0 && seconds < 1e11 ? seconds : undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export const tokensOf = (reply: Reply, before: Tokens | undefined, now: number): Tokens => {
  const refresh = text(reply['refresh_token']) ?? before?.refresh_token
  const seconds = lifetime(reply['expires_in'])
  const scope = text(reply['scope']) ?? before?.scope
  const domain = text(reply['api_domain']) ?? before?.api_domain
  return {
    access_token: String(reply['access_token']),
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    ...(seconds === undefined ? {} : { until: now + seconds * 1000 }),
    ...(scope === undefined ? {} : { scope }),
    ...(domain === undefined ? {} : { api_domain: domain }),
    ...(before?.subject === undefined ? {} : { subject: before.subject }),
  }
}

/** RFC 6749 §5.2, Zoho's word, and Zettle's of before December 2020. */
const isFinal = (error: unknown): boolean =>
  error instanceof OAuthError &&
  (error.code === 'invalid_grant' || error.code === 'invalid_code' || (error.code === 'invalid_request' && error.mentions('refresh_token')))

/** The API is where the token response said, if that is one of this client's provider. */
const resourceUrl = ({ resourceUrl: url, userinfoUrl, baseUrl }: Address, domain: string | undefined): string => {
  const usual = url ?? userinfoUrl ?? ''
  if (domain === undefined || !URL.canParse(domain) || new URL(domain).origin !== new URL(baseUrl).origin) return usual
  return usual.startsWith(baseUrl) ? `${domain.replace(/\/$/, '')}${usual.slice(baseUrl.length)}` : usual
}

const revocation = (given: Address, tokens: Tokens): Outgoing => {
  const url = given.revokeUrl ?? ''
  const { ends } = factsOf(given)
  const authorization = `${factsOf(given).scheme}${tokens.access_token}`
  if (ends === 'delete-with-access-token') return { method: 'DELETE', url, headers: { authorization } }
  if (ends === 'post-own-access-token') {
    const body = JSON.stringify({ token: tokens.access_token })
    return { method: 'POST', url, headers: { authorization, 'content-type': 'application/json' }, body }
  }
  const token = tokens.refresh_token ?? tokens.access_token
  const proof = ends === 'rfc7009' ? habits.authenticate(given, { token }) : { headers: {}, parameters: { token } }
  const headers = { ...proof.headers, 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url, headers, body: new URLSearchParams(proof.parameters).toString() }
}

export const habits: Habits = {
  limit: 4000,
  now: Date.now,
  storage: ({ stateDir }) => fileStorage(join(stateDir, 'store')),
  random: () => randomBytes(32).toString('base64url'),
  send: async ({ method, url, headers, body }, limit) => {
    try {
      const init = { method, headers, redirect: 'manual' as const, signal: AbortSignal.timeout(limit) }
      const response = await fetch(url, body === undefined ? init : { ...init, body })
      return { status: response.status, header: (name) => response.headers.get(name), text: await response.text() }
    } catch (error) {
      throw networkError(error)
    }
  },

  authorization: (given, { state, verifier, nonce }) => {
    const facts = factsOf(given)
    return {
      ...(facts.noResponseType ? {} : { response_type: 'code' }),
      client_id: given.clientId,
      redirect_uri: given.redirectUri,
      ...(given.scope === undefined ? {} : { scope: given.scope }),
      ...facts.asks,
      state,
      ...(given.scope?.split(/[ ,]/).includes('openid') ? { nonce } : {}),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
  },
  sameState: (came, kept) => came === kept,
  sameSession: (pending, { session = 'default', user }) =>
    pending.session === session && (user === undefined || pending.user === undefined || pending.user === user),
  once: true,
  trustIssuer: (given, query) => {
    const came = one(query, 'iss')
    if (came === undefined && !factsOf(given).namesIssuer) return
    if (came !== given.issuer) throw new ProtocolError('iss differs')
  },
  ownClient: (given, query) => [undefined, given.clientId].includes(one(query, 'client_id')),
  claimCode: (storage, code) => storage.claim('code', code),
  customer: ({ user }, pending) => user ?? pending?.user ?? 'me',

  tokenUrl: (given, query) => {
    const named = query?.get('accounts-server')
    if (!named) return given.tokenUrl
    // Only where this client's own provider is: anybody can write a callback.
    if (!URL.canParse(named) || new URL(named).origin !== new URL(given.tokenUrl).origin)
      throw new ProtocolError('an unknown accounts server')
    return `${named.replace(/\/$/, '')}${new URL(given.tokenUrl).pathname.slice(new URL(given.baseUrl).pathname.length)}`
  },
  exchange: (given, code, pending) => ({
    grant_type: 'authorization_code',
    code,
    ...(factsOf(given).noRedirectUri && !pending ? {} : { redirect_uri: given.redirectUri }),
    ...(pending ? { code_verifier: pending.verifier } : {}),
  }),
  refreshing: (_, { refresh_token: token }) => {
    if (token === undefined) throw new Unable('the user has to connect again')
    return { grant_type: 'refresh_token', refresh_token: token }
  },
  authenticate: (given, parameters) => {
    const { authenticates } = factsOf(given)
    const { clientId, clientSecret = '', username = '', password = '' } = given
    if (authenticates === 'issued-username')
      return { headers: { authorization: basic(formEncoded(username), formEncoded(password)) }, parameters }
    if (authenticates === 'basic')
      return { headers: { authorization: basic(formEncoded(clientId), formEncoded(clientSecret)) }, parameters }
    const proof = parameters['assertion'] === undefined ? { client_secret: clientSecret } : {}
    return { headers: {}, parameters: { ...parameters, client_id: clientId, ...proof } }
  },
  encode: (given, parameters) =>
    factsOf(given).json
      ? { type: 'application/json', body: JSON.stringify(parameters) }
      : { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(parameters).toString() },
  read,
  askAgain: () => undefined,
  tokensOf,
  ignores: [],
  renewsKeys: true,
  save: (storage, user, tokens) => storage.write('tokens', user, tokens),

  due: ({ until, spent }, now) => spent === true || (until !== undefined && until <= now + 30_000),
  expired: ({ status }) => status === 401,
  isFinal,
  onFinal: (tokens) => ({ ...tokens, ended: true }),
  onTrouble: (tokens) => tokens,
  shares: true,
  locks: true,
  looksAgain: true,
  spares: true,
  guards: true,
  waits: true,
  retryAfter,

  resource: (given, { access_token: token, api_domain: domain }) => ({
    method: 'GET',
    url: resourceUrl(given, domain),
    headers: {
      authorization: `${factsOf(given).scheme}${token}`,
      accept: 'application/json',
      ...(given.provider === 'zettle' ? { 'x-izettle-application-id': given.clientId } : {}),
    },
  }),
  callAgain: () => undefined,
  revocation,
  assertion: ({ assertion = '' }) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
}
