/** How a provider says no: at its token endpoint, in redirects, and at its API. */

import type { Seen } from './endpoints.js'
import { callbackOf } from './endpoints.js'
import type { Keep, Members } from './read.js'
import { clientOf, isGranted, string } from './read.js'
import type { Exchange } from './traffic.js'

const errorCodes = ['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope']

interface Known {
  readonly id: string | undefined
  readonly secret: string | undefined
}

const knownGrants = /^(authorization_code|refresh_token|client_credentials|password|urn:.*)$/

/** A refusal is filed under its RFC error code, or under what was presented with it. @param good the client whose requests were granted */
const reasonOf = ({ exchange }: Seen, good: Known): string | undefined => {
  const error = string(exchange.body?.['error'])
  if (error === undefined) return undefined
  if (errorCodes.includes(error)) return error
  const { id, secret } = clientOf(exchange)
  const grant = exchange.params.get('grant_type')
  if (good.id !== undefined && id !== undefined && id !== good.id) return 'client_unknown'
  if (good.secret !== undefined && secret !== undefined && secret !== good.secret) return 'client_secret_wrong'
  if (exchange.status === 401) return 'invalid_client'
  if (grant !== undefined && !knownGrants.test(grant)) return 'unsupported_grant_type'
  return grant === 'authorization_code' || grant === 'refresh_token' ? 'invalid_grant' : undefined
}

/** The reasons for which a grant of each type is refused: where two types are worded differently, their code is not enough. */
const reasonsOf: { readonly [grant: string]: readonly string[] } = {
  authorization_code: ['code_unknown', 'code_expired', 'code_used'],
  refresh_token: [
    'refresh_token_unknown',
    'refresh_token_expired',
    'refresh_token_rotated',
    'refresh_token_revoked',
    'refresh_token_evicted',
  ],
}

export const learnErrors = (tokens: readonly Seen[], granted: readonly Seen[], set: Keep, unlearned: string[]): void => {
  const [first] = granted
  const { id, secret } = first ? clientOf(first.exchange) : {}
  const words = new Map<string, string>()
  for (const one of tokens.filter((each) => !isGranted(each))) {
    const { exchange } = one
    const key = reasonOf(one, { id, secret })
    if (key === undefined) {
      unlearned.push(`entry ${exchange.number}: what the refusal ${JSON.stringify(exchange.text.slice(0, 60))} is about`)
      continue
    }
    const message = messageOf(exchange)
    const known = words.get(key)
    words.set(key, known ?? JSON.stringify(message))
    if (known === undefined) set(`errors.${key}`, message, exchange)
    else if (known !== JSON.stringify(message) && key === 'invalid_grant')
      for (const reason of reasonsOf[exchange.params.get('grant_type') ?? ''] ?? []) set(`errors.${reason}`, message, exchange)
  }
}

/** What an authorization that came to nothing says in the redirect. */
export const learnAuthorizationErrors = (authorizations: readonly Seen[], issuer: string, set: Keep): void => {
  for (const { exchange } of authorizations) {
    const to = callbackOf(exchange)?.searchParams
    const error = to?.get('error')
    if (!to || !error) continue
    const description = to.get('error_description')
    if (description === null) set('settings.authorize.describesErrors', false, exchange)
    else if (/^[a-z_]+$/.test(error)) set(`errors.${error}`, { error, description }, exchange)
    const adds = [...to].filter(([name]) => !['error', 'error_description', 'error_uri', 'state', 'code'].includes(name))
    if (adds.length > 0)
      set(
        'settings.authorize.addsToErrors',
        Object.fromEntries(adds.map(([name, value]) => [name, value === issuer ? '{issuer}' : value])),
        exchange,
      )
  }
}

/** How a refusal is worded; a body of another shape than RFC 6749's is kept as it came. */
const messageOf = ({ status, body = {}, text, headers }: Exchange): Members => {
  const { error, error_description: description, error_uri: uri, ...more } = body
  const challenge = headers.get('www-authenticate')
  const plain =
    string(error) !== undefined && Object.keys(more).length === 0 && (description === undefined || typeof description === 'string')
  return {
    status,
    ...(string(error) === undefined ? {} : { error }),
    description: string(description) ?? '',
    ...(uri === undefined ? {} : { uri }),
    ...(plain ? {} : { body: text === '' ? null : body }),
    ...(challenge === undefined ? {} : { challenge }),
  }
}

/** What a resource says to a token that is no good, to none at all, and to one without the scope. */
export const learnCallErrors = (seen: readonly Seen[], set: Keep): void => {
  for (const { operation, exchange } of seen) {
    if (operation !== 'resource' && operation !== 'userinfo') continue
    const { status, requestHeaders, params } = exchange
    const bare = !requestHeaders.has('authorization') && !params.has('access_token')
    if (status === 401) set(bare ? 'errors.token_missing' : 'errors.invalid_token', messageOf(exchange), exchange)
    if (status === 403) set('errors.scope_insufficient', messageOf(exchange), exchange)
  }
}
