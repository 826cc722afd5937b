/** The plain case: what everything else is measured against. */

import type { Case, Finding, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { calls, check, exchanges, fate, fine, inWords, notSoFar, stepOf, succeeded } from '../reading.js'

export const connectAndCall = async (context: CaseContext): Promise<void> => {
  if ((await context.connect()) && context.can('call')) await context.ask('call')
}

/** A call with the new token worked. */
export const usable = (played: Played, as = 'call'): Finding => {
  const call = stepOf(played, as)
  const connected = played.steps.some(({ step, state }) => (step === 'callback' || step === 'assertion') && state === 'ok')
  if (!call) return connected ? inapplicable('the client says that it has no call') : notSoFar(played, 'no API call was made')
  if (call.state === 'unsupported') return inapplicable('the client says that it has no call')
  const made = calls(call.entries)
  // What it printed says nothing about what it would have called.
  if (made.length === 0 && (call.state === 'junk' || call.state === 'harness')) return notSoFar(played, 'no call came')
  if (made.length === 0)
    return call.state === 'ok' ? unmet('it said that it called, and no call came') : unmet(`no call came: ${inWords(call)}`)
  return succeeded(call) && made.some(fine) ? met(...made) : unmet(made.map(fate).join(', '), ...made)
}

const plain: Case = {
  topic: 'exchange',
  name: 'redeems-the-code',
  title: 'The plain case: a code becomes a token, and the token works',
  needs: ['callback'],
  checks: (profile) => [
    check('exchange.redeems', 'must', rfc(6749, '4.1.3', 'The code of the redirect is exchanged at the token endpoint'), {
      title: 'redeems the code',
      expected: 'a token request that the provider answers with tokens',
      fix: 'Look up the reason of the refusal in the journal entry that is named as evidence.',
    }),
    check(
      'exchange.usable',
      'must',
      { id: `${profile.provider} API`, text: 'The token is used for API calls', url: profile.docs },
      {
        title: 'calls the API with the token',
        expected: 'an API call that is answered with status 200',
        fix: `Take access_token out of the response and send it as ${profile.scheme ? `Authorization: ${profile.scheme} <token>` : 'the bare value of Authorization'}.`,
      },
    ),
  ],
  play: connectAndCall,
  judge: (played) => {
    const sent = exchanges(played.entries)
    const redeems = (): Finding => {
      if (sent.length === 0) return notSoFar(played, 'no code was sent to the token endpoint')
      if (!sent.some(fine)) return unmet(sent.map(fate).join(', '), ...sent)
      const callback = stepOf(played, 'connect')
      return callback && callback.state !== 'ok'
        ? unmet(`tokens were issued, but ${inWords(callback)}`, ...sent)
        : met(...sent.filter(fine))
    }
    const redeemed = redeems()
    return {
      'exchange.redeems': redeemed,
      'exchange.usable': redeemed.is === 'met' ? usable(played) : notSoFar(played, 'no token was received'),
    }
  },
}

export const plainCases: readonly Case[] = [plain]
