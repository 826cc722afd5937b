/** When a client refreshes, and when it does not. */

import type { Case } from '../../runner/case.js'
import { inapplicable, met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { untilSo } from '../../runner/ordering.js'
import type { Profile } from '../../runner/profile.js'
import type { PlayedStep } from '../../runner/step.js'
import { authenticationChecks, authenticationName, authenticationNames, judgeAuthentication } from '../exchange/authentication.js'
import { calls, check, entriesOf, fate, fine, inWords, notSoFar, refreshes, stepOf, stepsOf, tokenRequests } from '../reading.js'
import { refreshing } from '../when.js'
import { rotatingQuirks } from './rotation.js'

const reference = rfc(6749, '6', 'The refresh token is exchanged for another access token')

const five = 5

/** Milliseconds in which each of several calls would have been refused. */
const meanwhile = 500

/** Milliseconds that an answer takes to be read. */
const underway = 50

/** The access token is no longer taken, though the client's own clock says nothing of the kind. */
export const expire = (context: CaseContext): void => context.advance(context.profile.expires ?? 0)

/** The wire says so: a call of this step was answered well. */
export const answered = (step: Pick<PlayedStep, 'state' | 'entries'> | undefined): boolean =>
  step?.state === 'ok' && calls(step.entries).some(fine)

/** Brings about a refresh by a call, or by the step where calls make none. */
export const renew = async (context: CaseContext, as: string): Promise<void> => {
  expire(context)
  const { entries } = await context.ask('call', as)
  if (calls(entries).some(fine) || !context.can('refresh')) return
  await context.ask('refresh', as)
  await context.ask('call', as)
}

const afterExpiry: Case = {
  topic: 'refresh',
  name: 'refreshes-after-expiry',
  title: 'When the access token has expired, the client refreshes',
  applies: refreshing,
  needs: ['callback', 'call', 'refresh'],
  checks: () => [
    check(
      'refresh.after-expiry',
      'must',
      reference,
      {
        title: 'goes on after the access token has expired',
        expected: 'a refresh that is answered, and an API call with status 200 after it',
        fix: 'Store the refresh token of the exchange and use it when the access token has expired or is refused.',
      },
      { consequence: 'connection-lost' },
    ),
    check('refresh.by-itself', 'advice', reference, {
      title: 'refreshes without being told',
      expected: 'a refresh within the call that found the access token expired',
      fix: 'Refresh before expires_in is over, or after a 401, and repeat the call.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    if (answered(await context.ask('call', 'expired'))) return
    await context.ask('refresh', 'told')
    await context.ask('call', 'after')
  },
  judge: (played) => {
    const first = stepOf(played, 'expired')
    const last = stepOf(played, 'after') ?? first
    const sent = refreshes(played.entries)
    if (!first || calls(first.entries).length + sent.length === 0) {
      const finding = notSoFar(played, 'no call was made after the expiry')
      return { 'refresh.after-expiry': finding, 'refresh.by-itself': finding }
    }
    const works = sent.some(fine) && answered(last) && calls(last?.entries ?? []).some(fine)
    const itself = refreshes(first.entries)
    return {
      'refresh.after-expiry': works
        ? met(...sent)
        : unmet(sent.length > 0 ? sent.map(fate).join(', ') : 'no refresh came', ...calls(first.entries), ...sent),
      'refresh.by-itself': itself.length > 0 ? met(...itself) : unmet(`passed it on: ${inWords(first)}`, ...calls(first.entries)),
    }
  },
}

const authentication = (name: string): Case => ({
  topic: 'refresh',
  name,
  title: 'The client authenticates at the refresh too',
  applies: (profile) => profile.refreshes && authenticationName(profile) === name,
  needs: ['callback', 'refresh'],
  passive: true,
  checks: (profile) => authenticationChecks('refresh', profile),
  play: async (context) => {
    if (await context.connect()) await context.ask('refresh')
  },
  judge: (played) => judgeAuthentication(played, 'refresh', refreshes(played.entries), 'no refresh came'),
})

const limited = ({ settings }: Profile): boolean => settings.access.perWindow.count !== null

const notEveryCall: Case = {
  topic: 'refresh',
  name: 'does-not-refresh-on-every-call',
  title: 'A token that is still good is used as it is',
  applies: refreshing,
  needs: ['callback', 'call'],
  checks: (profile) => [
    check(
      'refresh.only-when-needed',
      // A refresh at every call meets the limit after a few calls, and then no call works.
      limited(profile) ? 'provider' : 'should',
      limited(profile)
        ? settingOf(profile, 'access.perWindow.count', 'A refresh token fetches a few access tokens, then none for a while')
        : rfc(6749, '1.5', 'Refresh tokens are for when the access token is no longer valid'),
      {
        title: 'does not refresh while the access token is good',
        expected: 'three API calls and no token request between them; after a refresh, two more of them',
        fix: 'Store each access token with the time when it expires, also after a refresh. Refresh only then, or after a 401.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    for (const as of ['first', 'second', 'third']) await context.ask('call', as)
    expire(context)
    if (!answered(await context.ask('call', 'expired'))) return
    for (const as of ['fourth', 'fifth']) await context.ask('call', as)
  },
  judge: (played) => {
    const steps = ['first', 'second', 'third', 'fourth', 'fifth'].flatMap((as) => stepsOf(played, as))
    const made = calls(entriesOf(steps)).filter(fine)
    const more = tokenRequests(entriesOf(steps))
    if (more.length > 0)
      return { 'refresh.only-when-needed': unmet(`${more.length} token requests for ${steps.length} calls with a good token`, ...more) }
    return { 'refresh.only-when-needed': made.length > 2 ? met(...made) : notSoFar(played, 'three calls did not work') }
  },
}

const onceForMany: Case = {
  topic: 'refresh',
  name: 'refreshes-once-for-simultaneous-calls',
  title: 'Calls that find the token expired at the same time share one refresh',
  applies: refreshing,
  needs: ['callback', 'call'],
  quirks: rotatingQuirks,
  checks: () => [
    check('refresh.once-for-many', 'should', rfc(9700, '4.14.2', 'A refresh token that comes twice is taken for a stolen one'), {
      title: 'refreshes once for many calls',
      expected: 'one refresh for five calls at once, all of them answered with status 200',
      fix: 'If a refresh is in progress, wait for it instead of starting another one.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    // A 401 that comes after the refresh is another matter, and has a case of its own.
    const held = context.hold('token', { grantType: 'refresh_token' })
    const together = context.together('call', five, 'at once')
    await held.arrived(1, together)
    const refused = (): boolean => calls(context.entries()).filter(({ response }) => response.status === 401).length >= five
    await untilSo(refused, together, meanwhile)
    await untilSo(() => false, together, underway)
    held.release()
    await together
  },
  judge: (played) => {
    const steps = stepsOf(played, 'at once')
    const sent = refreshes(entriesOf(steps))
    const made = calls(entriesOf(steps))
    if (made.length === 0) return { 'refresh.once-for-many': notSoFar(played, 'no calls were made after the expiry') }
    if (sent.length === 0) return { 'refresh.once-for-many': inapplicable('it reports a 401, and leaves the refresh to its user') }
    if (sent.length > 1) return { 'refresh.once-for-many': unmet(`${sent.length} refreshes: ${sent.map(fate).join(', ')}`, ...sent) }
    return {
      'refresh.once-for-many': steps.every(answered)
        ? met(...sent, ...made.filter(fine))
        : unmet('one refresh, but not all calls went through', ...sent, ...made),
    }
  },
}

export const needCases: readonly Case[] = [afterExpiry, ...authenticationNames.map(authentication), notEveryCall, onceForMany]
