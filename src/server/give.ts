/** Hands out codes, API keys and tokens without a flow: what the portal pages and the control API share. */

import type { CodeWish } from '../protocol/doors.js'
import { mintApiKey, mintCode, mintTokens } from '../protocol/doors.js'
import type { Client, Tx, User } from '../protocol/records.js'
import { registered } from '../protocol/redirect.js'
import type { World } from '../protocol/world.js'
import { sealToken } from '../wire/seal.js'
import type { Place } from './place.js'
import type { Sandbox } from './sandbox.js'
import { seedOf } from './seed.js'

/** A wish that cannot be granted; `field` is the member at fault. */
export class Unfit extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

export interface Wish {
  /** The first seeded client where it is left out. */
  readonly clientId?: string | undefined
  /** A user id; the first seeded user where it is left out. */
  readonly user?: string | undefined
  /** Separated by spaces or commas; all of the client's where it is left out. */
  readonly scope?: string | undefined
}

export const clientOf = (place: Place, tx: Tx, id: string | undefined): Client => {
  const wanted = id ?? seedOf(place.provider).clients[0]?.clientId ?? ''
  const client = tx.get('client', wanted)
  if (!client) throw new Unfit('clientId', `no client ${wanted} is registered at ${place.provider.id}`)
  return client
}

export const userOf = (world: World, tx: Tx, id: string | undefined): User => {
  const user = tx.get('user', id ?? world.firstUser)
  if (!user || user.removed) throw new Unfit('user', `there is no user ${id ?? world.firstUser}`)
  return user
}

export const scopeOf = (place: Place, client: Client, scope: string | undefined): readonly string[] => {
  if (scope === undefined) return client.scope
  const asked = scope.split(/[\s,+]+/).filter((one) => one !== '')
  const unknown = asked.find((one) => !place.settings().scopes.includes(one))
  if (unknown !== undefined) throw new Unfit('scope', `${place.provider.id} has no scope ${unknown}`)
  return asked
}

export interface WishedCode extends Wish {
  readonly redirectUri?: string | undefined
  /** Seconds. */
  readonly lifetime?: number | undefined
  readonly state?: string | undefined
  /** This very value. */
  readonly code?: string | undefined
}

export interface GivenCode {
  readonly code: string
  readonly expiresAt: number
  readonly url?: string
}

/** @throws Unfit */
export const giveCode = (sandbox: Sandbox, place: Place, wish: WishedCode): Promise<GivenCode> =>
  sandbox.decide(place, (world, tx) => {
    const client = clientOf(place, tx, wish.clientId)
    const { lifetime, redirectUri, state, code } = wish
    if (lifetime !== undefined && !(Number.isFinite(lifetime) && lifetime >= 0))
      throw new Unfit('lifetime', 'lifetime is a number of seconds')
    if (redirectUri !== undefined && !registered(client, redirectUri))
      throw new Unfit('redirectUri', `${redirectUri} is not registered for ${client.id}`)
    if (code !== undefined && tx.get('code', code)) throw new Unfit('code', 'this code exists already')
    const full: CodeWish = {
      client,
      user: userOf(world, tx, wish.user),
      scope: scopeOf(place, client, wish.scope),
      ...(redirectUri === undefined ? {} : { redirectUri }),
      ...(lifetime === undefined ? {} : { lifetime }),
      ...(state === undefined ? {} : { state }),
      ...(code === undefined ? {} : { code }),
    }
    const { issued, url } = mintCode(world, tx, full)
    return { code: issued.id, expiresAt: issued.expires ?? world.now, ...(url === undefined ? {} : { url }) }
  })

export interface GivenApiKey {
  readonly assertion: string
  readonly clientId: string
  readonly name: string
  readonly expiresAt: number
}

/** @throws Unfit when the provider has no API keys */
export const giveApiKey = async (
  sandbox: Sandbox,
  place: Place,
  wish: Wish & { readonly name?: string | undefined },
): Promise<GivenApiKey> => {
  if (!place.settings().assertion) throw new Unfit('provider', `${place.provider.id} has no API keys`)
  const name = wish.name ?? 'API key'
  const issued = await sandbox.decide(place, (world, tx) => {
    const scope = scopeOf(place, clientOf(place, tx, undefined), wish.scope)
    return mintApiKey(world, tx, {
      user: userOf(world, tx, wish.user),
      scope,
      name,
      ...(wish.clientId === undefined ? {} : { id: wish.clientId }),
    })
  })
  return { assertion: await sealToken(place.keys, issued), clientId: issued.id, name, expiresAt: issued.expires ?? 0 }
}

export interface GivenTokens {
  readonly accessToken: string
  readonly refreshToken?: string
  readonly expiresAt: number | null
  readonly clientId: string
  readonly user: string
  readonly scope: string
}

/** @throws Unfit */
export const giveTokens = async (
  sandbox: Sandbox,
  place: Place,
  wish: Wish & { readonly refresh: boolean; readonly lifetime?: number | undefined },
): Promise<GivenTokens> => {
  const { issued, clientId, user, scope } = await sandbox.decide(place, (world, tx) => {
    const client = clientOf(place, tx, wish.clientId)
    const owner = userOf(world, tx, wish.user)
    const granted = wish.scope === undefined && wish.refresh === false ? place.settings().scopes : scopeOf(place, client, wish.scope)
    const refresh = wish.refresh && place.settings().refresh.given !== 'never'
    const tokens = mintTokens(world, tx, {
      client,
      user: owner,
      scope: granted,
      refresh,
      ...(wish.lifetime === undefined ? {} : { lifetime: wish.lifetime }),
    })
    return { issued: tokens, clientId: client.id, user: owner.id, scope: granted.join(' ') }
  })
  const [access, refresh] = issued
  if (!access) throw new Error('no access token was made')
  const accessToken = await sealToken(place.keys, access)
  return {
    accessToken,
    ...(refresh ? { refreshToken: await sealToken(place.keys, refresh) } : {}),
    expiresAt: access.expires,
    clientId,
    user,
    scope,
  }
}
