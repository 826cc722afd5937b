/** What a client makes of a 401. */

import type { Case, Finding, Played } from '../../runner/case.js'
import { met, quirkOf, rfc, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profiles.js'
import { allProviders } from '../../runner/profiles.js'
import { calls, check, fellSilent, inWords, notSoFar, refreshes, stepOf, tokenRequests } from '../reading.js'
import { answered, expire } from './need.js'

/** What a client made of the 401 in a step. */
const reaction = (played: Played, as: string): Finding => {
  const step = stepOf(played, as)
  const rejected = calls(step?.entries ?? []).find(({ response }) => response.status === 401)
  if (!step || !rejected) return notSoFar(played, 'no call was answered 401')
  const sent = refreshes(step.entries)
  if (sent.length === 0) return unmet(`no refresh after the 401: ${inWords(step)}`, rejected)
  return answered(step) ? met(rejected, ...sent) : unmet(inWords(step), rejected, ...sent)
}

const reactsTo401: Case = {
  topic: 'refresh',
  name: 'reacts-to-401',
  title: 'A 401 brings about a refresh, and the call is made again',
  providers: ['ziina', 'zoho-payments'],
  needs: ['callback', 'call', 'refresh'],
  checks: () => [
    check('refresh.reacts-to-401', 'should', rfc(6750, '3.1', 'After invalid_token a client may get a new token and try again'), {
      title: 'refreshes after a 401',
      expected: 'a refresh and a second API call with status 200, within one step',
      fix: 'Refresh after any 401 of the API, whatever its body says, and repeat the call once.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    await context.ask('call', 'expired')
  },
  judge: (played) => ({ 'refresh.reacts-to-401': reaction(played, 'expired') }),
}

const challengeReference = (profile: Profile) =>
  quirkOf(
    profile,
    'expired-token-is-invalid-request',
    'An expired token is answered 401 with error="invalid_request" and ACCESS_TOKEN_EXPIRED, or the same in plain words',
  )

const reactsToBoth: Case = {
  topic: 'refresh',
  name: 'reacts-to-both-challenges',
  title: 'A 401 is understood in both wordings of its challenge',
  providers: ['zettle'],
  needs: ['callback', 'call', 'refresh'],
  checks: (profile) => [
    check('refresh.reacts-to-code', 'should', challengeReference(profile), {
      title: 'refreshes after ACCESS_TOKEN_EXPIRED',
      expected: 'a refresh and a second API call with status 200, within one step',
      fix: 'Refresh after any 401; error="invalid_token" never comes here.',
    }),
    check('refresh.reacts-to-words', 'should', challengeReference(profile), {
      title: 'refreshes after the same in plain words',
      expected: 'a refresh and a second API call with status 200, within one step',
      fix: 'Refresh after any 401 instead of looking for ACCESS_TOKEN_EXPIRED in the challenge.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    await context.ask('call', 'as a code')
    await context.connect()
    context.sandbox.double.quirks.set('zettle/expired-token-wording', 'in-plain-words')
    expire(context)
    await context.ask('call', 'in words')
  },
  judge: (played) => ({
    'refresh.reacts-to-code': reaction(played, 'as a code'),
    'refresh.reacts-to-words': reaction(played, 'in words'),
  }),
}

const noLoop: Case = {
  topic: 'refresh',
  name: 'does-not-loop-on-permanent-401',
  title: 'An API that goes on answering 401 is not called for ever',
  providers: allProviders,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'refresh.no-loop',
      'must',
      rfc(9110, '15.5.2', 'When a new attempt is answered 401 too, there is no use in another'),
      {
        title: 'gives up when a 401 comes again',
        expected: 'at most two API calls and one refresh in a step, which comes to an end',
        fix: 'Refresh and repeat a call once; a second 401 is an error for whoever made the call.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'resource', kind: 'refuse', reason: 'token_revoked', times: 'always' })
    await context.ask('call', 'refused')
  },
  judge: (played) => {
    const step = stepOf(played, 'refused')
    const made = calls(step?.entries ?? []).filter(({ response }) => response.status === 401)
    const sent = tokenRequests(step?.entries ?? [])
    if (!step || made.length === 0) return { 'refresh.no-loop': notSoFar(played, 'no call was answered 401') }
    if (fellSilent(step)) return { 'refresh.no-loop': unmet(`it did not come to an end: ${made.length} calls`, ...made.slice(0, 3)) }
    const looping = made.length > 2 || sent.length > 1
    return {
      'refresh.no-loop': looping
        ? unmet(`${made.length} calls and ${sent.length} token requests`, ...made.slice(0, 3), ...sent.slice(0, 3))
        : met(...made),
    }
  },
}

export const challengeCases: readonly Case[] = [reactsTo401, reactsToBoth, noLoop]
