/** API keys as assertions. */

import type { Case } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { assertions, check, fate, fine, inWords, notSoFar, stepOf, tokenRequests } from '../reading.js'
import { takingAssertions } from '../when.js'
import { usable } from './plain.js'

const assertionReference = rfc(7523, '2.1', 'A JWT is presented as an authorization grant')

const sendsAssertion: Case = {
  topic: 'exchange',
  name: 'sends-assertion',
  title: "A merchant's API key is presented as an assertion",
  applies: takingAssertions,
  needs: ['assertion'],
  checks: () => [
    check('exchange.assertion-grant', 'must', assertionReference, {
      title: 'presents the key with the grant type of RFC 7523',
      expected: 'grant_type, client_id and assertion, answered with an access token',
      fix: 'Send grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer, the client_id and the key as assertion.',
    }),
    check(
      'exchange.assertion-suffices',
      'provider',
      { id: 'RFC 6749 §4.4.3', text: 'No refresh token comes with such a grant, and none is needed' },
      {
        title: 'works with an access token alone',
        expected: 'the step succeeds and an API call too',
        fix: 'Do not require refresh_token in the response to an assertion.',
      },
    ),
  ],
  play: async (context) => {
    await context.ask('assertion')
    if (context.can('call')) await context.ask('call')
  },
  judge: (played) => {
    const sent = assertions(played.entries)
    const step = stepOf(played, 'assertion')
    const tried = tokenRequests(played.entries)
    const granted = sent.find(fine)
    if (!granted) {
      const finding = tried.length > 0 ? unmet(tried.map(fate).join(', '), ...tried) : notSoFar(played, 'no assertion was sent')
      return { 'exchange.assertion-grant': finding, 'exchange.assertion-suffices': notSoFar(played, 'no token was received') }
    }
    const done = step?.state === 'ok' ? usable(played) : unmet(step ? inWords(step) : 'no answer', granted)
    return { 'exchange.assertion-grant': met(granted), 'exchange.assertion-suffices': done.is === 'inapplicable' ? met(granted) : done }
  },
}

export const assertionCases: readonly Case[] = [sendsAssertion]
