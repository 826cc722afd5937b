/** What a server says of itself (RFC 8414, OpenID Connect Discovery 1.0, RFC 9728): made from its settings, so that it says what is served. */

import { absent } from '../provider/formats.js'
import { operationTraits } from '../provider/operations.js'
import type { Endpoint, Operation, Settings } from '../provider/settings.js'
import type { Answered, DecisionContext } from './context.js'

interface Members {
  readonly [member: string]: unknown
}

/** An endpoint whose section the provider lacks is not there. */
export const isServed = (settings: Settings, { operation, document, answer }: Endpoint): boolean => {
  // What it answers is said by OpenID Connect, or by the provider.
  if (operation === 'userinfo' && settings.openid === null && answer === undefined) return false
  if (document === 'protected-resource') return settings.protectedResource !== null
  if (document === 'authorization-server') return settings.discovery !== null
  const { section } = operationTraits[operation]
  return section === undefined || settings[section] !== null
}

const urlOf = ({ settings, base }: DecisionContext, operation: Operation): string | undefined => {
  const found = Object.values(settings.endpoints).find((one) => one.operation === operation && isServed(settings, one))
  return found && `${base}${found.path}`
}

/** Client authentication at the token endpoint, by the names of the registry. */
export const authMethods = (settings: Settings): readonly string[] => {
  const { client, clientAssertions, pkce, dynamicRegistration } = settings
  return [
    ...(client.takes.basic ? ['client_secret_basic'] : []),
    ...(client.takes.body ? ['client_secret_post'] : []),
    ...(clientAssertions?.methods.client_secret_jwt ? ['client_secret_jwt'] : []),
    ...(clientAssertions?.methods.private_key_jwt ? ['private_key_jwt'] : []),
    ...(pkce?.replacesSecret || dynamicRegistration ? ['none'] : []),
  ]
}

export const grantTypes = ({ token, refresh, authorize, device }: Settings): readonly string[] =>
  Object.entries(token.grants)
    .filter(([grant, on]) => on && (grant !== 'refresh_token' || refresh.given !== 'never'))
    .filter(([grant]) => grant !== 'authorization_code' || authorize !== null)
    .filter(([grant]) => grant !== 'urn:ietf:params:oauth:grant-type:device_code' || device !== null)
    .map(([grant]) => grant)

const openidMembers = (context: DecisionContext): Members => {
  const { openid, idToken } = context.settings
  if (!openid || !idToken) return {}
  const claims = Object.values(openid.claims).flatMap((one) => Object.keys(one))
  return {
    userinfo_endpoint: urlOf(context, 'userinfo'),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: openid.algorithms,
    userinfo_signing_alg_values_supported: openid.algorithms,
    claim_types_supported: ['normal'],
    claims_supported: [...new Set(['sub', 'iss', 'auth_time', 'acr', ...claims])],
    claims_parameter_supported: openid.claimsParameter,
    acr_values_supported: openid.acrValues,
  }
}

const requestMembers = ({ settings }: DecisionContext): Members => ({
  request_parameter_supported: settings.openid || settings.requestObjects ? settings.requestObjects !== null : undefined,
  request_uri_parameter_supported: settings.openid || settings.requestObjects ? false : undefined,
  request_object_signing_alg_values_supported: settings.requestObjects?.algorithms,
  require_signed_request_object: settings.requestObjects?.required,
  require_pushed_authorization_requests: settings.par?.required,
})

const authMembers = ({ settings }: DecisionContext): Members => {
  const methods = authMethods(settings)
  const algorithms = settings.clientAssertions?.algorithms
  const callers = methods.filter((method) => method !== 'none')
  return {
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    ...(settings.revoke?.authenticates === 'always'
      ? { revocation_endpoint_auth_methods_supported: methods, revocation_endpoint_auth_signing_alg_values_supported: algorithms }
      : {}),
    ...(settings.introspection?.authenticates
      ? { introspection_endpoint_auth_methods_supported: callers, introspection_endpoint_auth_signing_alg_values_supported: algorithms }
      : {}),
    introspection_signing_alg_values_supported: settings.introspection?.signed ? settings.signing.algorithms : undefined,
    dpop_signing_alg_values_supported: settings.dpop?.algorithms,
  }
}

const logoutMembers = (context: DecisionContext): Members => {
  const { logout } = context.settings
  return {
    end_session_endpoint: urlOf(context, 'end-session'),
    backchannel_logout_supported: logout ? logout.backchannel : undefined,
    backchannel_logout_session_supported: logout ? logout.backchannel : undefined,
  }
}

/** Authorization server metadata; the same document serves OpenID Connect Discovery. */
const serverMetadata = (context: DecisionContext): Members => {
  const { settings } = context
  const { authorize, pkce, scopes } = settings
  return {
    issuer: settings.issuer,
    authorization_endpoint: urlOf(context, 'authorize'),
    token_endpoint: urlOf(context, 'token'),
    jwks_uri: urlOf(context, 'jwks'),
    registration_endpoint: urlOf(context, 'client-registration'),
    revocation_endpoint: urlOf(context, 'revoke'),
    introspection_endpoint: urlOf(context, 'introspect'),
    pushed_authorization_request_endpoint: urlOf(context, 'par'),
    device_authorization_endpoint: urlOf(context, 'device-authorization'),
    scopes_supported: scopes,
    response_types_supported: authorize ? ['code'] : [],
    response_modes_supported: authorize?.responseModes ?? undefined,
    grant_types_supported: grantTypes(settings),
    code_challenge_methods_supported: pkce?.methods,
    authorization_response_iss_parameter_supported: authorize && authorize.adds['iss'] !== undefined ? true : undefined,
    prompt_values_supported: authorize?.prompts ?? undefined,
    ...requestMembers(context),
    ...authMembers(context),
    ...openidMembers(context),
    ...logoutMembers(context),
    protected_resources: settings.protectedResource ? resourceUrls(context) : undefined,
  }
}

const resourceUrls = ({ settings, base }: DecisionContext): readonly string[] =>
  Object.values(settings.endpoints).flatMap(({ document, describes }) =>
    document === 'protected-resource' && describes !== undefined ? [`${base}${describes}`] : [],
  )

/** Protected resource metadata (RFC 9728 §2). */
const resourceMetadata = ({ settings, base }: DecisionContext, { describes = '' }: Endpoint): Members => ({
  resource: `${base}${describes}`,
  authorization_servers: [settings.issuer],
  scopes_supported: settings.scopes,
  bearer_methods_supported: [
    'header',
    ...(settings.resource.inBody === 'taken' ? ['body'] : []),
    ...(settings.resource.inQuery === 'taken' ? ['query'] : []),
  ],
  dpop_signing_alg_values_supported: settings.dpop?.algorithms,
  dpop_bound_access_tokens_required: settings.dpop?.required,
})

/** A document for an endpoint, with the members that the provider adds or takes out. */
export const documentFor = (context: DecisionContext, endpoint: Endpoint): Answered => {
  const server = endpoint.document === 'authorization-server'
  const { discovery, protectedResource } = context.settings
  const adds = (server ? discovery : protectedResource)?.adds ?? {}
  const members = { ...(server ? serverMetadata(context) : resourceMetadata(context, endpoint)), ...adds }
  const left = Object.entries(members).filter(([, value]) => value !== absent && value !== undefined)
  return {
    kind: 'answered',
    status: 200,
    template: Object.fromEntries(left),
    headers: { 'cache-control': 'max-age=60' },
    facts: { issuer: context.settings.issuer, base: context.base },
    trace: {},
  }
}
