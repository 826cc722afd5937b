/** What a client does, a function each, as it should be at all five providers; a broken client replaces some of them. */

import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JSONWebKeySet } from 'jose'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { ClientEnvironment } from '../../src/conformance/drivers/driver.js'
import type { ModuleSteps } from '../../src/conformance/drivers/module.js'
import { ownTimeSignal } from '../../src/conformance/drivers/ownTime.js'

export interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string
  /** When the access token ends, in milliseconds by the client's own clock; absent when the provider did not say. */
  readonly until?: number
  /** Came from an assertion, which is presented again when the token has ended. */
  readonly assertion?: boolean
  /** The provider has refused to go on. */
  readonly ended?: boolean
}

/** Kept for an authorization request until its callback comes. */
export interface Pending {
  readonly state: string
  readonly verifier: string
  readonly nonce?: string
  /** Whose browser began it. */
  readonly session?: string
}

export interface Stored {
  /** Requests whose callbacks have not come, oldest first. */
  readonly pending?: readonly Pending[]
  readonly used?: readonly string[]
  readonly tokens: { readonly [customer: string]: Tokens }
}

export interface Storage {
  readonly read: () => Stored
  readonly write: (change: Partial<Stored>) => void
}

/** A refusal of the provider, in the words that came. */
export class Refusal extends Error {
  readonly kind = 'oauth'
  readonly code: string
  constructor(code: string, message = code) {
    super(message)
    this.code = code
  }
}

/** An answer that is none: a page, half a body, members missing. */
export class Nonsense extends Error {
  readonly kind = 'protocol'
  readonly code = 'nonsense'
}

/** The provider has no time, and said for how long (in seconds). */
export class Busy extends Error {
  readonly kind = 'other'
  readonly code = 'busy'
  readonly seconds: number
  constructor(seconds: number) {
    super(`the provider asked to wait ${seconds} seconds`)
    this.seconds = seconds
  }
}

/** Something that cannot be done now. */
export class Unable extends Error {
  readonly kind = 'other'
  readonly code = 'unable'
}

export type Reply = { readonly [member: string]: unknown }

/** Everything that a client can get wrong, a function each. */
export interface Parts {
  readonly storage: (given: ClientEnvironment) => Storage
  readonly newState: () => string
  /** The request that a callback may belong to: one of this browser. */
  readonly pick: (pending: readonly Pending[], query: URLSearchParams, session: string | undefined) => Pending | undefined
  /** What is kept when another authorization begins. */
  readonly began: (pending: readonly Pending[], next: Pending) => readonly Pending[]
  /** What a failed callback, a failed refresh or a new authorization leaves of the tokens. */
  readonly spoils: (what: 'authorize' | 'callback' | 'refresh', error: unknown) => boolean
  /** Looks at the ID token of a reply, where there is one. @throws what must not be believed */
  readonly identify: (given: ClientEnvironment, reply: Reply, pending: Pending | undefined) => Promise<void>
  /** Sends a request: with a time limit, and to no other place. */
  readonly send: (url: string, init: RequestInit) => Promise<Response>
  readonly newVerifier: () => string
  readonly authorization: (given: ClientEnvironment, pending: Pending) => Record<string, string>
  /** Finds the code in a callback that may be believed. @throws what must not */
  readonly believe: (given: ClientEnvironment, query: URLSearchParams, pending: Pending | undefined) => string
  readonly exchange: (given: ClientEnvironment, code: string, pending: Pending | undefined) => Record<string, string>
  /** Sends a token request; the parameters are complete but for the client's credentials. */
  readonly ask: (given: ClientEnvironment, parameters: Record<string, string>) => Promise<Reply>
  readonly authenticate: (given: ClientEnvironment, headers: Headers, parameters: Record<string, string>) => void
  readonly encode: (given: ClientEnvironment, headers: Headers, parameters: Record<string, string>) => string
  readonly read: (status: number, text: string) => Reply
  readonly tokensOf: (reply: Reply, before: Tokens | undefined, now?: number) => Tokens
  /** What a refresh sends. */
  readonly refreshing: (tokens: Tokens) => Record<string, string>
  readonly onRefused: (error: unknown, tokens: Tokens) => Tokens
  readonly header: (given: ClientEnvironment, tokens: Tokens) => Record<string, string>
  readonly resource: (given: ClientEnvironment, tokens: Tokens) => string
  /** Whether the access token is about to end. */
  readonly due: (tokens: Tokens, now: number) => boolean
  /** Whether a token that is about to end is used when the refresh in its place failed so. */
  readonly makesDo: (error: unknown, tokens: Tokens, now: number) => boolean
  /** Whether an API call that was answered so is worth another attempt, as it was. */
  readonly again: (response: Response, attempt: number) => boolean
  /** Whether no call is made before a Retry-After is over. */
  readonly waits: boolean
  /** Whether an answer of the API says that a new token would help. */
  readonly expired: (response: Response) => boolean
  /** Whether simultaneous calls share a refresh. */
  readonly shares: boolean
  /** Whether a refresh that has failed makes room for another. */
  readonly clears: boolean
  /** Whether processes over one store refresh one after the other. */
  readonly locks: boolean
  /** Whether a callback is taken once only. */
  readonly once: boolean
  /** How the callback's code becomes tokens: at once. */
  readonly settle: (redeem: () => Promise<void>) => Promise<void>
  readonly keep: (storage: Storage, customer: string, tokens: Tokens | undefined) => void
  readonly customer: (user: string | undefined) => string
  readonly revocation: (given: ClientEnvironment, tokens: Tokens) => { readonly url: string; readonly init: RequestInit }
  readonly forget: (tokens: Tokens) => Tokens | undefined
  readonly assertion: (given: ClientEnvironment) => Record<string, string>
  readonly steps: (made: ModuleSteps, given: ClientEnvironment) => ModuleSteps
}

export const fileStorage = ({ stateDir }: ClientEnvironment): Storage => {
  const file = join(stateDir, 'client.json')
  const read = (): Stored => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stored) : { tokens: {} })
  return {
    read,
    write: (change) => {
      writeFileSync(`${file}.new`, JSON.stringify({ ...read(), ...change }))
      renameSync(`${file}.new`, file)
    },
  }
}

/** Milliseconds that a request may take, of those in which this process gets its turn. */
const limit = 2500

/** Seconds that an answer asks to wait for; a date is read by the clock that wrote it. */
const retryAfterOf = ({ headers }: Response): number | undefined => {
  const said = headers.get('retry-after')
  if (said === null) return undefined
  if (/^\d+$/.test(said)) return Number(said)
  const seconds = (Date.parse(said) - Date.parse(headers.get('date') ?? '')) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

const keyPaths: { readonly [provider: string]: string } = { ziina: '/oidc/jwks', vcita: '/oauth/discovery/keys' }

export const keysOf = async (given: ClientEnvironment): Promise<JSONWebKeySet> => {
  const response = await reference.send(`${given.baseUrl}${keyPaths[given.provider] ?? ''}`, {})
  return (await response.json()) as JSONWebKeySet
}

/** OpenID Connect Core 1.0 §3.1.3.7. */
export const verifyIdToken = async (
  given: ClientEnvironment,
  { id_token: token }: Reply,
  pending: Pending | undefined,
  keys: () => Promise<JSONWebKeySet>,
): Promise<void> => {
  if (typeof token !== 'string' || keyPaths[given.provider] === undefined) return
  const expected = { issuer: given.issuer, audience: given.clientId, algorithms: ['RS256'], clockTolerance: 60 }
  const { payload } = await jwtVerify(token, createLocalJWKSet(await keys()), expected).catch((error: unknown) => {
    throw new Nonsense(`the ID token is wrong: ${(error as { readonly code?: string }).code}`)
  })
  if (pending?.nonce !== undefined && payload['nonce'] !== pending.nonce) throw new Nonsense('nonce differs')
}

const random = (): string => randomBytes(24).toString('base64url')

const only = (query: URLSearchParams, name: string): string | undefined => {
  const all = query.getAll(name)
  if (all.length > 1) throw new Nonsense(`${name} came more than once`)
  return all[0]
}

const basic = (user = '', password = ''): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const scheme: { readonly [provider: string]: string } = { 'zoho-payments': 'Zoho-oauthtoken ', zentail: '' }

const revocationOf = (given: ClientEnvironment, tokens: Tokens): { readonly url: string; readonly init: RequestInit } => {
  const url = given.revokeUrl ?? ''
  if (given.provider === 'zettle') return { url, init: { method: 'DELETE', headers: { authorization: `Bearer ${tokens.access_token}` } } }
  if (given.provider === 'zoho-payments')
    return { url, init: { method: 'POST', body: new URLSearchParams({ token: tokens.refresh_token ?? '' }) } }
  return {
    url,
    init: {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token: tokens.access_token }),
    },
  }
}

/** The refresh token is no good any more: the RFC's word, Zoho's, and Zettle's of before December 2020. */
const isFinal = ({ code, message }: Refusal): boolean =>
  code === 'invalid_grant' || code === 'invalid_code' || (code === 'invalid_request' && message.includes('refresh_token'))

export const reference: Parts = {
  storage: fileStorage,
  newState: random,
  pick: (pending, query, session) => {
    const mine = pending.filter((one) => one.session === session)
    return mine.find(({ state }) => state === query.get('state')) ?? mine.at(-1)
  },
  began: (pending, next) => [...pending, next],
  spoils: () => false,
  identify: (given, reply, pending) => verifyIdToken(given, reply, pending, () => keysOf(given)),
  send: (url, init) => fetch(url, { redirect: 'manual', signal: ownTimeSignal(limit).signal, ...init }),
  newVerifier: () => randomBytes(32).toString('base64url'),
  authorization: (given, { state, verifier, nonce }) => ({
    ...(given.provider === 'vcita' ? {} : { response_type: 'code' }),
    client_id: given.clientId,
    redirect_uri: given.redirectUri,
    ...(given.scope === undefined ? {} : { scope: given.scope }),
    ...(given.provider === 'ziina' ? { prompt: 'consent' } : {}),
    ...(given.provider === 'zoho-payments' ? { soid: 'zohopay.1', access_type: 'offline', prompt: 'consent' } : {}),
    state,
    ...(keyPaths[given.provider] === undefined || nonce === undefined ? {} : { nonce }),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }),
  believe: (given, query, pending) => {
    if (given.authorizeUrl !== undefined && (pending || given.provider !== 'zoho-payments')) {
      if (!pending) throw new Nonsense('no authorization was asked for')
      if (only(query, 'state') !== pending.state) throw new Nonsense('state differs')
      if (given.provider === 'ziina' && only(query, 'iss') !== given.issuer) throw new Nonsense('iss differs')
    }
    const error = only(query, 'error')
    if (error !== undefined) throw new Refusal(error, only(query, 'error_description'))
    const client = only(query, 'client_id')
    if (client !== undefined && client !== given.clientId) throw new Nonsense('an installation of another client')
    const accounts = only(query, 'accounts-server')
    if (accounts !== undefined && new URL(accounts).origin !== new URL(given.tokenUrl).origin)
      throw new Nonsense('an unknown accounts server')
    const code = only(query, 'code')
    if (!code) throw new Nonsense('no code came')
    return code
  },
  exchange: (given, code, pending) => ({
    grant_type: 'authorization_code',
    code,
    ...(given.provider === 'zoho-payments' && !pending ? {} : { redirect_uri: given.redirectUri }),
    ...(pending ? { code_verifier: pending.verifier } : {}),
  }),
  authenticate: (given, headers, parameters) => {
    if (given.provider === 'ziina') headers.set('authorization', basic(given.username, given.password))
    else if (given.provider === 'zentail') headers.set('authorization', basic(given.clientId, given.clientSecret))
    else Object.assign(parameters, { client_id: given.clientId, ...(parameters['assertion'] ? {} : { client_secret: given.clientSecret }) })
  },
  encode: (given, headers, parameters) => {
    headers.set('content-type', given.provider === 'vcita' ? 'application/json' : 'application/x-www-form-urlencoded')
    return given.provider === 'vcita' ? JSON.stringify(parameters) : new URLSearchParams(parameters).toString()
  },
  ask: async function (this: Parts, given, parameters) {
    const headers = new Headers({ accept: 'application/json' })
    const complete = { ...parameters }
    this.authenticate(given, headers, complete)
    const body = this.encode(given, headers, complete)
    const response = await this.send(given.tokenUrl, { method: 'POST', headers, body })
    const wait = response.status === 429 || response.status === 503 ? retryAfterOf(response) : undefined
    if (wait !== undefined) throw new Busy(wait)
    const text = await response.text()
    try {
      return this.read(response.status, text)
    } catch (error) {
      // What the provider says back of what it was sent is not said on.
      const echoed = error instanceof Refusal && Object.values(complete).some((value) => value.length > 8 && error.message.includes(value))
      throw echoed ? new Refusal(error.code) : error
    }
  },
  read: (status, text) => {
    let reply: Reply
    try {
      reply = JSON.parse(text) as Reply
    } catch {
      throw new Nonsense(`no JSON, status ${status}`)
    }
    if (typeof reply['error'] === 'string') throw new Refusal(reply['error'], String(reply['error_description'] ?? reply['error']))
    if (status !== 200 || typeof reply['access_token'] !== 'string') throw new Nonsense(`no access_token, status ${status}`)
    return reply
  },
  tokensOf: (reply, before, now = Date.now()) => {
    const { access_token, refresh_token: brought, expires_in: said } = reply
    const seconds = typeof said === 'string' ? Number(said) : said
    const refresh = typeof brought === 'string' && brought !== '' ? brought : before?.refresh_token
    return {
      access_token: String(access_token),
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
      ...(typeof seconds === 'number' && seconds > 0 ? { until: now + seconds * 1000 } : {}),
    }
  },
  refreshing: (tokens) => {
    if (tokens.ended || !tokens.refresh_token) throw new Unable('the user has to connect again')
    return { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
  },
  // Anything else, such as a throttle, may pass.
  onRefused: (error, tokens) => (error instanceof Refusal && isFinal(error) ? { ...tokens, ended: true } : tokens),
  header: (given, { access_token }) => ({
    authorization: `${scheme[given.provider] ?? 'Bearer '}${access_token}`,
    ...(given.provider === 'zettle' ? { 'x-izettle-application-id': given.clientId } : {}),
  }),
  resource: (given) => given.resourceUrl ?? '',
  due: ({ until }, now) => until !== undefined && until <= now + 30_000,
  makesDo: (error, { until = 0 }, now) => !(error instanceof Refusal && isFinal(error)) && until > now,
  again: ({ status }, attempt) => status >= 500 && attempt < 3,
  waits: true,
  expired: ({ status }) => status === 401,
  shares: true,
  clears: true,
  locks: true,
  once: true,
  settle: (redeem) => redeem(),
  keep: (storage, customer, tokens) => {
    const { [customer]: _, ...others } = storage.read().tokens
    storage.write({ tokens: tokens ? { ...others, [customer]: tokens } : others })
  },
  customer: (user) => user ?? 'me',
  revocation: revocationOf,
  forget: () => undefined,
  assertion: (given) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: given.assertion ?? '' }),
  steps: (made) => made,
}
