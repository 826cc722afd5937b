/** From HTTP to a request value, or to a refusal value; never a throw. */

import type { AccessPresented, Refused, Request } from '../protocol/context.js'
import { refused } from '../protocol/context.js'
import type { Facts } from '../protocol/fill.js'
import { operationTraits } from '../provider/operations.js'
import type { Endpoint, Operation, Settings } from '../provider/settings.js'
import { credentialsOf } from './credentials.js'
import type { MaybePromise } from './maybePromise.js'
import { chain } from './maybePromise.js'
import type { BodyFormats, ParameterProblem } from './parameters.js'
import { parameters } from './parameters.js'
import { placesInHost, placesInPath } from './places.js'
import type { RawRequest } from './raw.js'
import { cookieOf, isMethod } from './raw.js'

/** A request whose tokens have not been looked into yet. */
export interface UnverifiedRequest extends Omit<Request, 'tokens' | 'assertion' | 'verifier' | 'verified'> {
  readonly tokens: readonly (Pick<AccessPresented, 'scheme' | 'in'> & { readonly token: string })[]
  readonly assertion: string | undefined
  readonly verifier: string | undefined
  /** There only where something in the request has to be verified with keys. */
  readonly unverified?: Unverified | undefined
}

/** What still has to be verified, as it came. */
export interface Unverified {
  readonly clientAssertion?: string | undefined
  readonly requestObject?: string | undefined
  readonly proof?: string | undefined
  readonly grant?: string | undefined
  readonly tokens: { readonly [parameter: string]: string }
}

const everything: BodyFormats = { query: true, form: true, multipart: true, json: true }
const queryOnly: BodyFormats = { query: true, form: false, multipart: false, json: false }

const queryAndForm: BodyFormats = { ...queryOnly, form: true }

const formatsOf = (settings: Settings, operation: Operation, method: string): BodyFormats => {
  switch (operationTraits[operation].reads) {
    case 'token':
      return settings.token.reads
    case 'token-or-form':
      return { ...settings.token.reads, form: true }
    case 'body':
      return { ...everything, query: false }
    case 'form':
      return { ...queryAndForm, query: false }
    case 'query-and-json':
      return { ...queryOnly, json: method !== 'GET' && method !== 'DELETE' }
    case 'query-or-form':
      return method === 'GET' ? queryOnly : queryAndForm
    case 'query':
      return queryOnly
  }
}

const troubles = { escapes: 'encoding_malformed', body: 'body_malformed', 'content-type': 'content_type_unsupported' } as const

const refusal = (problem: ParameterProblem, details: Facts): Refused =>
  problem.problem === 'repeated'
    ? refused('parameter_repeated', { ...details, parameter: problem.parameter })
    : refused(troubles[problem.problem], details, { settingPaths: ['token.reads'] })

/** Access tokens in the header, the query and a form body (RFC 6750 §2). */
const tokensOf = (raw: RawRequest, { header: carrier }: Settings['resource']): UnverifiedRequest['tokens'] => {
  const tokens: { token: string; scheme: string; in: 'header' | 'query' | 'body' }[] = []
  const header = raw.headers[carrier]?.trim()
  if (header) {
    const space = header.indexOf(' ')
    if (space < 0) tokens.push({ token: header, scheme: '', in: 'header' })
    else tokens.push({ token: header.slice(space + 1).trim(), scheme: header.slice(0, space), in: 'header' })
  }
  const inQuery = raw.query.includes('access_token=') ? new URLSearchParams(raw.query).get('access_token') : null
  if (inQuery) tokens.push({ token: inQuery, scheme: '', in: 'query' })
  const type = raw.headers['content-type'] ?? ''
  if (raw.method !== 'GET' && type.startsWith('application/x-www-form-urlencoded') && raw.body.includes('access_token=')) {
    const inBody = new URLSearchParams(raw.body).get('access_token')
    if (inBody) tokens.push({ token: inBody, scheme: '', in: 'body' })
  }
  return tokens
}

/** Tokens that come as parameters, operation by operation. */
const tokenParameters: { readonly [O in Operation]?: readonly string[] } = {
  introspect: ['token'],
  revoke: ['token'],
  token: ['subject_token', 'actor_token'],
  authorize: ['id_token_hint'],
  'end-session': ['id_token_hint'],
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What has to be verified before anything can be decided; undefined where the provider has none of it. */
const unverifiedIn = (
  settings: Settings,
  operation: Operation,
  raw: RawRequest,
  params: ReadonlyMap<string, string>,
): Unverified | undefined => {
  const { clientAssertions, requestObjects, dpop, introspection, exchange, openid, logout, assertion, access } = settings
  if (!(clientAssertions || requestObjects || dpop || introspection || exchange || openid || logout || assertion?.signedByClients))
    return undefined
  const clientAssertion = clientAssertions && params.get('client_assertion_type') === jwtBearer ? params.get('client_assertion') : undefined
  const requestObject = operation === 'authorize' || operation === 'par' ? params.get('request') : undefined
  const proof = dpop ? raw.headers['dpop'] : undefined
  const grant = assertion?.signedByClients && operation === 'token' ? params.get('assertion') : undefined
  const tokens: { [parameter: string]: string } = {}
  for (const name of tokenParameters[operation] ?? []) {
    const sent = params.get(name)
    if (sent !== undefined && (operation !== 'revoke' || access.format.kind === 'jwt')) tokens[name] = sent
  }
  const nothing = (clientAssertion ?? requestObject ?? proof ?? grant) === undefined && Object.keys(tokens).length === 0
  return nothing ? undefined : { clientAssertion, requestObject, proof, grant, tokens }
}

/** Parameters that stand in the path or in the host name, where the endpoint's have a `{name}`. */
const withPlaces = ({ path, host }: Endpoint, raw: RawRequest, params: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...(placesInHost(host, raw.host ?? '') ?? []), ...(placesInPath(path, raw.path) ?? []), ...params])

/** @param name the endpoint's name in the settings */
export const parseRequest = (
  settings: Settings,
  name: string,
  endpoint: Endpoint,
  raw: RawRequest,
): MaybePromise<UnverifiedRequest | Refused> => {
  const details: Facts = { method: raw.method, path: raw.path, issuer: settings.issuer }
  if (!isMethod(raw.method) || !endpoint.methods.includes(raw.method)) return refused('method_not_allowed', details)
  if (raw.problem === 'too-large') return refused('body_too_large', details)
  if (raw.problem === 'unreadable' || raw.body.includes('\uFFFD')) return refused('encoding_malformed', details)
  const method = raw.method
  const finish = (read: ReadonlyMap<string, string> | ParameterProblem): UnverifiedRequest | Refused => {
    if ('problem' in read) return refusal(read, details)
    const params = endpoint.path.includes('{') || endpoint.host.includes('{') ? withPlaces(endpoint, raw, read) : read
    const unverified = unverifiedIn(settings, endpoint.operation, raw, params)
    return {
      operation: endpoint.operation,
      endpoint: name,
      method,
      path: raw.path,
      host: raw.host ?? endpoint.host,
      params,
      credentials: credentialsOf(raw, params, settings.client.trimsNewline),
      tokens: operationTraits[endpoint.operation].takesAccessToken ? tokensOf(raw, settings.resource) : [],
      assertion: params.get('assertion'),
      verifier: params.get('code_verifier'),
      session:
        operationTraits[endpoint.operation].takesSession && settings.authorize ? cookieOf(raw, settings.authorize.cookie) : undefined,
      unverified,
      accept: settings.introspection || settings.token.formats.length > 1 ? raw.headers['accept'] : undefined,
    }
  }
  const rules = endpoint.operation === 'client-registration' ? { ...settings.token, repeated: 'first' as const } : settings.token
  const multiple = settings.resourceIndicators !== null || settings.exchange !== null
  return chain(parameters(raw, formatsOf(settings, endpoint.operation, method), rules, multiple), finish)
}
