/** Every step comes to an end, with few requests. */

import type { JournalEntry } from '../../index.js'
import { fellSilent, fine, grantOf, tokenRequests } from '../cases/reading.js'
import { rfc } from '../runner/case.js'
import type { PlayedStep } from '../runner/step.js'
import type { History, Invariant } from './history.js'

/** More requests than this in one step are no retry but a hammer. */
const bound = 10

/** Steps that ran at the same time share what crossed the wire. */
const simultaneous = ({ steps }: History, step: PlayedStep): number =>
  steps.filter((other) => other.step === step.step && other.at < step.at + step.took && step.at < other.at + other.took).length

const unanswered = (entries: readonly JournalEntry[]): readonly JournalEntry[] => entries.filter((entry) => !fine(entry))

const bounded: Invariant = {
  id: 'always.bounded-requests',
  title: 'does not hammer the provider',
  level: 'must',
  consequence: 'rule-broken',
  reference: rfc(9110, '15.6.4', 'A server that fails is asked again later, and with bounds'),
  expected: `at most ${bound} failing requests to the token endpoint, and as many to the API, in one step`,
  fix: 'Bound the number of attempts, wait longer between them, and share one attempt among all callers.',
  find: (history) =>
    history.steps.flatMap((step) => {
      const limit = bound * Math.max(1, simultaneous(history, step))
      const asked = unanswered(tokenRequests(step.entries))
      const made = unanswered(step.entries.filter(({ operation }) => operation === 'resource' || operation === 'userinfo'))
      const worst = asked.length >= made.length ? asked : made
      if (worst.length <= limit) return []
      const what = worst === asked ? `token requests (${grantOf(asked[0] as JournalEntry) ?? 'no grant'})` : 'API calls'
      return [{ seen: `${worst.length} failing ${what} in the step "${step.as}"`, evidence: worst.slice(0, 4) }]
    }),
}

const ends: Invariant = {
  id: 'always.comes-to-an-end',
  title: 'gives up by itself when the provider does not answer',
  level: 'must',
  consequence: 'rule-broken',
  reference: rfc(9110, '9.2.2', 'A request that is not answered is given up, and tried again only where that is safe'),
  expected: 'every step answered within its time, also when the provider is silent',
  rests: true,
  fix: 'Set a time limit on every request to the token endpoint and the API, shorter than the patience of whoever waits.',
  find: ({ steps }) =>
    steps.filter(fellSilent).map(({ as, note = 'no answer', entries }) => ({
      // What the runner expected to read on standard output is told with the step.
      seen: `the step "${as}" did not come to an end: ${note.replace(/: expected .*/s, '')}`,
      evidence: entries.slice(-3),
    })),
}

export const boundInvariants: readonly Invariant[] = [bounded, ends]
