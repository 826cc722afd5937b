/** Everything in which two authorization servers may differ, as plain values. */

import type { Dialect, ErrorMessage } from './dialect.js'
import type {
  ClientAssertionSettings,
  DeviceSettings,
  DiscoverySettings,
  DpopSettings,
  DynamicRegistrationSettings,
  ExchangeSettings,
  IntrospectionSettings,
  LogoutSettings,
  OpenIdSettings,
  ParSettings,
  ProtectedResourceSettings,
  RequestObjectSettings,
  ResourceIndicatorSettings,
  ResponseMode,
  SigningAlgorithm,
} from './extensions.js'
import type { Format } from './formats.js'
import type { Template } from './template.js'

/** Whole seconds: a length of time. */
export type Seconds = number

/** What an endpoint is for. Control calls, faults and the journal name operations by these words. */
export type Operation =
  | 'authorize'
  | 'token'
  | 'revoke'
  | 'disconnect'
  | 'userinfo'
  | 'resource'
  | 'metadata'
  | 'jwks'
  | 'end-session'
  | 'register'
  | 'portal'
  | 'moved'
  | 'introspect'
  | 'par'
  | 'device-authorization'
  | 'device'
  | 'client-registration'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Pages on which a provider hands out what clients elsewhere fetch by protocol. */
export type Portal = 'code' | 'install' | 'api-key' | 'token'

export interface Endpoint {
  readonly operation: Operation
  readonly methods: readonly Method[]
  /** The real path, at the real host. */
  readonly path: string
  readonly host: string
  /** Further real hosts that serve the same path (data centres, older names). */
  readonly alsoHosts?: readonly string[]
  /** `resource` and `userinfo`: the scope the token must carry; null for none. */
  readonly scope?: string | null
  /** `resource`: query parameters without which the call is refused. */
  readonly requires?: readonly string[]
  /** `resource`: query parameters that name the owner's account: whoever sends another value asks for what is not theirs. */
  readonly names?: { readonly [parameter: string]: string }
  /** `resource`, `userinfo`, `metadata`, `moved`: what is answered. Placeholders: `user.*`, `client`, `issuer`, `base`, `scope`, `query.*`. */
  readonly answer?: {
    readonly status: number
    readonly body?: Template
    readonly headers?: { readonly [name: string]: string }
  }
  /** Words that only this endpoint uses. */
  readonly wording?: { readonly [reason: string]: ErrorMessage }
  readonly portal?: Portal
  /** `metadata`: a document that is made from the settings, in place of `answer`. */
  readonly document?: 'authorization-server' | 'protected-resource'
  /** `metadata`: the protected resource, as a path below the provider, that `protected-resource` describes. */
  readonly describes?: string
  /** `resource`: the token must be meant for this URL (RFC 8707 §2); `{base}` is where the provider is. */
  readonly audience?: string
  /** `resource`: how the user must have authenticated (RFC 9470). */
  readonly stepUp?: { readonly acrValues?: readonly string[]; readonly maxAge?: Seconds }
}

/** The authorization endpoint (RFC 6749 §4.1.1, §4.1.2). */
export interface AuthorizeSettings {
  /** `response_type` must be sent; otherwise it is read as `code`. */
  readonly responseTypeRequired: boolean
  /** `redirect_uri` must be sent even when only one is registered. */
  readonly redirectUriRequired: boolean
  readonly scopeSeparators: string
  /** A scope nobody has heard of. */
  readonly unknownScope: 'dropped' | 'refused' | 'kept'
  /** A known scope that the client was not registered for. */
  readonly foreignScope: 'dropped' | 'refused' | 'kept'
  /** What is granted when `scope` is not sent. */
  readonly withoutScope: 'all-of-client' | 'none' | 'refused'
  /** Values of `prompt` that are known; null: the parameter is not read. */
  readonly prompts: readonly string[] | null
  readonly offline: {
    readonly scope: string
    readonly prompt: string
    readonly otherwise: 'dropped' | 'refused'
  } | null
  /** Parameters that must be present, with a fixed start where one is given. */
  readonly requires: { readonly [parameter: string]: string }
  /** A state without a value comes back as such; otherwise it counts as left out (RFC 6749 §3.1). */
  readonly emptyState: 'returned' | 'dropped'
  /** Status of the redirect (302 Found or 303 See Other). */
  readonly status: 302 | 303
  /** Further members of a successful redirect. */
  readonly adds: { readonly [parameter: string]: string }
  /** Hosts among which accounts are divided, by the `location` in a user's profile; the first is that of users without one. Placeholders: `home.name`, `home.url`. */
  readonly homes: { readonly [location: string]: string }
  /** Further members of an error redirect. */
  readonly addsToErrors: { readonly [parameter: string]: string }
  /** `error_description` goes into the redirect. */
  readonly describesErrors: boolean
  /** Codes from here live so long; null: as all codes. */
  readonly codeLifetime: Seconds | null
  /** How consent is given: a form of ours, or the same URL again with a parameter. */
  readonly approves:
    | { readonly in: 'form' }
    | {
        readonly in: 'same-url'
        readonly parameter: string
        readonly value: string
      }
  readonly consent: 'always' | 'unless-trusted'
  readonly cookie: string
  /** Errors that RFC 6749 §4.1.2.1 would redirect are redirected, or shown as a page. */
  readonly errors: 'redirected' | 'shown'
  /** A keyed hash over the other members of a successful redirect, by the client's secret: SHA-256 in hexadecimal; null: there is none. */
  readonly signs: { readonly parameter: string } | null
  /** A person may grant less than was asked for, scope by scope. */
  readonly partialConsent: boolean
  /** Further scopes that a request may ask for, by their parameter: each brings a token of its own. */
  readonly beside: { readonly [name: string]: string }
  /** Values of `response_mode` that are known, the usual one first; null: the parameter is not read. */
  readonly responseModes: readonly ResponseMode[] | null
}

/** Proof Key for Code Exchange (RFC 7636). */
export interface PkceSettings {
  readonly methods: readonly ('S256' | 'plain')[]
  readonly required: boolean
  /** A client without a secret cannot do without a challenge (RFC 9700 §2.1.1). */
  readonly requiredWithoutSecret: boolean
  /** The method when a challenge comes without one (RFC 7636 §4.3: plain). */
  readonly withoutMethod: 'S256' | 'plain' | 'refused'
  /** A verifier for a code that was requested without a challenge (RFC 9700 §4.8.2: refused). */
  readonly strayVerifier: 'refused' | 'ignored'
  /** A verifier may stand in place of the client secret. */
  readonly replacesSecret: boolean
}

/** The authorization code (RFC 6749 §4.1.2, §4.1.3). */
export interface CodeSettings {
  readonly format: Format
  readonly lifetime: Seconds
  /** Lifetimes a person may choose on a portal page. */
  readonly choices: readonly Seconds[]
  /** Request parameters under which the code is taken. */
  readonly parameters: { readonly [name: string]: boolean }
  readonly once: boolean
  /** Exchanges of codes that a client may ask for in a window; null: not counted. */
  readonly perWindow: { readonly count: number | null; readonly seconds: Seconds }
  /** What a second redemption ends besides itself. */
  readonly replayEnds: 'nothing' | 'grant'
  /** What `redirect_uri` at the token endpoint is compared with. */
  readonly redirectUri: 'as-authorized' | 'registered' | 'ignored'
  readonly redirectUriRequired: boolean
}

export type GrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  | 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  | 'urn:ietf:params:oauth:grant-type:device_code'
  | 'urn:ietf:params:oauth:grant-type:token-exchange'

/** The token endpoint (RFC 6749 §3.2, §5.1). */
export interface TokenSettings {
  /** Where parameters are read from. */
  readonly reads: { readonly query: boolean; readonly form: boolean; readonly multipart: boolean; readonly json: boolean }
  readonly grants: { readonly [G in GrantType]: boolean }
  /** What is looked at first when both the client and a parameter are wrong. */
  readonly checksFirst: 'client' | 'parameters'
  /** A parameter that comes twice. */
  readonly repeated: 'refused' | 'first'
  /** Left out, `grant_type` is what the other parameters say: a code, or a refresh token. */
  readonly grantTypeRequired: boolean
  /** Formats of a reply: the first unless `Accept`, or the parameter that `formatParameter` names, asks for another. */
  readonly formats: readonly ('json' | 'form' | 'xml')[]
  readonly formatParameter: string | null
  /** What stands between two scopes of a reply. */
  readonly scopeSeparator: string
  /** Percent-escapes that are none, such as `%2Y`. */
  readonly brokenEscapes: 'refused' | 'kept'
  /** Members of the reply in their order; absent ones are left out. `{placeholders}`: access_token, refresh_token, id_token, scope, expires_in, now, user.*, base. */
  readonly reply: { readonly [member: string]: Template }
  /** What `{home}` in the reply is, by the `location` in the user's profile; the first is that of users without one. */
  readonly homes: { readonly [location: string]: string }
  /** Members that an answer to an assertion or a refresh does not have are simply absent facts, so one table serves every grant. */
  readonly headers: { readonly [name: string]: string }
}

/** Client registration and authentication (RFC 6749 §2). */
export interface ClientSettings {
  readonly takes: { readonly basic: boolean; readonly body: boolean }
  /** Whom the Basic user name is: the client identifier, or a name issued beside it. */
  readonly basicUser: 'username' | 'client-id'
  /** The client identifier is taken as the Basic user name as well. */
  readonly alsoClientId: boolean
  /** A client works at any of the provider's hosts, or only at the one it was registered at. */
  readonly hosts: 'any' | 'own'
  /** A line feed at the end of the decoded Basic credentials is cut off. */
  readonly trimsNewline: boolean
  /** Whether any port of a loopback address that is registered will do (RFC 8252 §7.3), and any path below one that is. */
  readonly redirectUris: { readonly loopbackPorts: 'exact' | 'any'; readonly paths: 'exact' | 'below' }
  /** Basic and `client_secret` in one request. */
  readonly both: 'refused' | 'ignored'
  /** `client_id` in the body beside Basic. */
  readonly idBesideBasic: 'must-equal' | 'must-be-absent' | 'ignored'
  readonly id: Format
  readonly secret: Format
  /** Formats of the issued user name and password, where they exist. */
  readonly username: Format | null
  readonly password: Format | null
}

export interface AccessSettings {
  readonly format: Format
  /** Null: it does not end by itself. */
  readonly lifetime: Seconds | null
  /** `nbf` lies so long before `iat`. */
  readonly notBefore: Seconds
  /** Live access tokens made from one refresh token; one more ends the oldest. */
  readonly livePerRefreshToken: number | null
  /** A refresh ends the access token that was made before it. */
  readonly endsOnRefresh: boolean
  /** Live access tokens of one user and client; one more ends the oldest. */
  readonly heldPerUser: number | null
  /** Access tokens that one refresh token may fetch in a window. */
  readonly perWindow: { readonly count: number | null; readonly seconds: Seconds }
  /** How long an ended or expired token is remembered, so that its return can be explained. */
  readonly remembered: Seconds
}

/** Refresh tokens (RFC 6749 §6). */
export interface RefreshSettings {
  readonly given: 'always' | 'with-offline-scope' | 'never'
  /** Parameters without which an authorization request brings none; codes that are handed out in another way bring one all the same. */
  readonly asks: { readonly [parameter: string]: string }
  /** Parameters without which an authorization request brings no second one while the first still works; null: each brings one. */
  readonly again: { readonly [parameter: string]: string } | null
  readonly format: Format
  /** A prefix without which the token is taken as well. */
  readonly optionalPrefix: string
  readonly lifetime: Seconds | null
  /** `late`: once `lateShare` of the lifetime has passed. `sometimes`: at every second refresh. */
  readonly rotates: 'always' | 'never' | 'sometimes' | 'late'
  readonly lateShare: number
  /** The reply to a refresh carries a refresh token: always, only when it is a new one, or never. */
  readonly returned: 'always' | 'when-new' | 'never'
  /** What the return of a rotated-out token ends besides itself. */
  readonly replayEnds: 'nothing' | 'grant'
  /**
   * For so many seconds after it was rotated a token is still taken: answered with the pair that it brought, with another
   * pair, or as if it had not been rotated at all (`null` seconds: for ever).
   */
  readonly replayWindow: { readonly seconds: Seconds | null; readonly answers: 'same-pair' | 'new-pair' }
  /** An unused token ends after so many seconds; null: it does not. */
  readonly idle: Seconds | null
  /** All tokens of a grant end so many seconds after the authorization, however often they are rotated; null: they do not. */
  readonly hardStop: Seconds | null
  /** Refresh tokens per user and client. */
  readonly heldPerUser: number | null
  /** Whose number that is: the user's over all clients, or the user's with each client. */
  readonly heldBy: 'user' | 'user-and-client'
  /** A refresh token that newer ones push out takes the access tokens made from it along. */
  readonly evictionEndsAccess: boolean
  /** What a new refresh token of a rotation ends: the one that was presented, or every earlier one of this client and user. */
  readonly replaces: 'presented' | 'every'
  readonly whenFull: 'oldest-ends' | 'refused'
  /** Refresh tokens that a user and client may get in a window; null: not counted. */
  readonly perWindow: { readonly count: number | null; readonly seconds: Seconds }
}

/** JWTs as authorization grants (RFC 7523 §2.1). */
export interface AssertionSettings {
  readonly format: Format
  readonly lifetime: Seconds
  /** A registered client may present somebody's key under its own `client_id`. */
  readonly byRegisteredClient: boolean
  /** JWTs that a registered client signs for a user, `iss` the client and `sub` the user (RFC 7523 §3). */
  readonly signedByClients: boolean
  /** The header in which an application names itself in API calls, to be credited; null: there is none. */
  readonly creditHeader: string | null
}

/** Presenting access tokens (RFC 6750 §2). */
export interface ResourceSettings {
  /** The header that carries the token, in lower case. */
  readonly header: string
  /** The scheme before the token; empty: the bare token. */
  readonly scheme: string
  readonly alsoBearer: boolean
  readonly alsoBare: boolean
  readonly inQuery: 'refused' | 'ignored' | 'taken'
  readonly inBody: 'refused' | 'ignored' | 'taken'
  /** A scope that stands for all of them; null: there is none. */
  readonly wholeScope: string | null
  /** Requests a second, counted by token; null: not counted. */
  readonly perSecond: number | null
}

export interface RevokeSettings {
  /** The caller must authenticate as a client (RFC 7009 §2.1). */
  readonly authenticates: 'never' | 'always' | 'with-token'
  readonly answer: { readonly status: number; readonly body: Template }
  /** The parameter that carries the token. */
  readonly parameter: string
  /** Ending a refresh token ends the access tokens made from it. */
  readonly cascades: boolean
  /** `token_type` must be said, and be the kind of the token. */
  readonly checksType: boolean
  /** An unknown token is answered like a known one (RFC 7009 §2.2). */
  readonly unknownIsFine: boolean
}

/** Where a browser is sent when an installation starts at the provider. */
export interface InstallSettings {
  readonly slash: 'always' | 'never' | 'when-absent'
  readonly parameters: { readonly [name: string]: string }
}

/** What pages of other origins may read (Fetch standard §3.2). */
export interface CrossOriginSettings {
  /** Any page may read what these answer. */
  readonly open: readonly Operation[]
  /** The pages of a client, those of its redirect URIs, may read what these answer to it. */
  readonly clients: readonly Operation[]
}

/** Registering a client over HTTP. */
export interface RegisterSettings {
  readonly answer: { readonly status: number; readonly body: Template }
  /** Members of the request: the redirect URIs, the name, the scope, whether the client is trusted. */
  readonly redirectUris: string
  readonly clientName: string
  readonly scope: string
  readonly trusted: string
  readonly schemes: 'https-or-loopback' | 'any'
}

export interface Settings {
  /** The name under which the provider issues (RFC 8414 §2). */
  readonly issuer: string
  readonly endpoints: { readonly [name: string]: Endpoint }
  readonly scopes: readonly string[]
  /** One grant for each authorization, or one connection for each client and user. */
  readonly connection: 'per-authorization' | 'per-user'
  /** The member of a user's profile that names the account to which a connection per user belongs; null: each user is one. */
  readonly account: string | null
  readonly authorize: AuthorizeSettings | null
  readonly pkce: PkceSettings | null
  readonly code: CodeSettings
  readonly token: TokenSettings
  readonly client: ClientSettings
  readonly access: AccessSettings
  readonly refresh: RefreshSettings
  readonly idToken: {
    readonly scope: string
    readonly format: Format
    readonly lifetime: Seconds
  } | null
  readonly assertion: AssertionSettings | null
  readonly resource: ResourceSettings
  readonly revoke: RevokeSettings | null
  readonly install: InstallSettings | null
  readonly register: RegisterSettings | null
  readonly cors: CrossOriginSettings
  readonly signing: { readonly kid: Format; readonly retired: 'published' | 'gone'; readonly algorithms: readonly SigningAlgorithm[] }
  readonly dialect: Dialect
  /** An identifier that every refusal has, for `{error_id}`; `{now}` and `{date}` come with it. Null: there is none. */
  readonly errorId: Format | null
  readonly discovery: DiscoverySettings | null
  readonly openid: OpenIdSettings | null
  readonly par: ParSettings | null
  readonly requestObjects: RequestObjectSettings | null
  readonly clientAssertions: ClientAssertionSettings | null
  readonly device: DeviceSettings | null
  readonly exchange: ExchangeSettings | null
  readonly introspection: IntrospectionSettings | null
  readonly dynamicRegistration: DynamicRegistrationSettings | null
  readonly resourceIndicators: ResourceIndicatorSettings | null
  readonly protectedResource: ProtectedResourceSettings | null
  readonly dpop: DpopSettings | null
  readonly logout: LogoutSettings | null
}
