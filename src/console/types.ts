/** What the control API says, as the console reads it. All types from outside of this room come in here. */

import type { CaseResult, Report as ConformanceReport } from '../conformance/api.js'
import type { Schedule as ScheduleFile } from '../conformance/explore/schedule.js'
import type { ProviderAddress as Address, JournalEntry, TokenView, UserView, Fault as WaitingFault } from '../index.js'

export type { Address, CaseResult, ScheduleFile, UserView }

export interface Entry extends JournalEntry {
  /** What happened in one line. */
  readonly told: string
  readonly explained: string
}

export type Fault = Omit<WaitingFault, 'seen'> & {
  /** Of one that holds: how many requests now. */
  readonly held?: number
}

export interface Clock {
  readonly now: number
  readonly frozen: boolean
  readonly offset: number
  readonly skew: number
}

export interface Status {
  readonly name: string
  readonly url: string
  readonly version: string
  readonly started: number
  readonly reveal: boolean
  readonly clock: Clock
  readonly counts: { readonly journal: number; readonly faults: number; readonly sandboxes: number }
}

/** The part of JSON Schema in which the members of faults are told. */
export interface MemberSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly string[]
  /** A value that may be of one of several kinds. */
  readonly anyOf?: readonly unknown[]
  readonly properties?: { readonly [member: string]: MemberSchema }
  readonly required?: readonly string[]
}

export interface Vocabulary {
  readonly operations: readonly string[]
  readonly outcomes: readonly string[]
  readonly faults: readonly string[]
  readonly faultMembers: { readonly [kind: string]: MemberSchema }
  readonly faultConditions: MemberSchema
  readonly reasons: readonly string[]
  readonly tokenKinds: readonly string[]
  readonly tokenStates: readonly string[]
  readonly wrong: readonly string[]
}

export interface Quirk {
  readonly provider: string
  readonly name: string
  readonly says: string
  readonly value?: unknown
  readonly is?: unknown
  readonly otherwise?: unknown
  readonly variants?: readonly string[]
  readonly dormant: boolean
  readonly toggled: boolean
  readonly source: { readonly grade: string; readonly where: string; readonly quote?: string }
}

export interface Endpoint {
  readonly name: string
  readonly operation: string
  readonly methods: readonly string[]
  readonly path: string
  readonly url: string
  readonly host: string
  readonly served: boolean
  readonly scope?: string
  readonly portal?: string
}

export interface Flow {
  readonly starts: 'authorize' | 'install' | 'code'
  readonly authenticates: 'username' | 'basic' | 'body'
  readonly sends: 'query' | 'json' | 'form'
  readonly codeParameter: string
  readonly redirectUriAtToken: boolean
  readonly grants: readonly string[]
  readonly refreshes: boolean
  readonly asks?: { readonly [parameter: string]: string }
  readonly offline?: { readonly scope: string; readonly prompt: string }
  readonly requires?: { readonly [parameter: string]: string }
  readonly scopeSeparator?: string
  readonly pkce?: { readonly methods: readonly string[]; readonly required: boolean }
  readonly revokes?: 'never' | 'always' | 'with-token'
  readonly scheme: string
}

export interface Provider {
  readonly id: string
  readonly name: string
  readonly docs: string
  readonly issuer: string
  readonly address: Address
  readonly scopes: readonly string[]
  readonly flow: Flow
  readonly endpoints: readonly Endpoint[]
}

export interface Token extends TokenView {
  readonly fingerprint: string
  readonly issuedBy?: string
  readonly endedBy?: string
  readonly endedAt?: number
  readonly usedBy?: string
  readonly usedAt?: number
}

export interface Connection {
  readonly provider: string
  readonly clientId: string
  readonly client?: string
  readonly user: string
  readonly name?: string
  readonly email?: string
  readonly live: number
  readonly tokens: readonly Token[]
  readonly more: number
}

export interface Sandbox {
  readonly name: string
  readonly url: string
  readonly expiresAt?: number
}

export interface Approval {
  readonly as?: string
  readonly deny?: true
  readonly ask?: true
  readonly error?: string
  readonly once: boolean
}

/** As far as it is there: a report may be of a newer version, or of a run that goes on. */
export type Schedule = Partial<NonNullable<ConformanceReport['schedules']>[number]>

export type Exploration = NonNullable<ConformanceReport['exploration']>

export interface Report extends Omit<ConformanceReport, 'schedules'> {
  readonly schedules?: readonly Schedule[]
}
