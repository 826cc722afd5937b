/** Clients of a sandbox: registered, listed and removed. */

import type { Client } from '../protocol/records.js'
import { makeClient } from '../protocol/register.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { assertValid } from '../validation/check.js'
import { ConflictError, ValidationError } from '../validation/errors.js'
import { flag, list, object, text, uri } from '../validation/schema.js'
import { revokeTokens } from './issuedTokens.js'
import { scopeOf } from './mintOptions.js'

export interface ClientView {
  readonly provider: string
  readonly clientId: string
  readonly clientSecret: string
  readonly username?: string
  readonly password?: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly loopback: boolean
  readonly trusted: boolean
  /** Separated by spaces. */
  readonly scope: string
  /** Where it is not the provider's first. */
  readonly host?: string
}

export interface NewClient {
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly name?: string | undefined
  readonly redirectUris?: readonly string[] | undefined
  readonly loopback?: boolean | undefined
  readonly trusted?: boolean | undefined
  readonly scope?: string | undefined
  /** The real host that the client is registered at, where clients live at one of several. */
  readonly host?: string | undefined
}

const clientView = (provider: string, client: Client): ClientView => ({
  provider,
  clientId: client.id,
  clientSecret: client.secret,
  ...(client.username === undefined ? {} : { username: client.username }),
  ...(client.password === undefined ? {} : { password: client.password }),
  name: client.name,
  redirectUris: client.redirectUris,
  loopback: client.loopback === true,
  trusted: client.trusted === true,
  scope: client.scope.join(' '),
  ...(client.host === undefined ? {} : { host: client.host }),
})

/** @throws ValidationError for a host at which no token endpoint is */
const checkHost = (instance: ProviderInstance, host: string): void => {
  const hosts = Object.values(instance.settings().endpoints)
    .filter(({ operation }) => operation === 'token')
    .flatMap((endpoint) => [endpoint.host, ...(endpoint.alsoHosts ?? [])])
  if (!hosts.includes(host))
    throw new ValidationError('host', `${instance.provider.id} has no token endpoint at ${host}: there are ${hosts.join(', ')}`)
}

export const listClients = async (sandbox: Sandbox, instance: ProviderInstance): Promise<readonly ClientView[]> =>
  Object.values(await sandbox.list(instance, 'client')).map((client) => clientView(instance.provider.id, client))

const definedMembers = <T extends object>(members: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never

const schema = object(
  {
    clientId: text(),
    clientSecret: text(),
    username: text(),
    password: text(),
    name: text(),
    redirectUris: list(uri()),
    loopback: flag(),
    trusted: flag(),
    scope: text(),
    host: text(),
  },
  { called: 'option' },
)

/** What is left out is made in the provider's format; all of the provider's scopes by default. @throws ValidationError, ConflictError */
export const registerClient = async (sandbox: Sandbox, instance: ProviderInstance, options: NewClient): Promise<ClientView> => {
  assertValid(schema, options, 'clients.register')
  return sandbox.decide(instance, (context, tx) => {
    const { clientId, clientSecret, scope, redirectUris, ...rest } = options
    if (clientId !== undefined && tx.get('client', clientId)) throw new ConflictError('clientId', `there is a client ${clientId} already`)
    if (options.username !== undefined && tx.get('username', options.username))
      throw new ConflictError('username', `there is a user name ${options.username} already`)
    for (const field of ['username', 'password'] as const)
      if (options[field] !== undefined && !context.settings.client[field])
        throw new ValidationError(field, `${instance.provider.id} issues no ${field}`)
    const fragment = redirectUris?.findIndex((uri) => uri.includes('#')) ?? -1
    // RFC 6749 §3.1.2.
    if (fragment >= 0)
      throw new ValidationError(`redirectUris.${fragment}`, `${redirectUris?.[fragment]} has a fragment: a redirect URI has none`)
    if (rest.host !== undefined) checkHost(instance, rest.host)
    const scopes = scope === undefined ? undefined : scopeOf(instance, { scope: [] }, scope)
    const more = definedMembers({ id: clientId, secret: clientSecret, redirectUris, scope: scopes, ...rest })
    return clientView(instance.provider.id, makeClient(context, tx, more))
  })
}

/** Removes a client and ends what was issued to it. @returns false when there is none */
export const removeClient = async (sandbox: Sandbox, instance: ProviderInstance, id: string): Promise<boolean> => {
  const there = await sandbox.decide(instance, (_, tx) => tx.get('client', id))
  if (!there) return false
  await revokeTokens(sandbox, { provider: instance.provider.id, client: id, state: 'live' })
  await sandbox.decide(instance, (_, tx) => {
    tx.delete('client', id)
    if (there.username !== undefined) tx.delete('username', there.username)
  })
  return true
}
