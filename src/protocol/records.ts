/** What is remembered between requests, and the transaction through which decisions see it. */

import type { Seconds } from '../provider/settings.js'
import type { Issued } from './context.js'

/** Why a token, code or key no longer works although its time is not over. */
export type End = 'used' | 'rotated' | 'revoked' | 'evicted' | 'replayed' | 'expired' | 'superseded'

interface Ending {
  readonly ended?: End | undefined
  /** May be forgotten after this time (epoch seconds); absent: kept. */
  readonly until?: Seconds | undefined
}

export interface Client {
  readonly id: string
  readonly secret: string
  readonly username?: string
  readonly password?: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly loopback?: boolean
  readonly trusted?: boolean
  readonly scope: readonly string[]
  /** The real host at which it was registered; absent: the one its endpoint names first. */
  readonly host?: string
  /** How it registered to authenticate (RFC 7591 §2); absent: in any way that the provider takes. */
  readonly method?: ClientMethod
  /** Its public keys (RFC 7517 §5). */
  readonly jwks?: { readonly keys: readonly { readonly [member: string]: unknown }[] }
  /** Grants that it may use; absent: all of the provider's. */
  readonly grants?: readonly string[]
  /** What else it registered, by the names of RFC 7591 and OpenID Connect. */
  readonly metadata?: { readonly [member: string]: unknown }
  /** What manages its registration (RFC 7592 §1.2). */
  readonly registrationToken?: string
  readonly registeredAt?: Seconds
}

export type ClientMethod = 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'private_key_jwt' | 'none'

export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly removed?: boolean
  readonly profile: { readonly [member: string]: unknown }
  /** Added by a person at log-in: signed tokens and the userinfo answer about this user say them too, over what they say otherwise. */
  readonly claims?: { readonly [claim: string]: unknown }
}

export interface Session {
  readonly user: string
  /** Proves that a consent form came from a page of ours. */
  readonly proof: string
  /** When the user logged in. */
  readonly at?: Seconds
  /** The authorization request that the user logged in for: asked to log in again, it has been done. */
  readonly request?: string
  readonly sid?: string
}

/** Who is to be told when a user logs out: the clients that hold an ID token of this `sid`. */
export interface Login extends Ending {
  readonly user: string
  readonly clients: readonly string[]
}

/** What an authorization brought beyond its scope; there only where the provider has the parts for it. */
export interface Authorized {
  readonly authTime?: Seconds
  readonly acr?: string
  readonly sid?: string
  readonly nonce?: string
  /** The `claims` parameter (OpenID Connect Core 1.0 §5.5). */
  readonly claims?: { readonly [member: string]: unknown }
  /** Resources that were named (RFC 8707). */
  readonly resources?: readonly string[]
  /** Thumbprint of the key that tokens are bound to (RFC 9449 §6). */
  readonly jkt?: string
  /** Who acts for the user (RFC 8693 §4.1). */
  readonly act?: { readonly [member: string]: unknown }
  /** When the user authorized. */
  readonly since?: Seconds
}

/** What a user has granted a client. Ending it ends every token that carries its generation. */
export interface Connection extends Ending {
  readonly client: string
  readonly user: string
  readonly generation: number
}

interface Grant {
  readonly client: string
  readonly user: string
  /** Space-separated. */
  readonly scope: string
  readonly connection: string
  readonly generation: number
  readonly more?: Authorized
}

export interface Code extends Grant, Ending {
  readonly expires: Seconds
  /** As sent at the authorization endpoint; null when it was left out there. */
  readonly redirectUri: string | null
  readonly challenge?: string
  readonly method?: 'S256' | 'plain'
  readonly nonce?: string
  readonly offline: boolean
  /** The real host at which it is redeemed, where users are divided among several. */
  readonly home?: string
  /** Scopes that bring a token of their own, by the name of it. */
  readonly beside?: { readonly [name: string]: string }
}

export interface RefreshToken extends Grant, Ending {
  readonly issued: Seconds
  readonly expires: Seconds | null
  readonly from: string
  /** Issued to a client that proved itself by PKCE instead of a secret. */
  readonly public?: boolean
  readonly refreshes: number
  /** The real host at which it is used, where users are divided among several. */
  readonly home?: string
  /** How often a rotation had ended all earlier ones when it was issued. */
  readonly series?: number
  /** Live access tokens made from it, oldest first; kept only where their number is limited. */
  readonly live?: readonly string[]
  /** When it was last used; kept only where its use is limited. */
  readonly uses?: readonly Seconds[]
  /** What it was rotated into, and when; kept only where it may come back. */
  readonly rotated?: { readonly to: string; readonly at: Seconds; readonly access: Issued }
}

export interface AccessToken extends Grant, Ending {
  readonly expires: Seconds | null
  /** The refresh token, code or key it came from. */
  readonly from: string
  /** Kept only where an introspection or a signed reply says it. */
  readonly issued?: Seconds
}

/** An authorization request that was pushed (RFC 9126). */
export interface PushedRequest extends Ending {
  readonly client: string
  readonly params: { readonly [name: string]: string }
  readonly expires: Seconds
}

/** A device that waits for its user (RFC 8628). */
export interface DeviceRequest extends Ending {
  readonly client: string
  /** Space-separated. */
  readonly scope: string
  readonly userCode: string
  readonly expires: Seconds
  readonly interval: Seconds
  readonly polled?: Seconds
  readonly user?: string
  readonly decided?: 'approved' | 'denied'
  readonly more?: Authorized
}

/** What must not come twice. */
export interface Seen extends Ending {
  readonly at: Seconds
}

/** A key that a user made, to be presented as an assertion. */
export interface ApiKey extends Ending {
  readonly user: string
  readonly scope: string
  readonly name: string
  readonly expires: Seconds
}

/** The refresh tokens one user holds with one client, oldest first. */
export interface RefreshTokenSet {
  readonly tokens: readonly string[]
  /** How often a rotation ended all that were issued before; kept only where it does. */
  readonly series?: number
}

/** Users that came after those that the provider began with, in their order. */
export interface AddedUsers {
  readonly users: readonly string[]
}

/** What a user has approved for a client so far. */
export interface Consent {
  /** Space-separated. */
  readonly scope: string
}

/** When something was done that may be done only so often. */
export interface UsedWindow extends Ending {
  readonly uses: readonly Seconds[]
}

export interface RequestCount extends Ending {
  /** When the second began in which they came. */
  readonly second: Seconds
  readonly count: number
}

/** The key that signs; `retired` keys may still be published. */
export interface SigningKey {
  readonly kid: string
  readonly jwk: { readonly [member: string]: unknown }
  readonly retired?: readonly { readonly alg?: string; readonly kid: string; readonly jwk: { readonly [member: string]: unknown } }[]
  /** Keys of other algorithms than RS256. */
  readonly others?: readonly { readonly alg: string; readonly kid: string; readonly jwk: { readonly [member: string]: unknown } }[]
}

/** What instruments of the double remember; nothing to a decision. */
export interface InstrumentRecord {
  readonly shape: unknown
}

export interface Records {
  readonly client: Client
  /** From an issued user name to the client. */
  readonly username: { readonly client: string }
  readonly user: User
  readonly newcomers: AddedUsers
  readonly session: Session
  readonly connection: Connection
  readonly code: Code
  readonly refresh: RefreshToken
  readonly access: AccessToken
  readonly apiKey: ApiKey
  readonly holding: RefreshTokenSet
  readonly consent: Consent
  readonly window: UsedWindow
  readonly tally: RequestCount
  readonly login: Login
  readonly pushed: PushedRequest
  readonly device: DeviceRequest
  /** From what the user types to the device code. */
  readonly userCode: { readonly device: string } & Ending
  readonly seen: Seen
  readonly signingKey: SigningKey
  readonly instruments: InstrumentRecord
}

export type Kind = keyof Records

export interface Tx {
  readonly get: <K extends Kind>(kind: K, id: string) => Records[K] | undefined
  readonly put: <K extends Kind>(kind: K, id: string, record: Records[K]) => void
  readonly delete: (kind: Kind, id: string) => void
}
