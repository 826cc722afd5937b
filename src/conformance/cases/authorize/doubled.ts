/** Callbacks that say two things at once. */

import type { Tamper } from '../../drivers/browser.js'
import type { Case } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { authorizations, check, notSoFar, stepOf, tokenRequests } from '../reading.js'
import { authorizing } from '../when.js'
import { needs } from './callback.js'

const ambiguous = (
  name: string,
  title: string,
  id: string,
  level: 'must' | 'should' | 'advice',
  tamper: Tamper,
  expected: string,
): Case => ({
  topic: 'authorize',
  name,
  title,
  applies: authorizing,
  needs,
  checks: () => [
    check(
      id,
      level,
      rfc(6749, '4.1.2', 'A callback brings either one code or an error, each parameter once'),
      {
        title: title.charAt(0).toLowerCase() + title.slice(1),
        expected,
        fix: 'Look for error first, and refuse a callback in which a parameter comes twice: which of them was meant cannot be known.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => void (await context.connect({ as: 'ambiguous', tamper })),
  judge: (played) => {
    const callback = stepOf(played, 'ambiguous')
    const [asked] = authorizations(played.entries)
    if (callback?.step !== 'callback' || !asked) return { [id]: notSoFar(played, 'no callback was delivered') }
    const sent = tokenRequests(callback.entries)
    if (sent.length > 0) return { [id]: unmet('a code was sent to the token endpoint', asked, ...sent) }
    return { [id]: callback.state === 'ok' ? unmet('the client said that it holds tokens', asked) : met(asked) }
  },
})

export const doubledCases: readonly Case[] = [
  ambiguous(
    'refuses-a-code-beside-an-error',
    'Refuses a callback with a code and an error',
    'authorize.code-beside-error',
    'should',
    (query) => query.set('error', 'access_denied'),
    'no token request for a callback that has an error, whatever else it has',
  ),
  ambiguous(
    'refuses-two-codes',
    'Refuses a callback with two codes',
    'authorize.code-single',
    'advice',
    (query) => query.append('code', 'injected-by-somebody-else'),
    'no token request for a callback that has two codes',
  ),
]
