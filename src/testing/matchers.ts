/** What a test may want to know of a client, read from a journal: pure functions that say what they saw. */

import type { Double, Journal, JournalEntry } from '../index.js'

/** A double, a sandbox of it, or its journal. */
export type Watched = Pick<Double, 'journal'> | Journal

export interface Narrowed {
  /** Only what went to this provider. */
  readonly provider?: string
}

export interface Verdict {
  readonly pass: boolean
  /** What was seen, to be read behind "expected the client (not) to ...". */
  readonly seen: string
  readonly entries: readonly JournalEntry[]
}

const entriesOf = (watched: Watched, { provider }: Narrowed): readonly JournalEntry[] => {
  const journal = 'journal' in watched ? watched.journal : watched
  return journal.entries(provider === undefined ? {} : { provider })
}

const tokenRequests = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.filter(({ operation }) => operation === 'token')
const refreshes = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  tokenRequests(entries).filter(({ grantType }) => grantType === 'refresh_token')

/** Exactly one refresh was asked for, and it was granted. */
export const refreshedOnce = (watched: Watched, narrowed: Narrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const asked = refreshes(entries)
  const granted = asked.filter(({ outcome }) => outcome === 'answered')
  return {
    pass: asked.length === 1 && granted.length === 1,
    seen: `it asked for ${asked.length} and was granted ${granted.length}`,
    entries,
  }
}

/** Every refresh presented the refresh token that was newest then. */
export const usedLatestRefreshToken = (watched: Watched, narrowed: Narrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const newest = new Map<string, string>()
  const stale: string[] = []
  for (const entry of entries) {
    const holder = `${entry.provider} ${entry.clientId} ${entry.user ?? ''}`
    if (entry.grantType === 'refresh_token' && entry.presented) {
      // A refused request names no user: whatever that client holds newest counts.
      const held =
        entry.user === undefined
          ? [...newest].filter(([key]) => key.startsWith(`${entry.provider} ${entry.clientId} `)).map(([, id]) => id)
          : [newest.get(holder)]
      if (held.length > 0 && held[0] !== undefined && !held.includes(entry.presented.id)) stale.push(entry.id)
    }
    // What was lost or cut on its way is not known to the client.
    if (!entry.response.complete) continue
    for (const { kind, id } of entry.issued ?? []) if (kind === 'refresh_token') newest.set(holder, id)
  }
  const count = refreshes(entries).length
  const seen = count === 0 ? 'it refreshed nothing' : stale.length === 0 ? `all ${count} did` : `${stale.join(', ')} presented an older one`
  return { pass: count > 0 && stale.length === 0, seen, entries }
}

/** Every token request authenticated the client in this way. */
export const authenticatedWith = (watched: Watched, how: NonNullable<JournalEntry['authentication']>, narrowed: Narrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const seen = tokenRequests(entries).map(({ authentication = 'none' }) => authentication)
  return {
    pass: seen.length > 0 && seen.every((one) => one === how),
    seen: seen.length === 0 ? 'it sent no token request' : `it used ${[...new Set(seen)].join(', ')}`,
    entries,
  }
}

/** Every authorization request carried a state of its own. */
export const sentState = (watched: Watched, narrowed: Narrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const states = entries
    .filter(({ operation, request }) => operation === 'authorize' && request.parameters['client_id'] !== undefined)
    .map(({ request }) => request.parameters['state'])
  const missing = states.filter((state) => !state).length
  const again = states.length - new Set(states).size
  const seen =
    states.length === 0
      ? 'it sent no authorization request'
      : missing > 0
        ? `${missing} of ${states.length} had none`
        : again > 0
          ? `${again} of ${states.length} used one again`
          : `all ${states.length} did`
  return { pass: states.length > 0 && missing === 0 && again === 0, seen, entries }
}
