/** What a client says about itself agrees with what crossed the wire. */

import type { JournalEntry } from '../../index.js'
import { calls, fate, fine, header, replyOf, tokenRequests } from '../cases/reading.js'
import { rfc } from '../runner/case.js'
import type { PlayedStep } from '../runner/step.js'
import type { History, Invariant } from './history.js'

/** A status that no answer of the API in this step had, or success after failures alone. */
const untrue = (step: PlayedStep): string | undefined => {
  if (step.state !== 'ok') return undefined
  const made = calls(step.entries)
  const asked = tokenRequests(step.entries)
  if (step.step === 'call' && made.length > 0) {
    const { status } = step
    // Who followed a redirect tells what it found there.
    if (status !== undefined && !step.entries.some(({ response }) => response.status === status))
      return `said status ${status}, and the API answered ${made.map(({ response }) => response.status ?? 'nothing').join(', ')}`
    // A client that names no status may take a redirect that it does not follow for an answer.
    const failed = made.every(
      ({ response }) => response.status === undefined || response.status >= (status === undefined ? 400 : 300) || !response.complete,
    )
    if ((status === undefined || status < 300) && failed) return `said that the call worked, and it was ${made.map(fate).join(', ')}`
  }
  // Somebody else refreshed, and the client went on with what that brought.
  if (step.step === 'refresh' && asked.some(({ reason }) => reason === 'refresh_token_rotated')) return undefined
  if ((step.step === 'callback' || step.step === 'refresh' || step.step === 'assertion') && asked.length > 0 && !asked.some(fine))
    return `said that the step "${step.as}" worked, and the token request was ${asked.map(fate).join(', ')}`
  return undefined
}

const truthful: Invariant = {
  id: 'always.truthful',
  title: 'says what happened',
  level: 'must',
  consequence: 'rule-broken',
  reference: {
    id: 'RFC 6749 §5.2',
    text: 'An error response means that nothing was granted',
    url: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2',
  },
  expected: 'a step that succeeds only when the provider answered with success, and the status that the API answered',
  fix: 'Look at the status and the body of every answer before you report success: whoever relies on the report goes on without a connection.',
  find: ({ steps }) =>
    steps.flatMap((step) => {
      const seen = untrue(step)
      return seen === undefined ? [] : [{ seen: `the client ${seen}`, evidence: step.entries.slice(-4) }]
    }),
}

/** What stands where a token would, when there is none. */
const placeholder = /(^|\s)(undefined|null|NaN|\[object Object\])$/

/** An error with status 200 came, and afterwards a token that nobody issued. */
const fromAnError = (history: History, entry: JournalEntry): boolean =>
  entry.reason === 'token_unknown' &&
  tokenRequests(history.entries.slice(0, history.entries.indexOf(entry))).some(
    ({ outcome, response }) => outcome === 'refused' && response.status === 200,
  )

/** A token that is in no reply: cut, decoded, or put together in another way. */
const inNoReply = ({ entries, passive }: History, entry: JournalEntry): boolean => {
  const token = header(entry, 'authorization')?.trim().split(' ').at(-1) ?? ''
  if (passive || token === '' || entry.presented !== undefined || entry.reason !== 'token_unknown') return false
  const replies = tokenRequests(entries.slice(0, entries.indexOf(entry)))
  return replies.length > 0 && !replies.some((reply) => reply.response.body?.includes(token) || replyOf(reply)['access_token'] === token)
}

const realTokens: Invariant = {
  id: 'always.real-tokens-only',
  title: 'calls the API with tokens that were issued',
  level: 'must',
  consequence: 'rule-broken',
  reference: rfc(6749, '7', 'API calls are made with a token that was issued'),
  expected: 'no API call with undefined, null, a part of an error or a part of a token for a token',
  fix: 'Store tokens only after a response that has access_token, whatever its status; keep them as they came, without a limit of length, and make no call without one.',
  find: (history) => {
    const junk = calls(history.entries).filter(
      (entry) => placeholder.test(header(entry, 'authorization')?.trim() ?? '') || fromAnError(history, entry) || inNoReply(history, entry),
    )
    return junk.length === 0 ? [] : [{ seen: 'an API call with something that is no token', evidence: junk.slice(0, 3) }]
  },
}

export const truthInvariants: readonly Invariant[] = [truthful, realTokens]
