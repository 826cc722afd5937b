/** What a test may want to know of a client, read from a journal: pure functions that say what they saw. */

import type { Double, Journal, JournalEntry } from '../index.js'

/** A double, a sandbox of it, or its journal. */
export type Watched = Pick<Double, 'journal'> | Journal

export interface Narrowed {
  /** Only what went to this provider. */
  readonly provider?: string
  /** Only what came after the journal entry with this id. */
  readonly since?: string
}

export interface Verdict {
  readonly pass: boolean
  /** What was seen, to be read behind "expected the client (not) to ...". */
  readonly seen: string
  readonly entries: readonly JournalEntry[]
}

const entriesOf = (watched: Watched, { provider, since }: Narrowed): readonly JournalEntry[] => {
  const journal = 'journal' in watched ? watched.journal : watched
  return journal.entries({ ...(provider === undefined ? {} : { provider }), ...(since === undefined ? {} : { since }) })
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

export interface LatestNarrowed extends Narrowed {
  /** One more request with the old token after a reply that was lost counts as right: the client cannot know that there is a new one. */
  readonly retriesLost?: boolean
}

/** The entries that presented a refresh token although the server had issued a newer one in its place. */
const superseded = (entries: readonly JournalEntry[], retriesLost: boolean): readonly string[] => {
  const newest = new Map<string, string>()
  const excused = new Set<string>()
  const stale: string[] = []
  for (const { id, provider, clientId, user, grantType, presented, issued, response } of entries) {
    const client = `${provider} ${clientId} `
    const refresh = grantType === 'refresh_token' && presented !== undefined
    if (refresh) {
      // A refused request names no user: whatever that client holds newest counts.
      const held = [...newest].filter(([holder]) => (user === undefined ? holder.startsWith(client) : holder === client + user))
      const old = held.length > 0 && held.every(([, token]) => token !== presented.id)
      if (old && !excused.delete(presented.id)) stale.push(id)
    }
    for (const { kind, id: token } of issued ?? []) {
      if (kind !== 'refresh_token') continue
      // A refresh has replaced the old token even if the reply was lost. What a lost code exchange issued replaces nothing.
      if (response.complete || refresh) newest.set(client + (user ?? ''), token)
      if (!response.complete && refresh && retriesLost) excused.add(presented.id)
    }
  }
  return stale
}

/** No refresh presented a refresh token that the server had replaced before. */
export const usedLatestRefreshToken = (watched: Watched, narrowed: LatestNarrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const stale = superseded(entries, narrowed.retriesLost ?? false)
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

/** Authorization requests of the client. One that was asked before is the browser on its way through the log-in and consent pages. */
const authorizationRequests = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const asked = new Set<string>()
  return entries.filter(({ operation, outcome, request }) => {
    if (operation !== 'authorize' || request.parameters['client_id'] === undefined) return false
    const key = ['client_id', 'redirect_uri', 'state'].map((name) => request.parameters[name] ?? '').join(' ')
    const onItsWay = asked.has(key)
    if (outcome === 'asked') asked.add(key)
    else asked.delete(key)
    return !onItsWay
  })
}

/** The client sent the user to the authorization endpoint at least once. */
export const askedForAuthorization = (watched: Watched, narrowed: Narrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const count = authorizationRequests(entries).length
  return { pass: count > 0, seen: count === 0 ? 'it sent no authorization request' : `it sent ${count}`, entries }
}

/** Every authorization request carried a state of its own. */
export const sentState = (watched: Watched, narrowed: Narrowed = {}): Verdict => {
  const entries = entriesOf(watched, narrowed)
  const states = authorizationRequests(entries).map(({ request }) => request.parameters['state'])
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
