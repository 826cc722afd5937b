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
import type { RawRequest } from './raw.js'
import { cookieOf, isMethod } from './raw.js'

/** A request whose tokens have not been looked into yet. */
export interface UnverifiedRequest extends Omit<Request, 'tokens' | 'assertion' | 'verifier'> {
  readonly tokens: readonly (Pick<AccessPresented, 'scheme' | 'in'> & { readonly token: string })[]
  readonly assertion: string | undefined
  readonly verifier: string | undefined
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
const tokensOf = (raw: RawRequest): UnverifiedRequest['tokens'] => {
  const tokens: { token: string; scheme: string; in: 'header' | 'query' | 'body' }[] = []
  const header = raw.headers['authorization']?.trim()
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
  const finish = (params: ReadonlyMap<string, string> | ParameterProblem): UnverifiedRequest | Refused => {
    if ('problem' in params) return refusal(params, details)
    return {
      operation: endpoint.operation,
      endpoint: name,
      method,
      path: raw.path,
      host: raw.host ?? endpoint.host,
      params,
      credentials: credentialsOf(raw, params, settings.client.trimsNewline),
      tokens: operationTraits[endpoint.operation].takesAccessToken ? tokensOf(raw) : [],
      assertion: params.get('assertion'),
      verifier: params.get('code_verifier'),
      session: endpoint.operation === 'authorize' && settings.authorize ? cookieOf(raw, settings.authorize.cookie) : undefined,
    }
  }
  return chain(parameters(raw, formatsOf(settings, endpoint.operation, method), settings.token), finish)
}
