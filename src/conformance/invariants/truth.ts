/** What a client says about itself agrees with what crossed the wire. */

import { calls, fate, fine, tokenRequests } from '../cases/reading.js'
import type { PlayedStep } from '../runner/step.js'
import type { Invariant } from './history.js'

/** A status that no answer of the API in this step had, or success after failures alone. */
const untrue = (step: PlayedStep): string | undefined => {
  if (step.state !== 'ok') return undefined
  const made = calls(step.entries)
  const asked = tokenRequests(step.entries)
  if (step.step === 'call' && made.length > 0) {
    const { status } = step
    if (status !== undefined && !made.some(({ response }) => response.status === status))
      return `said status ${status}, and the API answered ${made.map(({ response }) => response.status ?? 'nothing').join(', ')}`
    if ((status === undefined || status < 300) && !made.some(fine))
      return `said that the call worked, and it was ${made.map(fate).join(', ')}`
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

export const truthInvariants: readonly Invariant[] = [truthful]
