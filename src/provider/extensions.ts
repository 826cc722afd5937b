/** Sections for the parts of OAuth 2.1 and OpenID Connect that a server may leave out: each a specification, in its own words. */

import type { Format } from './formats.js'
import type { Template } from './template.js'

type Seconds = number

/** A signature algorithm of JWTs (RFC 7518 §3.1, RFC 8037 §3.1). */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

/** How an authorization response reaches the client (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode). */
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0): made from the other settings. */
export interface DiscoverySettings {
  /** Members beside those that the other settings come to; a member of the same name is replaced, `{absent}` takes it out. */
  readonly adds: { readonly [member: string]: Template }
}

/** Pushed authorization requests (RFC 9126). */
export interface ParSettings {
  /** An authorization request that was not pushed is refused. */
  readonly required: boolean
  readonly lifetime: Seconds
  /** What follows `urn:ietf:params:oauth:request_uri:`. */
  readonly format: Format
}

/** Signed authorization requests, by value (RFC 9101). */
export interface RequestObjectSettings {
  /** An authorization request that is not signed is refused. */
  readonly required: boolean
  readonly algorithms: readonly string[]
}

/** The device authorization grant (RFC 8628). */
export interface DeviceSettings {
  readonly lifetime: Seconds
  /** Seconds between two polls; each poll that comes too early adds `slowDown`. */
  readonly interval: Seconds
  readonly slowDown: Seconds
  readonly deviceCode: Format
  readonly userCode: Format
}

/** JWTs by which clients authenticate (RFC 7523 §2.2, OpenID Connect Core 1.0 §9). */
export interface ClientAssertionSettings {
  readonly methods: { readonly private_key_jwt: boolean; readonly client_secret_jwt: boolean }
  readonly algorithms: readonly string[]
  /** What `aud` may be: the issuer alone (RFC 9700 as updated), or the URL of the endpoint too. */
  readonly audience: 'issuer' | 'issuer-or-endpoint'
}

/** Token exchange (RFC 8693). */
export interface ExchangeSettings {
  /** An actor token is taken, and the issued token names the actor in `act`. */
  readonly delegation: boolean
  /** `requested_token_type`s that are given. */
  readonly issues: readonly string[]
}

/** Token introspection (RFC 7662). */
export interface IntrospectionSettings {
  readonly authenticates: boolean
  /** Members of the answer for a token that is active; absent ones are left out. */
  readonly answer: { readonly [member: string]: Template }
  /** `accept: application/token-introspection+jwt` is answered with a JWT (RFC 9701). */
  readonly signed: boolean
}

/** Dynamic client registration (RFC 7591) and its management (RFC 7592). */
export interface DynamicRegistrationSettings {
  /** Anybody may register; otherwise an access token with this scope is asked for. */
  readonly scope: string | null
  /** What was registered may be read, changed and deleted. */
  readonly management: boolean
  readonly registrationToken: Format
  readonly secretLifetime: Seconds | null
}

/** Resource indicators (RFC 8707). */
export interface ResourceIndicatorSettings {
  /** URIs that are known; null: every absolute URI without a fragment. */
  readonly known: readonly string[] | null
  /** A request without `resource` is refused. */
  readonly required: boolean
  /** `aud` of access tokens for which no resource was named. */
  readonly audience: string
}

/** Protected resource metadata (RFC 9728). */
export interface ProtectedResourceSettings {
  readonly adds: { readonly [member: string]: Template }
}

/** Demonstrating proof of possession (RFC 9449). */
export interface DpopSettings {
  readonly algorithms: readonly string[]
  /** Token requests without a proof are refused. */
  readonly required: boolean
  /** Proofs must carry a nonce of this server (§8, §9). */
  readonly nonce: 'required' | 'not-asked'
  readonly nonceFormat: Format
  /** How old, or how far ahead, `iat` may be. */
  readonly window: Seconds
}

/** What OpenID Connect Core adds to an authorization server. */
export interface OpenIdSettings {
  /** Claims that a scope brings (§5.4), each with where its value comes from. */
  readonly claims: { readonly [scope: string]: { readonly [claim: string]: Template } }
  /** The `claims` request parameter is read (§5.5). */
  readonly claimsParameter: boolean
  /** Authentication context class references, the usual one first. */
  readonly acrValues: readonly string[]
  /** What `amr` says. */
  readonly amr: readonly string[]
  /** Signature algorithms of ID tokens and signed userinfo; the first is used unless the client registered another. */
  readonly algorithms: readonly SigningAlgorithm[]
}

/** Logging out: RP-Initiated Logout 1.0 and Back-Channel Logout 1.0. */
export interface LogoutSettings {
  /** Without `id_token_hint` nobody is redirected. */
  readonly hintRequired: boolean
  readonly backchannel: boolean
  readonly tokenLifetime: Seconds
}
