/** What a command did while it ran, in all sandboxes, also in those that are gone: tests throw theirs away when they are over. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { JournalEntry } from '../journal/entry.js'
import { explain } from '../journal/explain.js'
import { redact } from '../journal/redact.js'

/** As much of an exchange as a summary needs. */
export type Seen = Pick<JournalEntry, 'provider' | 'operation' | 'outcome' | 'reason' | 'grantType'> & { readonly path: string }

/** Refusals of one kind. */
export interface Refusal {
  readonly provider?: string
  readonly operation?: string
  readonly reason: string
  /** What answered the first: absent when nothing was sent. */
  readonly status?: number
  /** Nobody asked for it: no fault, no denial, no clock, no `--allow`. */
  readonly unexpected: boolean
  readonly count: number
  /** What happened in the first and why, without secrets. */
  readonly explained: string
  /** `provider/name` of those that bore on the first. */
  readonly quirks: readonly string[]
}

export interface Exchanges {
  /** Of the newest only, when there were very many. */
  readonly seen: () => readonly Seen[]
  readonly requests: () => number
  readonly refusals: () => readonly Refusal[]
  readonly stop: () => void
}

/** What a test brings about with the clock and with approvals, and what clients are made to live with. */
const broughtAbout = ['token_expired', 'access_denied', 'authorization_failed']

/** Sandboxes have names of their own on each run: without them, the same refusals are the same. */
const withoutSandbox = (text: string): string => text.replace(/(^| )\/~[a-z0-9-]+(?=\/)/, '$1')

/** @param allowed reasons that are no surprise @param limit how many exchanges are kept for the summary */
export const recordExchanges = (allowed: readonly string[] = [], limit = 100_000): Exchanges => {
  const seen: Seen[] = []
  const refusals = new Map<string, Refusal>()
  const expected = new Set([...broughtAbout, ...allowed])
  let requests = 0
  const refused = (entry: JournalEntry): void => {
    const { provider, operation, reason = 'refused', fault, response, quirks } = entry
    const unexpected = fault === undefined && !expected.has(reason)
    const key = [provider, operation, reason, unexpected].join(' ')
    const before = refusals.get(key)
    refusals.set(key, {
      ...(before ?? {
        ...(provider === undefined ? {} : { provider }),
        ...(operation === undefined ? {} : { operation }),
        reason,
        ...(response.status === undefined ? {} : { status: response.status }),
        unexpected,
        explained: withoutSandbox(explain(redact(entry))),
        quirks,
      }),
      count: (before?.count ?? 0) + 1,
    })
  }
  const listen = (message: unknown): void => {
    const entry = message as JournalEntry
    const { provider, operation, outcome, reason, grantType, request } = entry
    requests += 1
    // Half at once: one by one would move all the others each time.
    if (seen.length === limit) seen.splice(0, Math.ceil(limit / 2))
    seen.push({
      outcome,
      path: withoutSandbox(request.url.split('?', 1)[0] ?? ''),
      ...(provider === undefined ? {} : { provider }),
      ...(operation === undefined ? {} : { operation }),
      ...(reason === undefined ? {} : { reason }),
      ...(grantType === undefined ? {} : { grantType }),
    })
    if (outcome === 'refused') refused(entry)
  }
  subscribe('authdouble:exchange', listen)
  return {
    seen: () => seen,
    requests: () => requests,
    refusals: () => [...refusals.values()],
    stop: () => void unsubscribe('authdouble:exchange', listen),
  }
}
