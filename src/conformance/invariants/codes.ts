/** A code is sent once. */

import type { JournalEntry } from '../../index.js'
import { after, clientRefused, codeOf, exchanges, fate, fine } from '../cases/reading.js'
import { rfc } from '../runner/case.js'
import type { Invariant } from './history.js'

/** The provider said itself, and in full, that it had not looked at the request: then its code is as it was. */
const untouched = (entry: JournalEntry): boolean =>
  clientRefused(entry) || (entry.response.complete && (entry.response.status === 429 || entry.response.status === 503))

/** Codes that came again after a request that may have used them, each with the request before. */
export const resentCodes = (entries: readonly JournalEntry[]): readonly (readonly [first: JournalEntry, again: JournalEntry])[] => {
  const sent = exchanges(entries)
  return sent.flatMap((first, at) => {
    if (untouched(first) || sent.findIndex((other) => codeOf(other) === codeOf(first) && !untouched(other)) < at) return []
    const again = after(sent, first).find((other) => codeOf(first) !== undefined && codeOf(other) === codeOf(first))
    return again ? [[first, again] as const] : []
  })
}

/** A code that came twice, and ended what it had brought: of two at once the one that is refused may be answered first. */
const endedByReplay = (first: JournalEntry, again: JournalEntry): boolean =>
  (fine(first) && (again.ended?.length ?? 0) > 0) || (fine(again) && (first.ended?.length ?? 0) > 0)

const lostByReplay: Invariant = {
  id: 'always.grant-survives-its-code',
  title: 'does not end its own connection by sending a code again',
  level: 'must',
  consequence: 'connection-lost',
  reference: rfc(6749, '4.1.2', 'A code that is used twice ends all tokens that were made from it'),
  expected: 'no second token request with a code that was redeemed',
  fix: 'Forget what was kept for the request (state, verifier) before the code is sent, so that a second callback finds nothing to redeem.',
  find: ({ entries }) =>
    resentCodes(entries)
      .filter(([first, again]) => endedByReplay(first, again))
      .map(([first, again]) => ({
        seen: 'a code came a second time, and the provider ended the connection that it had made',
        evidence: [first, again],
      })),
}

const codeOnce: Invariant = {
  id: 'always.code-once',
  title: 'sends a code once, whatever comes of it',
  level: 'must',
  consequence: 'rule-broken',
  reference: rfc(6749, '4.1.2', 'A client uses a code no more than once; one that is used again may end every token made from it'),
  expected: 'one token request with each code',
  fix: 'Take token requests with a code out of automatic retries, and let a callback take its state before the code is sent.',
  find: ({ entries, steps, settings, passive }) =>
    resentCodes(entries)
      .filter(([first, again]) => !endedByReplay(first, again))
      // Where the app sent nobody, a callback that comes again, or twice at once, cannot be told from a new one by its state; no runner delivered recorded traffic twice.
      .filter(
        ([first, again]) =>
          passive ||
          settings.authorize !== null ||
          steps.filter(({ entries: mine }) => mine.includes(first) && mine.includes(again)).length === 1,
      )
      .map(([first, again]) => ({ seen: `the code was sent again after a request that was ${fate(first)}`, evidence: [first, again] })),
}

export const codeInvariants: readonly Invariant[] = [lostByReplay, codeOnce]
