/** Hands out codes, API keys and tokens without a flow: what the portal pages and the control API share. */

import type { CodeWish, Mintable } from '../protocol/doors.js'
import { mintApiKey, mintCode, mintTokens } from '../protocol/doors.js'
import { ending } from '../protocol/issue.js'
import type { Client, Tx, User } from '../protocol/records.js'
import { registered } from '../protocol/redirect.js'
import { firstUser, userThere } from '../protocol/users.js'
import type { Issued, World } from '../protocol/world.js'
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

/** A name that is in use. */
export class Taken extends Unfit {}

export interface Wish {
  /** The first seeded client where it is left out. */
  readonly clientId?: string | undefined
  /** A user id; the first user who is still there where it is left out. */
  readonly user?: string | undefined
  /** Separated by spaces or commas; as after an authorization request that names none where it is left out: most providers then grant all of the client's. */
  readonly scope?: string | undefined
}

export const clientOf = (place: Place, tx: Tx, id: string | undefined): Client => {
  const wanted = id ?? seedOf(place.provider).clients[0]?.clientId ?? ''
  const client = tx.get('client', wanted)
  if (!client) throw new Unfit('clientId', `no client ${wanted} is registered at ${place.provider.id}`)
  return client
}

export const userOf = (world: World, tx: Tx, id: string | undefined): User => {
  const user = id === undefined ? firstUser(world, tx) : userThere(tx, id)
  if (!user) throw new Unfit('user', id === undefined ? 'there is no user any more' : `there is no user ${id}`)
  return user
}

export const scopeOf = (place: Place, client: Pick<Client, 'scope'>, scope: string | undefined): readonly string[] => {
  if (scope === undefined) return place.settings().authorize?.withoutScope === 'none' ? [] : client.scope
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
  /** PKCE, S256. */
  readonly codeChallenge?: string | undefined
}

export interface GivenCode {
  readonly code: string
  readonly expiresAt: number
  readonly url?: string
}

/** @throws Unfit */
export const giveCode = async (sandbox: Sandbox, place: Place, wish: WishedCode): Promise<GivenCode> =>
  sandbox.decide(place, (world, tx) => {
    const client = clientOf(place, tx, wish.clientId)
    const { lifetime, redirectUri, state, code, codeChallenge } = wish
    if (lifetime !== undefined && !(Number.isFinite(lifetime) && lifetime >= 0))
      throw new Unfit('lifetime', 'lifetime is a number of seconds')
    if (redirectUri !== undefined && !registered(client, redirectUri))
      throw new Unfit('redirectUri', `${redirectUri} is not registered for ${client.id}`)
    if (code !== undefined && tx.get('code', code)) throw new Taken('code', 'this code exists already')
    const full: CodeWish = {
      client,
      user: userOf(world, tx, wish.user),
      scope: scopeOf(place, client, wish.scope),
      ...(redirectUri === undefined ? {} : { redirectUri }),
      ...(lifetime === undefined ? {} : { lifetime }),
      ...(state === undefined ? {} : { state }),
      ...(code === undefined ? {} : { code }),
      ...(codeChallenge === undefined ? {} : { challenge: codeChallenge }),
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

export interface WishedApiKey extends Wish {
  readonly name?: string | undefined
  /** Seconds. */
  readonly lifetime?: number | undefined
}

/** @throws Unfit when the provider has no API keys */
export const giveApiKey = async (sandbox: Sandbox, place: Place, wish: WishedApiKey): Promise<GivenApiKey> => {
  if (!place.settings().assertion) throw new Unfit('provider', `${place.provider.id} has no API keys`)
  const name = wish.name ?? 'API key'
  const issued = await sandbox.decide(place, (world, tx) => {
    const scope = scopeOf(place, clientOf(place, tx, undefined), wish.scope)
    return mintApiKey(world, tx, {
      user: userOf(world, tx, wish.user),
      scope,
      name,
      ...(wish.clientId === undefined ? {} : { id: wish.clientId }),
      ...(wish.lifetime === undefined ? {} : { lifetime: wish.lifetime }),
    })
  })
  return { assertion: await sealToken(place.keys, issued), clientId: issued.id, name, expiresAt: issued.expires ?? 0 }
}

export type Wrong = 'signature' | 'kid' | 'issuer' | 'audience' | 'expired' | 'not-yet-valid'

export interface WishedTokens extends Wish {
  /** Only this one; without it what the token endpoint would give. */
  readonly kind?: Mintable | undefined
  /** Seconds; of the access token. */
  readonly lifetime?: number | undefined
  /** A token that a careful reader must refuse. An opaque access token can be `expired` only. */
  readonly wrong?: Wrong | undefined
}

export interface GivenTokens {
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly idToken?: string
  /** Of the access token, in epoch seconds; null when it does not end by itself. */
  readonly expiresAt?: number | null
  readonly clientId: string
  readonly user: string
  /** Separated by spaces. */
  readonly scope: string
}

const hour = 3600

/** Spoils what a token says of itself; the signature and the key are spoilt when it is sealed. */
const spoiled = (issued: Issued, wrong: Wrong | undefined, now: number): Issued => {
  if (!issued.sign || wrong === undefined) return issued
  const { header, claims } = issued.sign
  const told = (more: object): Issued => ({ ...issued, sign: { header, claims: { ...claims, ...more } } })
  if (wrong === 'issuer') return told({ iss: 'https://issuer.invalid' })
  if (wrong === 'audience') return told({ aud: 'somebody-else' })
  if (wrong === 'expired') return told({ iat: now - 2 * hour, nbf: now - 2 * hour, exp: now - hour })
  if (wrong === 'not-yet-valid') return told({ nbf: now + hour, exp: now + 2 * hour })
  return wrong === 'kid' ? { ...issued, sign: { claims, header: { ...header, kid: 'no-such-key' } } } : issued
}

const wishProblem = (place: Place, { kind = 'access_token', wrong }: WishedTokens): Unfit | undefined => {
  const { access, refresh, idToken } = place.settings()
  const { id } = place.provider
  if (kind === 'refresh_token' && refresh.given === 'never') return new Unfit('kind', `${id} gives no refresh tokens`)
  if (kind === 'id_token' && !idToken) return new Unfit('kind', `${id} gives no ID tokens`)
  const format = kind === 'access_token' ? access.format : kind === 'refresh_token' ? refresh.format : idToken?.format
  return wrong !== undefined && wrong !== 'expired' && format?.kind !== 'jwt'
    ? new Unfit('wrong', `the ${kind.replace('_', ' ')}s of ${id} are not signed: they can be expired only`)
    : undefined
}

const expireRefresh = (world: World, tx: Tx, tokens: readonly Issued[]): void => {
  for (const { id } of tokens) {
    const record = tx.get('refresh', id)
    if (record) tx.put('refresh', id, ending(world, record, 'expired'))
  }
}

/** @throws Unfit */
export const giveTokens = async (sandbox: Sandbox, place: Place, wish: WishedTokens): Promise<GivenTokens> => {
  const problem = wishProblem(place, wish)
  if (problem) throw problem
  const { kind, wrong } = wish
  const { issued, ...rest } = await sandbox.decide(place, (world, tx) => {
    const client = clientOf(place, tx, wish.clientId)
    const owner = userOf(world, tx, wish.user)
    const scope = wish.scope === undefined && kind === 'access_token' ? place.settings().scopes : scopeOf(place, client, wish.scope)
    const lifetime = wrong === 'expired' ? 0 : wish.lifetime
    const usual: readonly Mintable[] = world.settings.refresh.given === 'never' ? ['access_token'] : ['access_token', 'refresh_token']
    const kinds = kind === undefined ? usual : [kind]
    const tokens = mintTokens(world, tx, { client, user: owner, scope, kinds, ...(lifetime === undefined ? {} : { lifetime }) })
    if (kind === 'refresh_token' && wrong === 'expired') expireRefresh(world, tx, tokens)
    return { issued: tokens.map((one) => spoiled(one, wrong, world.now)), clientId: client.id, user: owner.id, scope: scope.join(' ') }
  })
  const sealed = await Promise.all(
    issued.map(async (one) => [one.role, await sealToken(place.keys, one, wrong === 'signature' ? 'stranger' : undefined)] as const),
  )
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = Object.fromEntries(sealed)
  const access = issued.find(({ role }) => role === 'access_token')
  return {
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
    ...(access ? { expiresAt: access.expires } : {}),
    ...rest,
  }
}
