/** Where a provider is reached, and the demonstration client there: what scripts and the environment need to know. */

import type { Operation } from '../provider/settings.js'
import { giveApiKey } from './give.js'
import type { Place } from './place.js'
import type { Sandbox } from './sandbox.js'
import { seedOf } from './seed.js'

/** What a provider lacks is absent. */
export interface Address {
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
const callback = 'http://127.0.0.1:4741/callback'

const urlOf = (place: Place, baseUrl: string, ...operations: readonly Operation[]): string | undefined => {
  for (const operation of operations) {
    for (const endpoint of Object.values(place.settings().endpoints)) {
      if (endpoint.operation === operation && place.routes(endpoint.path).length > 0) {
        const query = endpoint.requires ? `?${endpoint.requires.map((name) => `${name}=${demoValue(place, name)}`).join('&')}` : ''
        return `${baseUrl}${endpoint.path}${query}`
      }
    }
  }
  return undefined
}

const demoValue = (place: Place, parameter: string): string => String(seedOf(place.provider).users[0]?.profile?.[parameter] ?? 'demo')

const present = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T

export const addressOf = (sandbox: Sandbox, place: Place): Address => {
  const baseUrl = `${sandbox.url()}/${place.provider.id}`
  const [client] = seedOf(place.provider).clients
  const authorizeUrl = urlOf(place, baseUrl, 'authorize')
  const separator = place.settings().authorize?.scopeSeparators ?? ','
  return present({
    baseUrl,
    authorizeUrl,
    tokenUrl: urlOf(place, baseUrl, 'token') ?? baseUrl,
    revokeUrl: urlOf(place, baseUrl, 'revoke', 'disconnect'),
    userinfoUrl: urlOf(place, baseUrl, 'userinfo'),
    resourceUrl: urlOf(place, baseUrl, 'resource', 'userinfo'),
    clientId: client?.clientId ?? '',
    clientSecret: client?.username === undefined ? client?.clientSecret : undefined,
    username: client?.username,
    password: client?.password,
    redirectUri: client?.loopback || !client?.redirectUris[0] ? callback : client.redirectUris[0],
    scope: client && client.scope.length > 0 ? client.scope.join(separator) : undefined,
  }) as Address
}

/** With an API key where the provider has them; making one waits for the signing key. */
export const fullAddressOf = async (sandbox: Sandbox, place: Place): Promise<Address> => {
  const address = addressOf(sandbox, place)
  return place.settings().assertion ? { ...address, assertion: (await giveApiKey(sandbox, place, {})).assertion } : address
}
