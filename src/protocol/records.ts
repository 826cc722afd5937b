/** What is remembered between requests, and the transaction through which decisions see it. */

import type { Seconds } from '../provider/settings.js'

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
}

export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly removed?: boolean
  readonly profile: { readonly [member: string]: unknown }
}

export interface Session {
  readonly user: string
  /** Proves that a consent form came from a page of ours. */
  readonly proof: string
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
}

export interface AccessToken extends Grant, Ending {
  readonly expires: Seconds | null
  /** The refresh token, code or key it came from. */
  readonly from: string
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
  readonly retired?: readonly { readonly kid: string; readonly jwk: { readonly [member: string]: unknown } }[]
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
  readonly signingKey: SigningKey
  readonly instruments: InstrumentRecord
}

export type Kind = keyof Records

export interface Tx {
  readonly get: <K extends Kind>(kind: K, id: string) => Records[K] | undefined
  readonly put: <K extends Kind>(kind: K, id: string, record: Records[K]) => void
  readonly delete: (kind: Kind, id: string) => void
}
