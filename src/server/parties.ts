/** Clients and users of a sandbox: registered, listed and removed. */

import type { Client, User } from '../protocol/records.js'
import { makeClient } from '../protocol/register.js'
import { addUser as join, removeUser as leave, userThere } from '../protocol/users.js'
import { scopeOf, Taken, Unfit } from './give.js'
import type { Place } from './place.js'
import type { Sandbox } from './sandbox.js'
import { revokeTokens } from './tokens.js'

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
}

export interface UserView {
  readonly provider: string
  readonly id: string
  readonly email: string
  readonly name: string
  readonly profile?: { readonly [member: string]: unknown }
}

export interface NewUser {
  readonly id?: string | undefined
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly profile?: { readonly [member: string]: unknown } | undefined
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
})

const userView = (provider: string, { id, email, name, profile }: User): UserView => ({ provider, id, email, name, profile })

const shelf = async <K extends 'client' | 'user'>(sandbox: Sandbox, place: Place, kind: K) => {
  await sandbox.decide(place, () => undefined)
  return Object.values((await sandbox.store.snapshot())[place.provider.id]?.[kind] ?? {})
}

export const listClients = async (sandbox: Sandbox, place: Place): Promise<readonly ClientView[]> =>
  ((await shelf(sandbox, place, 'client')) as readonly Client[]).map((client) => clientView(place.provider.id, client))

export const listUsers = async (sandbox: Sandbox, place: Place): Promise<readonly UserView[]> =>
  ((await shelf(sandbox, place, 'user')) as readonly User[])
    .filter(({ removed }) => removed !== true)
    .map((user) => userView(place.provider.id, user))

const said = <T extends object>(members: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never

/** What is left out is made in the provider's format; all of the provider's scopes unless told. @throws Unfit, Taken */
export const registerClient = async (sandbox: Sandbox, place: Place, wish: NewClient): Promise<ClientView> =>
  sandbox.decide(place, (world, tx) => {
    const { clientId, clientSecret, scope, redirectUris, ...rest } = wish
    if (clientId !== undefined && tx.get('client', clientId)) throw new Taken('clientId', `there is a client ${clientId} already`)
    if (wish.username !== undefined && tx.get('username', wish.username))
      throw new Taken('username', `there is a user name ${wish.username} already`)
    for (const field of ['username', 'password'] as const)
      if (wish[field] !== undefined && !world.settings.client[field]) throw new Unfit(field, `${place.provider.id} issues no ${field}`)
    const bad = redirectUris?.findIndex((uri) => !URL.canParse(uri)) ?? -1
    if (bad >= 0) throw new Unfit(`redirectUris.${bad}`, `${redirectUris?.[bad]} is no URL`)
    const scopes = scope === undefined ? undefined : scopeOf(place, { scope: [] }, scope)
    const more = said({ id: clientId, secret: clientSecret, redirectUris, scope: scopes, ...rest })
    return clientView(place.provider.id, makeClient(world, tx, more))
  })

/** Removes a client and ends what was issued to it. @returns false when there is none */
export const removeClient = async (sandbox: Sandbox, place: Place, id: string): Promise<boolean> => {
  const there = await sandbox.decide(place, (_, tx) => tx.get('client', id))
  if (!there) return false
  await revokeTokens(sandbox, { provider: place.provider.id, client: id, state: 'live' })
  await sandbox.decide(place, (_, tx) => {
    tx.delete('client', id)
    if (there.username !== undefined) tx.delete('username', there.username)
  })
  return true
}

/** @throws Taken */
export const addUser = async (sandbox: Sandbox, place: Place, wish: NewUser): Promise<UserView> =>
  sandbox.decide(place, (world, tx) => {
    const id = wish.id ?? world.mint('{uuid}')
    if (userThere(tx, id)) throw new Taken('id', `there is a user ${id} already`)
    const user: User = { id, email: wish.email ?? `${id}@example.com`, name: wish.name ?? id, profile: wish.profile ?? {} }
    join(tx, user)
    return userView(place.provider.id, user)
  })

/** Removes a user: every token that depends on it is refused from now on. @returns false when there is none */
export const removeUser = async (sandbox: Sandbox, place: Place, id: string): Promise<boolean> =>
  sandbox.decide(place, (_, tx) => leave(tx, id))
