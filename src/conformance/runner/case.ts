/** What a conformance case is: data and two functions. One plays a client through a situation, one judges what crossed the wire. */

import type { JournalEntry, Toggles } from '../../index.js'
import type { History } from '../invariants/history.js'
import type { CaseContext } from './caseContext.js'
import type { Profile } from './profile.js'
import type { Ability } from './step.js'
import type { CheckDefinition } from './verdict.js'

export type Topic = 'authorize' | 'exchange' | 'errors' | 'refresh' | 'resource' | 'disconnect' | 'install'

/** A check as a case declares it. */
export interface Check extends CheckDefinition {
  /** The client must not do something: passes only if it got the provocation, passed the plain case and ended by itself. */
  readonly forbids?: true
  /** The client must get back to where the plain case leads: fails only a client that gets there when nothing goes wrong. */
  readonly recovers?: true
}

/** All that a judge may look at. */
export interface Played extends Omit<History, 'settings'> {
  readonly profile: Profile
  /** The client's registered redirect URI, where that is known. */
  readonly redirectUri?: string
}

/** What a judge found about one check. */
export type Finding =
  | { readonly is: 'met'; readonly evidence: readonly JournalEntry[] }
  | { readonly is: 'unmet'; readonly seen: string; readonly evidence: readonly JournalEntry[] }
  | { readonly is: 'unexercised'; readonly why: string }
  | { readonly is: 'inapplicable'; readonly why: string }

export type Findings = { readonly [check: string]: Finding }

export const met = (...evidence: readonly JournalEntry[]): Finding => ({ is: 'met', evidence })
export const unmet = (seen: string, ...evidence: readonly JournalEntry[]): Finding => ({ is: 'unmet', seen, evidence })
export const unexercised = (why: string): Finding => ({ is: 'unexercised', why })
export const inapplicable = (why: string): Finding => ({ is: 'inapplicable', why })

export interface Case {
  readonly topic: Topic
  readonly name: string
  readonly title: string
  /** Where the case means something, by what the provider does; everywhere by default. */
  readonly applies?: (profile: Profile) => boolean
  /** Steps without which the case does not apply to a client. */
  readonly needs: readonly Ability[]
  /** A client that passes the plain case may refuse to start here: why that is no fault of its. */
  readonly mayBeRefused?: string
  /** How the sandbox differs from the provider as it is. */
  readonly quirks?: (profile: Profile) => Toggles
  readonly checks: (profile: Profile) => readonly Check[]
  readonly play: (context: CaseContext) => Promise<void>
  /** Pure. */
  readonly judge: (played: Played) => Findings
  /** A secret that the client has in this case: it is another client, registered for it. */
  readonly credentials?: string
  /** False where the case told the client what is not so: its connection says nothing afterwards. */
  readonly afterwards?: false
  /** The judge needs nothing but a journal: the case also judges recorded traffic. */
  readonly passive?: true
}

/** The plain case: what prohibitions and recoveries of the same client rest on. */
export const plainCase = { topic: 'exchange', name: 'redeems-the-code' } as const

/** Where a requirement is known from, for checks. */
export const rfc = (number: number, section: string, text: string): CheckDefinition['reference'] => ({
  id: `RFC ${number} §${section}`,
  text,
  url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
})

/** What this provider does here: the quirk that decides one of these settings, or else its own documentation. */
export const settingOf = (profile: Profile, paths: string | readonly string[], text: string): CheckDefinition['reference'] => {
  const quirk = profile.quirkAt(...[paths].flat())
  return { id: quirk === undefined ? `${profile.provider} documentation` : `${profile.provider}/${quirk}`, text, url: profile.docs }
}
