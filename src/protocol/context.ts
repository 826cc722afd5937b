/** What a decision is made of and what comes out of it: plain values both. */

import type { Reason } from '../provider/dialect.js'
import type { ResponseMode } from '../provider/extensions.js'
import type { Method, Operation, Seconds, Settings } from '../provider/settings.js'
import type { Template } from '../provider/template.js'
import type { Facts } from './fill.js'
import type { Verifier } from './pkce.js'

/** What the person at the browser does. */
export type Approval =
  | { readonly as?: string; readonly scope?: readonly string[] }
  | { readonly deny: true }
  | { readonly ask: true }
  | { readonly error: string }

export interface DecisionContext {
  readonly settings: Settings
  readonly now: Seconds
  /** What tokens say about time is so far ahead of `now`. */
  readonly skew?: Seconds
  /** Fills the random parts of a pattern. */
  readonly mint: (pattern: string) => string
  readonly approval: Approval
  /** Users that the provider began with: the first who is still there approves when nobody is named. */
  readonly users: readonly string[]
  /** Where this provider is reached: no slash at the end. */
  readonly base: string
}

/** Client credentials as they came. Basic may be read in several ways (raw, Latin-1, form-decoded); the first that fits counts. */
export interface Credentials {
  readonly basic:
    | 'absent'
    | 'malformed'
    | { readonly readings: readonly { readonly user: string; readonly password: string }[]; readonly undecodable: boolean }
  readonly id: string | undefined
  readonly secret: string | undefined
}

/** A token that came with a request, after its signature was looked at. */
export interface Presented {
  /** The key under which it is remembered: itself, or its identifying claim. */
  readonly id: string
  readonly claims?: { readonly [claim: string]: unknown }
  readonly problem?: 'signature' | 'key' | 'malformed'
  /** Which key it says it was signed with. */
  readonly kid?: string
}

export interface AccessPresented extends Presented {
  readonly scheme: string
  readonly in: 'header' | 'query' | 'body'
  /** SHA-256 of the token as it came, where a proof of possession has to name it (RFC 9449 §4.2). */
  readonly hash?: string
}

/** A JWT that a client signed, after its signature was looked at with the client's own key. */
export interface ClientJwt {
  /** Whom it says it is from. */
  readonly client: string
  readonly header: { readonly [member: string]: unknown }
  readonly claims: { readonly [claim: string]: unknown }
  readonly problem?: 'malformed' | 'signature' | 'key'
}

/** A proof of possession (RFC 9449 §4.2), after its signature was looked at with the key in its header. */
export interface Proof {
  /** Thumbprint of that key (RFC 7638). */
  readonly jkt: string
  readonly alg: string
  readonly claims: { readonly [claim: string]: unknown }
  readonly problem?: 'malformed' | 'signature' | 'repeated' | 'algorithm'
}

/** What was found in a request besides its parameters, where the provider has the parts for it. */
export interface Verified {
  readonly clientAssertion?: ClientJwt | undefined
  readonly requestObject?: ClientJwt | undefined
  readonly proof?: Proof | undefined
  /** Tokens that came as parameters, by the parameter: to be introspected, exchanged, hinted with. */
  readonly tokens?: { readonly [parameter: string]: Presented } | undefined
  /** An authorization grant that a client signed. */
  readonly grant?: ClientJwt | undefined
}

export interface Request {
  readonly operation: Operation
  /** The endpoint's name in the settings. */
  readonly endpoint: string
  readonly method: Method
  readonly path: string
  /** The real host that was meant. */
  readonly host: string
  readonly params: ReadonlyMap<string, string>
  readonly credentials: Credentials
  /** Access tokens in all the ways they came. */
  readonly tokens: readonly AccessPresented[]
  readonly assertion?: Presented | undefined
  readonly verifier?: Verifier | undefined
  readonly session: string | undefined
  /** What was chosen on a consent form of ours. */
  readonly choice?: 'approve' | 'deny'
  /** Of what was asked for, what stayed ticked on that form; undefined where it had no boxes. */
  readonly ticked?: readonly string[]
  readonly verified?: Verified | undefined
  /** The user of the session has logged in for this very request. */
  readonly loggedIn?: boolean
  readonly accept?: string | undefined
}

/** A token that was made. `sign` is what still has to be signed to become `token`. */
export interface Issued {
  readonly role: 'code' | 'access_token' | 'refresh_token' | 'id_token' | 'assertion'
  readonly id: string
  readonly token?: string
  readonly sign?: { readonly header: Facts; readonly claims: Facts }
  /** The placeholder that names it, where there are several of its role. */
  readonly as?: string
  /** The id of the token it was made from. */
  readonly from?: string | undefined
  readonly expires: Seconds | null
}

/** What the journal wants to know beyond the answer. */
export interface Trace {
  readonly client?: string
  readonly user?: string
  readonly connection?: string
  readonly presented?: { readonly role: Issued['role']; readonly id: string }
  readonly issued?: readonly Issued[]
  readonly ended?: readonly string[]
  /** Paths of settings that decided this outcome. */
  readonly settingPaths?: readonly string[]
}

export interface Refused {
  readonly kind: 'refused'
  readonly reason: Reason
  readonly details: Facts
  /** Where RFC 6749 §4.1.2.1 sends the error. */
  readonly redirect?: { readonly to: string; readonly state: string | undefined; readonly mode?: ResponseMode | undefined }
  readonly trace: Trace
}

export interface Answered {
  readonly kind: 'answered'
  readonly status: number
  readonly template: Template | undefined
  readonly headers: { readonly [name: string]: string }
  readonly facts: Facts
  readonly trace: Trace
  /** The answer is a JWT with these claims in place of the template. */
  readonly signed?: { readonly type: string; readonly header: Facts; readonly claims: Facts }
}

export interface Redirected {
  readonly kind: 'redirected'
  readonly status: number
  readonly to: string
  /** Still to be signed by a keyed hash. */
  readonly sign?: { readonly parameter: string; readonly secret: string }
  /** Sent there as a form that the browser posts. */
  readonly form?: readonly (readonly [name: string, value: string])[]
  readonly trace: Trace
  /** Logout tokens that still have to be delivered. */
  readonly deliver?: readonly BackchannelLogout[]
}

/** A logout token for one client (OpenID Connect Back-Channel Logout 1.0 §2.4). */
export interface BackchannelLogout {
  readonly to: string
  readonly header: Facts
  readonly claims: Facts
}

export interface Asked {
  readonly kind: 'asked'
  readonly what: 'login' | 'consent' | 'signed-out' | 'device' | 'device-consent' | 'device-done'
  readonly client: string
  readonly scope: readonly string[]
  readonly user?: string
  readonly proof?: string
  /** What the log-in page starts with. */
  readonly loginHint?: string | undefined
  readonly userCode?: string | undefined
  readonly problem?: string | undefined
  readonly trace: Trace
  readonly deliver?: readonly BackchannelLogout[]
}

export type Outcome = Refused | Answered | Redirected | Asked

export const refused = (reason: Reason, details: Facts = {}, trace: Trace = {}): Refused => ({ kind: 'refused', reason, details, trace })
