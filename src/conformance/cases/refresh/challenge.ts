/** What a client makes of a 401. */

import type { Case, Finding, Played } from '../../runner/case.js'
import { met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { calls, check, fellSilent, inWords, notSoFar, refreshes, stepOf, tokenRequests } from '../reading.js'
import type { When } from '../when.js'
import { both, not, refreshing } from '../when.js'
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

/** Where the words of the challenge for an expired token are decided. */
const challengePaths = ['dialect.token_expired.challenge', 'dialect.token_expired.description'] as const

/** The setting of these in which the provider knows several wordings, and where it stands. */
const wordings = (profile: Profile) =>
  challengePaths.map((path) => ({ path, found: profile.variantsAt(path) })).find(({ found }) => (found?.variants.length ?? 0) > 0)

/** The provider words the challenge for an expired token in more than one way. */
const twoChallenges: When = (profile) => wordings(profile) !== undefined

const reactsTo401: Case = {
  topic: 'refresh',
  name: 'reacts-to-401',
  title: 'After a 401 the client refreshes and repeats the call',
  applies: both(refreshing, not(twoChallenges)),
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
  settingOf(
    profile,
    wordings(profile)?.path ?? challengePaths[0],
    'An expired token is answered 401 with a challenge that the provider words in more than one way',
  )

const reactsToBoth: Case = {
  topic: 'refresh',
  name: 'reacts-to-both-challenges',
  title: 'The client refreshes after both kinds of challenge',
  applies: both(refreshing, twoChallenges),
  needs: ['callback', 'call', 'refresh'],
  checks: (profile) => [
    check('refresh.reacts-to-code', 'should', challengeReference(profile), {
      title: 'refreshes after the challenge as it is documented',
      expected: 'a refresh and a second API call with status 200, within one step',
      fix: 'Refresh after any 401, whatever error its challenge names.',
    }),
    check('refresh.reacts-to-words', 'should', challengeReference(profile), {
      title: 'refreshes after the same in other words',
      expected: 'a refresh and a second API call with status 200, within one step',
      fix: 'Refresh after any 401 instead of looking for certain words in the challenge.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    await context.ask('call', 'as a code')
    await context.connect()
    const other = wordings(context.profile)?.found
    const [variant] = other?.variants ?? []
    if (other && variant !== undefined) context.sandbox.double.quirks.set(other.name, variant)
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
  title: 'If the API keeps answering 401, the client stops',
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'refresh.no-loop',
      'must',
      rfc(9110, '15.5.2', 'When a new attempt is answered 401 too, there is no use in another'),
      {
        title: 'gives up when a 401 comes again',
        expected: 'at most two API calls and one refresh in a step, which comes to an end',
        fix: 'Refresh and repeat the call once. Report a second 401 as an error.',
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
