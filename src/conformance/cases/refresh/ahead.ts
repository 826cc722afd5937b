/** Clients that replace an access token before it ends. */

import type { JournalEntry } from '../../../index.js'
import type { Case, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { after, calls, check, entriesOf, fate, fine, inWords, notSoFar, refreshes, stepOf } from '../reading.js'
import { refreshing } from '../when.js'

/** Less than the margins in use: 10 seconds in Go's oauth2, a minute in Authlib and Spring, minutes in the big vendors' libraries. */
const lastSeconds = 5

/** Enough for a busy machine to fail at a refresh and call all the same. */
const someSeconds = 25

/** The access token that an answer brought, and the one that a call was made with. */
const brought = ({ issued }: JournalEntry): string | undefined => issued?.find(({ kind }) => kind === 'access_token')?.id
const used = ({ presented }: JournalEntry): string | undefined => (presented?.kind === 'access_token' ? presented.id : undefined)

const judgeAhead = (played: Played): Findings => {
  const all = (finding: Finding): Findings => ({
    'refresh.ahead-used': finding,
    'refresh.ahead-once': finding,
    'refresh.ahead-in-trouble': finding,
  })
  const troubled = stepOf(played, inTrouble)
  const second = played.steps.findIndex(({ as }) => as.startsWith(secondTime))
  const entries = entriesOf(second < 0 ? played.steps : played.steps.slice(0, second))
  const sent = refreshes(entries)
  const [first, ...more] = sent
  const made = calls(entries)
  if (made.length === 0 && !first) return all(notSoFar(played, 'no call was made'))
  const rejected = made.find(({ response }) => response.status === 401)
  if (!first || (rejected && entries.indexOf(rejected) < entries.indexOf(first)))
    return all(inapplicable('it uses an access token until it is refused, and never refreshes before'))
  if (!fine(first)) return all(notSoFar(played, `the refresh was ${fate(first)}`))
  const next = calls(after(entries, first))[0]
  const once = more.length > 0 ? unmet(`${more.length} more refreshes, of a token that had just come`, first, ...more) : met(first)
  const works = (): Finding => {
    const failed = refreshes(troubled?.entries ?? [])[0]
    if (!troubled || !failed) return inapplicable('it made no refresh ahead of time that could fail')
    const made = calls(troubled.entries)
    return made.length > 0 ? met(failed, ...made) : unmet(`the token still works, and ${inWords(troubled)}`, failed)
  }
  const rest = { 'refresh.ahead-once': once, 'refresh.ahead-in-trouble': works() }
  if (!next) return { 'refresh.ahead-used': notSoFar(played, 'no call came after the refresh'), ...rest }
  return {
    'refresh.ahead-used':
      used(next) === brought(first) ? met(first, next) : unmet('the call after the refresh had the token of before', first, next),
    ...rest,
  }
}

/** The connection whose refresh fails. */
const secondTime = 'again'

/** What is asked while a refresh ahead of time fails. */
const inTrouble = 'its refresh in trouble'

/** Where it is decided how long an access token lives. */
const lifetime = 'access.lifetime'

const ahead: Case = {
  topic: 'refresh',
  name: 'replaces-a-token-that-is-about-to-end',
  title: 'A client that refreshes ahead of time does so once, and uses the new token',
  applies: refreshing,
  needs: ['callback', 'call'],
  quirks: (profile) => profile.toggled(lifetime, lastSeconds) ?? {},
  checks: () => [
    check('refresh.ahead-used', 'should', rfc(6749, '1.5', 'A refresh is made for the access token that it brings'), {
      title: 'calls with the token that a refresh ahead of time brought',
      expected: 'the API call after the refresh carries the new access token',
      fix: 'Build the Authorization header after the refresh, not before it.',
    }),
    check(
      'refresh.ahead-once',
      'should',
      rfc(6749, '5.1', 'expires_in counts from the response that it stands in'),
      {
        title: 'does not replace the token that has just come',
        expected: `one refresh of a token with ${lastSeconds} seconds left, and none of the next one`,
        fix: 'Compute when an access token expires from its own response, at each refresh again.',
      },
      { forbids: true },
    ),
    check('refresh.ahead-in-trouble', 'advice', rfc(6749, '5.1', 'An access token works until expires_in is over'), {
      title: 'goes on with a token that still works when a refresh ahead of time fails',
      expected: `an API call with the token that has ${someSeconds} seconds left, while the token endpoint answers 503`,
      fix: 'When a refresh ahead of time fails for a reason that may pass, use the access token until it has ended.',
    }),
  ],
  play: async (context) => {
    const quirk = context.profile.quirkAt(lifetime)
    const decide = (value: number | true): void => {
      if (quirk !== undefined) context.sandbox.double.quirks.set(`${context.profile.provider}/${quirk}`, value)
    }
    const connects = (as: string, seconds: number): Promise<boolean> => {
      // Where no quirk decides it, the reply says so all the same.
      if (quirk === undefined)
        context.fault({ operation: 'token', kind: 'say', set: { expires_in: seconds }, when: { grantType: 'authorization_code' } })
      return context.connect({ as })
    }
    if (!(await connects('connect', lastSeconds))) return
    decide(true)
    context.note('arrange', `the token has ${lastSeconds} seconds left; those that come after it live as long as usual`)
    for (const as of ['about to end', 'next', 'after next']) await context.ask('call', as)
    decide(someSeconds)
    if (context.over() || !(await connects(secondTime, someSeconds))) return
    context.fault({ operation: 'token', kind: 'status', status: 503, times: 'always', when: { grantType: 'refresh_token' } })
    await context.ask('call', inTrouble)
  },
  judge: judgeAhead,
}

export const aheadCases: readonly Case[] = [ahead]
