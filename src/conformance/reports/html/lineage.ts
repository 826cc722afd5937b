/** Which token came from which: code, tokens, tokens, as the exchanges of a case tell it. */

import type { JournalEntry, TokenReference } from '../../../index.js'

export interface Token {
  readonly kind: TokenReference['kind'] | 'unknown'
  readonly id: string
  /** The entry that issued it; undefined when it came from outside, as a code from a portal does. */
  readonly issuedBy?: string
  /** Seconds from issue; null when it never expires. */
  readonly lifetime?: number | null
  /** The entries in which it was presented, in order. */
  readonly presentedIn: readonly JournalEntry[]
  readonly endedBy?: string
  readonly children: readonly Token[]
}

interface Growing {
  readonly kind: Token['kind']
  readonly id: string
  readonly issuedBy?: string
  readonly lifetime?: number | null
  readonly presentedIn: JournalEntry[]
  endedBy?: string
  readonly children: Growing[]
}

/** @returns the tokens that came from no other, each with what came from it, in the order in which they were first seen */
export const lineageOf = (exchanges: readonly JournalEntry[]): readonly Token[] => {
  const known = new Map<string, Growing>()
  const roots: Growing[] = []
  const seen = (token: Growing, parent: Growing | undefined): Growing => {
    known.set(token.id, token)
    ;(parent?.children ?? roots).push(token)
    return token
  }
  const find = (id: string, kind: Token['kind']): Growing => known.get(id) ?? seen({ kind, id, presentedIn: [], children: [] }, undefined)
  for (const entry of exchanges) {
    if (entry.presented) find(entry.presented.id, entry.presented.kind).presentedIn.push(entry)
    // an access token may be kept as made from the refresh token it came with: both came from what was presented
    const together = new Set((entry.issued ?? []).map(({ id }) => id))
    for (const { id, kind, from, expiresAt } of entry.issued ?? []) {
      if (known.has(id)) continue
      const lifetime = expiresAt === undefined ? {} : { lifetime: expiresAt === null ? null : expiresAt - entry.at }
      const origin = from === undefined || from === id || together.has(from) ? entry.presented?.id : from
      const parent = origin === undefined || origin === id ? undefined : find(origin, 'unknown')
      seen({ kind, id, issuedBy: entry.id, ...lifetime, presentedIn: [], children: [] }, parent)
    }
    for (const id of entry.ended ?? []) find(id, 'unknown').endedBy ??= entry.id
  }
  return roots
}
