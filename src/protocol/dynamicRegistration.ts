/** Dynamic client registration (RFC 7591) and its management (RFC 7592). */

import { isUri } from '../validation/schema.js'
import type { DecisionContext, Outcome, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { authMethods, grantTypes } from './metadata.js'
import { mintFormat } from './mintFormat.js'
import type { Client, ClientMethod, Tx } from './records.js'
import { bearer } from './resource.js'
import { wholeSeconds } from './time.js'

const isObject = (value: unknown): value is Facts => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members of a JSON request: those that are no strings were put into the parameters as JSON text. */
const metadataOf = ({ params }: Request): Facts =>
  Object.fromEntries(
    [...params].map(([name, text]) => {
      if (!/^[[{]|^(true|false|\d+)$/.test(text)) return [name, text]
      try {
        return [name, JSON.parse(text)]
      } catch {
        return [name, text]
      }
    }),
  )

const strings = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined

const wrong = (parameter: string, problem: string): Refused =>
  refused('registration_metadata', { parameter, problem }, { settingPaths: ['dynamicRegistration'] })

const loopbackHttp = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?([/?]|$)/

/** https anywhere, http at a loopback address, and schemes of an app's own (RFC 8252 §7). */
const redirectProblem = (uri: string): string | undefined => {
  if (!isUri(uri)) return `${uri} is no absolute URI`
  if (uri.includes('#')) return `${uri} has a fragment`
  if (uri.startsWith('http:') && !loopbackHttp.test(uri)) return `${uri} is neither https nor at a loopback address`
  return /^(javascript|data|file):/i.test(uri) ? `${uri} has a scheme that runs code` : undefined
}

const uriMembers = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'backchannel_logout_uri']

interface Checked {
  readonly redirectUris: readonly string[]
  readonly method: ClientMethod
  readonly grants: readonly string[]
  readonly scope: readonly string[]
  readonly jwks: Client['jwks']
}

const checkedKeys = (metadata: Facts, method: string): Client['jwks'] | Refused => {
  // Keys at a URL would have to be fetched, and the double asks nobody anything.
  if (metadata['jwks_uri'] !== undefined) return wrong('jwks_uri', 'keys are taken by value, in jwks')
  const { jwks } = metadata as { readonly jwks?: unknown }
  const keys = isObject(jwks) ? jwks['keys'] : undefined
  if (jwks !== undefined && !(Array.isArray(keys) && keys.every(isObject))) return wrong('jwks', 'it is a set of keys')
  if (method === 'private_key_jwt' && !Array.isArray(keys)) return wrong('jwks', `${method} needs a key`)
  return Array.isArray(keys) ? { keys } : undefined
}

const checkedScope = (context: DecisionContext, metadata: Facts): readonly string[] | Refused => {
  const { scope } = metadata
  const { scopes } = context.settings
  if (scope === undefined) return scopes
  if (typeof scope !== 'string') return wrong('scope', 'it is one string')
  // RFC 7591 §2: the server may register less than was asked for.
  return scope.split(' ').filter((one) => scopes.includes(one))
}

/** RFC 7591 §2: what was asked for, with what is usual in place of what was left out. */
const check = (context: DecisionContext, metadata: Facts): Checked | Refused => {
  const { settings } = context
  const method = metadata['token_endpoint_auth_method'] ?? (settings.client.takes.basic ? 'client_secret_basic' : 'client_secret_post')
  if (typeof method !== 'string' || !authMethods(settings).includes(method))
    return wrong('token_endpoint_auth_method', `there are ${authMethods(settings).join(', ')}`)
  const grants = metadata['grant_types'] === undefined ? ['authorization_code', 'refresh_token'] : strings(metadata['grant_types'])
  const known = grantTypes(settings)
  if (!grants?.every((grant) => known.includes(grant))) return wrong('grant_types', `there are ${known.join(', ')}`)
  const responses = metadata['response_types'] === undefined ? ['code'] : strings(metadata['response_types'])
  if (!responses?.every((type) => type === 'code')) return wrong('response_types', 'there is code')
  const redirectUris = metadata['redirect_uris'] === undefined ? [] : strings(metadata['redirect_uris'])
  if (redirectUris === undefined) return refused('registration_redirect_uri', { problem: 'it is a list of strings' })
  if (redirectUris.length === 0 && grants.includes('authorization_code'))
    return refused('registration_redirect_uri', { problem: 'the authorization code grant needs one' })
  const bad = redirectUris.map(redirectProblem).find((problem) => problem !== undefined)
  if (bad !== undefined) return refused('registration_redirect_uri', { problem: bad })
  const member = uriMembers.find((name) => metadata[name] !== undefined && !URL.canParse(String(metadata[name])))
  if (member !== undefined) return wrong(member, 'it is a URL')
  const after = metadata['post_logout_redirect_uris']
  if (after !== undefined && !strings(after)?.every((uri) => URL.canParse(uri)))
    return wrong('post_logout_redirect_uris', 'it is a list of URLs')
  const scope = checkedScope(context, metadata)
  if ('kind' in scope) return scope
  const jwks = checkedKeys(metadata, method)
  if (jwks !== undefined && 'kind' in jwks) return jwks
  return { redirectUris, method: method as ClientMethod, grants, scope, jwks }
}

const ours = [
  'client_id',
  'client_secret',
  'client_id_issued_at',
  'client_secret_expires_at',
  'registration_access_token',
  'registration_client_uri',
  'redirect_uris',
  'token_endpoint_auth_method',
  'grant_types',
  'scope',
  'jwks',
]

const isSecret = (method: ClientMethod | undefined): boolean => method !== 'none' && method !== 'private_key_jwt'

const clientOf = (context: DecisionContext, metadata: Facts, checked: Checked, before?: Client): Client => {
  const { client, dynamicRegistration } = context.settings
  const more = Object.fromEntries(Object.entries(metadata).filter(([name]) => !ours.includes(name)))
  const token =
    before?.registrationToken ?? (dynamicRegistration?.management ? mintFormat(context, dynamicRegistration.registrationToken) : undefined)
  return {
    id: before?.id ?? mintFormat(context, client.id),
    secret: isSecret(checked.method) ? before?.secret || mintFormat(context, client.secret) : '',
    name: typeof metadata['client_name'] === 'string' ? metadata['client_name'] : 'client',
    redirectUris: checked.redirectUris,
    scope: checked.scope,
    method: checked.method,
    grants: checked.grants,
    metadata: more,
    registeredAt: before?.registeredAt ?? context.now,
    ...(checked.jwks ? { jwks: checked.jwks } : {}),
    ...(token === undefined ? {} : { registrationToken: token }),
  }
}

/** What is registered, as it is told to the client (RFC 7591 §3.2.1, RFC 7592 §3). */
const information = (context: DecisionContext, request: Request, client: Client): Facts => {
  const { dynamicRegistration } = context.settings
  const lifetime = dynamicRegistration?.secretLifetime ?? null
  const issued = wholeSeconds(client.registeredAt ?? context.now)
  const endpoint = context.settings.endpoints[request.endpoint]
  return {
    client_id: client.id,
    ...(client.secret === '' ? {} : { client_secret: client.secret, client_secret_expires_at: lifetime === null ? 0 : issued + lifetime }),
    client_id_issued_at: issued,
    ...(client.registrationToken === undefined
      ? {}
      : {
          registration_access_token: client.registrationToken,
          registration_client_uri: `${context.base}${endpoint?.path ?? request.path}?client_id=${encodeURIComponent(client.id)}`,
        }),
    ...client.metadata,
    client_name: client.name,
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.method,
    grant_types: client.grants,
    response_types: client.grants?.includes('authorization_code') ? ['code'] : [],
    scope: client.scope.join(' '),
    ...(client.jwks ? { jwks: client.jwks } : {}),
  }
}

const answer = (status: number, facts: Facts | undefined, client: Client): Outcome => ({
  kind: 'answered',
  status,
  template: facts,
  headers: { 'cache-control': 'no-store' },
  facts: {},
  trace: { client: client.id },
})

const register = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { dynamicRegistration } = context.settings
  if (dynamicRegistration?.scope != null) {
    const checked = bearer(context, tx, request)
    if (checked.kind === 'refused') return checked
    if (!checked.token.scope.split(' ').includes(dynamicRegistration.scope))
      return refused('scope_insufficient', { scope: dynamicRegistration.scope })
  }
  const metadata = metadataOf(request)
  const checked = check(context, metadata)
  if ('kind' in checked) return checked
  const client = clientOf(context, metadata, checked)
  tx.put('client', client.id, client)
  return answer(201, information(context, request, client), client)
}

/** The client that a registration access token manages (RFC 7592 §2). */
const managed = (tx: Tx, request: Request): Client | Refused => {
  const [token] = request.tokens
  const client = tx.get('client', request.params.get('client_id') ?? '')
  if (!token || !client?.registrationToken || token.id !== client.registrationToken || token.scheme.toLowerCase() !== 'bearer')
    return refused('registration_token_wrong')
  return client
}

export const decideClientRegistration = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { dynamicRegistration } = context.settings
  if (!dynamicRegistration) return refused('not_found', { path: request.path })
  if (request.method === 'POST') return register(context, tx, request)
  if (!dynamicRegistration.management) return refused('method_not_allowed', { method: request.method })
  const client = managed(tx, request)
  if ('kind' in client) return client
  if (request.method === 'GET') return answer(200, information(context, request, client), client)
  if (request.method === 'DELETE') {
    tx.delete('client', client.id)
    return answer(204, undefined, client)
  }
  const metadata = metadataOf(request)
  if (metadata['client_secret'] !== undefined && metadata['client_secret'] !== client.secret)
    return wrong('client_secret', 'it cannot be chosen')
  const checked = check(context, metadata)
  if ('kind' in checked) return checked
  const changed = clientOf(context, metadata, checked, client)
  tx.put('client', client.id, changed)
  return answer(200, information(context, request, changed), changed)
}
