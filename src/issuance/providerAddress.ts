/** Where a provider is reached, and the demonstration client there: what scripts and the environment need to know. */

import type { Operation } from '../provider/settings.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { seedOf } from '../sandbox/seed.js'
import { mintApiKey } from './apiKeys.js'

/** What a provider lacks is absent. */
export interface ProviderAddress {
  readonly baseUrl: string
  readonly authorizeUrl?: string
  readonly tokenUrl: string
  readonly revokeUrl?: string
  readonly userinfoUrl?: string
  readonly resourceUrl?: string
  readonly clientId: string
  /** Absent where a user name and password are issued in its place. */
  readonly clientSecret?: string
  readonly username?: string
  readonly password?: string
  /** An API key to be used as an assertion. */
  readonly assertion?: string
  readonly redirectUri: string
  readonly scope?: string
}

/** Where a client that nobody runs yet would be redirected: any loopback address will do for the demonstration client. */
export const demoCallback = 'http://127.0.0.1:4741/callback'

const urlOf = (instance: ProviderInstance, baseUrl: string, ...operations: readonly Operation[]): string | undefined => {
  for (const operation of operations) {
    for (const endpoint of Object.values(instance.settings().endpoints)) {
      if (endpoint.operation === operation && instance.routes(endpoint.path).length > 0) {
        const query = endpoint.requires ? `?${endpoint.requires.map((name) => `${name}=${demoValue(instance, name)}`).join('&')}` : ''
        return `${baseUrl}${endpoint.path}${query}`
      }
    }
  }
  return undefined
}

const demoValue = (instance: ProviderInstance, parameter: string): string =>
  String(seedOf(instance.provider).users[0]?.profile?.[parameter] ?? 'demo')

const present = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T

export const providerAddress = (sandbox: Sandbox, instance: ProviderInstance): ProviderAddress => {
  const baseUrl = `${sandbox.url()}/${instance.provider.id}`
  const [client] = seedOf(instance.provider).clients
  const authorizeUrl = urlOf(instance, baseUrl, 'authorize')
  const separator = instance.settings().authorize?.scopeSeparators ?? ','
  return present({
    baseUrl,
    authorizeUrl,
    tokenUrl: urlOf(instance, baseUrl, 'token') ?? baseUrl,
    revokeUrl: urlOf(instance, baseUrl, 'revoke', 'disconnect'),
    userinfoUrl: urlOf(instance, baseUrl, 'userinfo'),
    resourceUrl: urlOf(instance, baseUrl, 'resource', 'userinfo'),
    clientId: client?.clientId ?? '',
    clientSecret: client?.username === undefined ? client?.clientSecret : undefined,
    username: client?.username,
    password: client?.password,
    redirectUri: client?.loopback || !client?.redirectUris[0] ? demoCallback : client.redirectUris[0],
    scope: client && client.scope.length > 0 ? client.scope.join(separator) : undefined,
  }) as ProviderAddress
}

/** With an API key where the provider has them; making one waits for the signing key. */
export const providerAddressWithAssertion = async (sandbox: Sandbox, instance: ProviderInstance): Promise<ProviderAddress> => {
  const address = providerAddress(sandbox, instance)
  // Where a client signs its assertions itself, nobody hands it a key.
  const { assertion } = instance.settings()
  return assertion && !assertion.signedByClients ? { ...address, assertion: (await mintApiKey(sandbox, instance, {})).assertion } : address
}
