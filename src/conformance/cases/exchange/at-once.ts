/** The same callback twice at the same time, as an impatient user or a prefetching browser makes it. */

import type { Case } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { check, codeOf, entriesOf, exchanges, notSoFar, stepsOf } from '../reading.js'

/** Milliseconds in which the second callback would have sent the code too. */
const meanwhile = 400

const atOnce: Case = {
  topic: 'exchange',
  name: 'takes-one-of-two-callbacks-at-once',
  title: 'A callback that comes twice at the same time sends its code once',
  needs: ['callback'],
  checks: (profile) => [
    check(
      'exchange.code-once-at-once',
      profile.starts === 'authorize' ? 'must' : 'should',
      rfc(6749, '4.1.2', 'A client uses a code no more than once'),
      {
        title: 'sends a code once, although the callback came twice at once',
        expected: 'one token request with this code, and tokens',
        fix: 'Take what was kept for the request out of its place (state, verifier) in one step, before the code is sent: whoever comes second finds nothing.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const url = await context.begin()
    if (url === undefined) return
    const held = context.hold('token')
    const one = context.ask('callback', 'at once', { url })
    await held.arrived(1, one)
    const two = context.ask('callback', 'at once', { url })
    await held.arrived(2, two, meanwhile)
    held.release()
    await Promise.all([one, two])
  },
  judge: (played) => {
    const steps = stepsOf(played, 'at once')
    const sent = exchanges(entriesOf(steps))
    const [first, ...more] = sent
    if (!first || steps.length < 2) return { 'exchange.code-once-at-once': notSoFar(played, 'the callback was not taken twice') }
    const again = more.filter((entry) => codeOf(entry) === codeOf(first))
    if (again.length > 0) return { 'exchange.code-once-at-once': unmet('the code was sent twice', first, ...again) }
    return { 'exchange.code-once-at-once': met(first) }
  },
}

export const atOnceCases: readonly Case[] = [atOnce]
