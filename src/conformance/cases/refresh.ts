/** Keeping a connection alive: when a client refreshes, with what, and what it does when that fails. */

import type { JournalEntry } from '../../index.js'
import type { Case, Check, Finding, Played } from '../case.js'
import { inapplicable, met, quirkOf, rfc, unmet } from '../case.js'
import type { Profile } from '../profiles.js'
import { allProviders, refreshing, rotating } from '../profiles.js'
import type { Stage } from '../stage.js'
import { authenticationChecks, authenticationNames, judgeAuthentication } from './exchange.js'
import {
  after,
  assertions,
  calls,
  check,
  entriesOf,
  exchanges,
  fate,
  fellSilent,
  fine,
  inWords,
  notSoFar,
  parametersOf,
  refreshes,
  refreshTokenOf,
  refused,
  replyOf,
  stepOf,
  stepsOf,
  succeeded,
  tokenRequests,
} from './reading.js'

const reference = rfc(6749, '6', 'The refresh token is exchanged for another access token')

/** The access token is no longer taken, though the client's own clock says nothing of the kind. */
const expire = (stage: Stage): void => stage.advance(stage.profile.expires ?? 0)

const answered = (step: { readonly status?: number; readonly state: string } | undefined): boolean =>
  step?.state === 'ok' && step.status !== undefined && step.status < 300

const afterExpiry: Case = {
  topic: 'refresh',
  name: 'refreshes-after-expiry',
  title: 'When the access token has expired, the connection goes on with a refresh',
  providers: refreshing,
  needs: ['callback', 'call', 'refresh'],
  checks: () => [
    check('refresh.after-expiry', 'provider', reference, {
      title: 'goes on after the access token has expired',
      expected: 'a refresh that is answered, and an API call with status 200 after it',
      fix: 'Store the refresh token of the exchange and use it when the access token has expired or is refused.',
    }),
    check('refresh.by-itself', 'advice', reference, {
      title: 'refreshes without being told',
      expected: 'a refresh within the call that found the access token expired',
      fix: 'Refresh before expires_in is over, or after a 401, and repeat the call.',
    }),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    expire(stage)
    if (answered(await stage.ask('call', 'expired'))) return
    await stage.ask('refresh', 'told')
    await stage.ask('call', 'after')
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
  title: 'The client says who it is at the refresh too',
  providers: refreshing.filter((id) => authenticationNames[id] === name),
  needs: ['callback', 'refresh'],
  passive: true,
  checks: (profile) => authenticationChecks('refresh', profile),
  play: async (stage) => {
    if (await stage.connect()) await stage.ask('refresh')
  },
  judge: (played) => judgeAuthentication(played, 'refresh', refreshes(played.entries), 'no refresh came'),
})

const issuedIn = (entry: JournalEntry): string | undefined =>
  entry.issued?.find(({ kind }) => kind === 'refresh_token')?.id ?? (replyOf(entry)['refresh_token'] as string | undefined)

/** The refresh token that a client should hold after what was answered so far. */
const heldAfter = (entries: readonly JournalEntry[]): string | undefined =>
  entries.filter(fine).reduce<string | undefined>((held, entry) => issuedIn(entry) ?? held, undefined)

/** The first refresh that did not bring the newest refresh token. */
const outdated = (entries: readonly JournalEntry[]): JournalEntry | undefined => {
  const sent = tokenRequests(entries)
  return refreshes(entries).find((entry) => refreshTokenOf(entry) !== heldAfter(sent.slice(0, sent.indexOf(entry))))
}

const rotatingQuirks = (profile: Profile) => profile.rotating ?? {}

const rotationReference = rfc(6749, '6', 'When a new refresh token is issued, the client discards the old one and uses the new one')

const picksUp: Case = {
  topic: 'refresh',
  name: 'picks-up-rotated-token',
  title: 'A new refresh token takes the place of the old one, each time',
  providers: rotating,
  needs: ['callback', 'refresh'],
  quirks: rotatingQuirks,
  checks: () => [
    check('refresh.uses-newest', 'must', rotationReference, {
      title: 'uses the newest refresh token',
      expected: 'three refreshes in a row, each with the refresh token that the one before brought',
      fix: 'Store refresh_token of every token response that has one, before anything else is done.',
    }),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    for (const as of ['first', 'second', 'third']) await stage.ask('refresh', as)
  },
  judge: (played) => {
    const sent = refreshes(played.entries)
    const old = outdated(played.entries)
    if (sent.length === 0) return { 'refresh.uses-newest': notSoFar(played, 'no refresh came') }
    if (old) return { 'refresh.uses-newest': unmet(`an old refresh token: ${fate(old)}`, old) }
    return {
      'refresh.uses-newest': sent.filter(fine).length > 1 ? met(...sent) : unmet(`${sent.map(fate).join(', ')}, then no more`, ...sent),
    }
  },
}

const keepsOld: Case = {
  topic: 'refresh',
  name: 'keeps-the-refresh-token',
  title: 'A refresh that brings no refresh token leaves the old one in use',
  providers: ['zoho-payments'],
  needs: ['callback', 'refresh'],
  checks: (profile) => [
    check(
      'refresh.keeps-old',
      'must',
      quirkOf(profile, 'no-refresh-token-on-refresh', 'The response to a refresh has no refresh token: the old one goes on'),
      {
        title: 'keeps the refresh token it has',
        expected: 'a second refresh with the same refresh token',
        fix: 'Overwrite the stored refresh token only when the response has one.',
      },
    ),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    await stage.ask('refresh', 'first')
    await stage.ask('refresh', 'second')
  },
  judge: (played) => {
    const [first, second] = refreshes(played.entries)
    if (!first || !fine(first)) return { 'refresh.keeps-old': notSoFar(played, 'no refresh was answered') }
    const step = stepOf(played, 'second')
    if (!second) return { 'refresh.keeps-old': unmet(`no second refresh came: ${step ? inWords(step) : 'nothing'}`, first) }
    return { 'refresh.keeps-old': fine(second) ? met(first, second) : unmet(`the second refresh was ${fate(second)}`, first, second) }
  },
}

const notEveryCall: Case = {
  topic: 'refresh',
  name: 'does-not-refresh-on-every-call',
  title: 'A token that is still good is used as it is',
  providers: refreshing,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'refresh.only-when-needed',
      'should',
      rfc(6749, '1.5', 'Refresh tokens are for when the access token is no longer valid'),
      {
        title: 'does not refresh while the access token is good',
        expected: 'three API calls and no token request between them',
        fix: 'Keep the access token with the time of its end, and refresh only then or after a 401.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    for (const as of ['first', 'second', 'third']) await stage.ask('call', as)
  },
  judge: (played) => {
    const steps = ['first', 'second', 'third'].flatMap((as) => stepsOf(played, as))
    const made = calls(entriesOf(steps)).filter(fine)
    const more = tokenRequests(entriesOf(steps))
    if (more.length > 0) return { 'refresh.only-when-needed': unmet(`${more.length} token requests for three calls`, ...more) }
    return { 'refresh.only-when-needed': made.length > 2 ? met(...made) : notSoFar(played, 'three calls did not work') }
  },
}

const onceForMany: Case = {
  topic: 'refresh',
  name: 'refreshes-once-for-simultaneous-calls',
  title: 'Calls that find the token expired at the same time share one refresh',
  providers: refreshing,
  needs: ['callback', 'call'],
  quirks: rotatingQuirks,
  checks: () => [
    check('refresh.once-for-many', 'should', rfc(9700, '4.14.2', 'A refresh token that comes twice is taken for a stolen one'), {
      title: 'refreshes once for many calls',
      expected: 'one refresh for five calls at once, all of them answered with status 200',
      fix: 'Let a call that finds a refresh under way wait for it instead of starting its own.',
    }),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    expire(stage)
    await stage.together('call', 5, 'at once')
  },
  judge: (played) => {
    const steps = stepsOf(played, 'at once')
    const sent = refreshes(entriesOf(steps))
    const made = calls(entriesOf(steps))
    if (made.length === 0) return { 'refresh.once-for-many': notSoFar(played, 'no calls were made after the expiry') }
    if (sent.length === 0) return { 'refresh.once-for-many': inapplicable('it passes a 401 on, and leaves the refresh to whoever uses it') }
    if (sent.length > 1) return { 'refresh.once-for-many': unmet(`${sent.length} refreshes: ${sent.map(fate).join(', ')}`, ...sent) }
    return {
      'refresh.once-for-many': steps.every(answered)
        ? met(...sent, ...made.filter(fine))
        : unmet('one refresh, but not all calls went through', ...sent, ...made),
    }
  },
}

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
  play: async (stage) => {
    if (!(await stage.connect())) return
    expire(stage)
    await stage.ask('call', 'expired')
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
  play: async (stage) => {
    if (!(await stage.connect())) return
    expire(stage)
    await stage.ask('call', 'as a code')
    await stage.connect()
    stage.world.double.quirks.set('zettle/expired-token-is-invalid-request', 'in-plain-words')
    expire(stage)
    await stage.ask('call', 'in words')
  },
  judge: (played) => ({ 'refresh.reacts-to-code': reaction(played, 'as a code'), 'refresh.reacts-to-words': reaction(played, 'in words') }),
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
  play: async (stage) => {
    if (!(await stage.connect())) return
    stage.fault({ operation: 'resource', kind: 'refuse', reason: 'token_revoked', times: 'always' })
    await stage.ask('call', 'refused')
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

const lossChecks = (what: string): readonly Check[] => [
  check(
    'refresh.loss-ends',
    'must',
    rfc(6749, '5.2', 'A refresh token that was rotated out is refused, and will be refused again'),
    {
      title: 'does not go on with a refresh token that was refused',
      expected: `after ${what}, at most one further request with the old refresh token in a step`,
      fix: 'After invalid_grant, stop refreshing and ask the user to connect again.',
    },
    { forbids: true },
  ),
  check('refresh.loss-recovers', 'must', rfc(6749, '4.1', 'A new authorization gives new tokens'), {
    title: 'connects again',
    expected: 'the next authorization ends with tokens, and an API call works',
    fix: 'Let a new authorization take the place of whatever is stored, also when the old connection is broken.',
  }),
]

const judgeLoss = (played: Played): { readonly [check: string]: Finding } => {
  const lost = refreshes(played.entries).find(({ fault }) => fault?.kind === 'lose')
  if (!lost) {
    const finding = notSoFar(played, 'no refresh lost its answer')
    return { 'refresh.loss-ends': finding, 'refresh.loss-recovers': finding }
  }
  const looping = played.steps.find(({ entries }) => refreshes(entries).filter(refused).length > 1)
  const silent = played.steps.find(fellSilent)
  const rejected = refreshes(after(played.entries, lost)).filter(refused)
  const ends = (): Finding => {
    if (silent) return unmet(`it did not come to an end: ${inWords(silent)}`, lost, ...rejected.slice(0, 3))
    if (looping)
      return unmet(
        `${refreshes(looping.entries).filter(refused).length} refused refreshes in one step`,
        lost,
        ...refreshes(looping.entries),
      )
    return met(lost, ...rejected)
  }
  const again = stepOf(played, 'again')
  const call = stepOf(played, 'call')
  const works = succeeded(again) && (call === undefined || call.state === 'unsupported' || succeeded(call))
  return {
    'refresh.loss-ends': ends(),
    'refresh.loss-recovers': works
      ? met(lost, ...exchanges(again?.entries ?? []))
      : unmet(call && !succeeded(call) ? inWords(call) : again ? inWords(again) : 'no second callback was reached', lost),
  }
}

const loss = (name: string, title: string, restarts: boolean): Case => ({
  topic: 'refresh',
  name,
  title,
  providers: rotating,
  needs: ['callback', 'refresh', ...(restarts ? (['restart'] as const) : [])],
  quirks: rotatingQuirks,
  checks: () => lossChecks(restarts ? 'a restart before the new token was saved' : 'the answer to a refresh was lost'),
  play: async (stage) => {
    if (!(await stage.connect())) return
    stage.fault({ operation: 'token', kind: 'lose' })
    await stage.ask('refresh', 'lost')
    stage.world.double.faults.clear()
    if (restarts && !(await stage.restart())) return
    await stage.ask('refresh', 'after the loss')
    if ((await stage.connect({ as: 'again' })) && stage.can('call')) await stage.ask('call')
  },
  judge: judgeLoss,
})

const evicted: Case = {
  topic: 'refresh',
  name: 'survives-the-21st-refresh-token',
  title: 'A refresh token that was deleted to make room is given up, and a new code helps',
  providers: ['zoho-payments'],
  needs: ['callback', 'refresh'],
  checks: (profile) => [
    check(
      'refresh.eviction-reported',
      'should',
      quirkOf(profile, 'twenty-refresh-tokens', 'A user has 20 refresh tokens; one more deletes the oldest, even one in use'),
      {
        title: 'says that its refresh token is gone',
        expected: 'one refused refresh, and an error',
        fix: 'Take invalid_code for the end of the connection: a new code is needed. It comes with status 200.',
      },
    ),
    check(
      'refresh.eviction-recovers',
      'must',
      quirkOf(profile, 'oldest-refresh-token-goes-silently', 'The oldest refresh token goes without a word'),
      {
        title: 'goes on with a new code',
        expected: 'the next code is redeemed, and an API call works',
        fix: 'Let a new code take the place of whatever is stored.',
      },
    ),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    for (let made = 0; made < 20; made += 1) await stage.world.double.tokens.mint(stage.profile.provider)
    stage.note('arrange', 'twenty more refresh tokens were issued to the same user')
    await stage.ask('refresh', 'evicted')
    if ((await stage.connect({ as: 'again' })) && stage.can('call')) await stage.ask('call')
  },
  judge: (played) => {
    const step = stepOf(played, 'evicted')
    const sent = refreshes(step?.entries ?? []).filter(refused)
    const [first] = sent
    if (!step || !first) {
      const finding = notSoFar(played, 'no refresh was refused')
      return { 'refresh.eviction-reported': finding, 'refresh.eviction-recovers': finding }
    }
    const reported = step.state === 'failed' && sent.length === 1
    const again = stepOf(played, 'again')
    const call = stepOf(played, 'call')
    return {
      'refresh.eviction-reported': reported ? met(first) : unmet(sent.length > 1 ? `sent ${sent.length} times` : inWords(step), ...sent),
      'refresh.eviction-recovers':
        succeeded(again) && (!call || succeeded(call))
          ? met(...exchanges(again?.entries ?? []))
          : unmet(call ? inWords(call) : 'no new code was redeemed', first),
    }
  },
}

const assertionAgain: Case = {
  topic: 'refresh',
  name: 'presents-assertion-again',
  title: 'A token that came from an assertion is renewed by the assertion',
  providers: ['zettle'],
  needs: ['assertion', 'call'],
  checks: () => [
    check('refresh.assertion-again', 'must', rfc(7523, '2.1', 'A new access token is got by presenting an assertion again'), {
      title: 'presents the key again after the expiry',
      expected: 'a second assertion, and an API call with status 200 after it',
      fix: 'Keep the key, and present it again when the access token has expired.',
    }),
    check(
      'refresh.no-refresh-after-assertion',
      'must',
      rfc(6749, '4.4.3', 'No refresh token comes with such a grant'),
      {
        title: 'does not refresh with a token it never got',
        expected: 'no request with grant_type=refresh_token',
        fix: 'Refresh only when there is a refresh token.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    if ((await stage.ask('assertion')).state !== 'ok') return
    expire(stage)
    if (answered(await stage.ask('call', 'expired'))) return
    await stage.ask('assertion', 'again')
    await stage.ask('call', 'after')
  },
  judge: (played) => {
    const sent = assertions(played.entries).filter(fine)
    const [first, second] = sent
    if (!first) {
      const finding = notSoFar(played, 'no assertion was granted')
      return { 'refresh.assertion-again': finding, 'refresh.no-refresh-after-assertion': finding }
    }
    const wrong = refreshes(played.entries)
    const last = stepOf(played, 'after') ?? stepOf(played, 'expired')
    return {
      'refresh.assertion-again': second && answered(last) ? met(first, second) : unmet(last ? inWords(last) : 'no call', first),
      'refresh.no-refresh-after-assertion': wrong.length > 0 ? unmet(wrong.map(fate).join(', '), first, ...wrong) : met(...sent),
    }
  },
}

const withoutRefreshToken: Case = {
  topic: 'refresh',
  name: 'copes-without-refresh-token',
  title: 'A client that got no refresh token does not refresh with nothing',
  providers: ['ziina'],
  needs: ['authorize', 'callback', 'refresh'],
  checks: (profile) => [
    check(
      'refresh.takes-none',
      'must',
      quirkOf(
        profile,
        'refresh-token-only-offline',
        'A refresh token comes only with offline_access; without it the flow succeeds all the same',
      ),
      {
        title: 'takes a token response without refresh_token',
        expected: 'the callback succeeds',
        fix: 'Do not require refresh_token in the token response.',
      },
    ),
    check(
      'refresh.not-with-nothing',
      'should',
      rfc(6749, '6', 'A refresh needs a refresh token'),
      {
        title: 'asks for authorization again instead of refreshing with nothing',
        expected: 'no request with grant_type=refresh_token, and an error',
        fix: 'Look whether there is a refresh token before refreshing; if not, ask the user to connect again.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    const asking = (url: URL): void => {
      const scope = (url.searchParams.get('scope') ?? '').split(' ').filter((one) => one !== 'offline_access')
      url.searchParams.set('scope', scope.join(' '))
    }
    if (!(await stage.connect({ asking }))) return
    expire(stage)
    await stage.ask('refresh', 'with nothing')
  },
  judge: (played) => {
    const redeemed = exchanges(played.entries).find((entry) => fine(entry) && replyOf(entry)['refresh_token'] === undefined)
    if (!redeemed) {
      const finding = notSoFar(played, 'no token response without refresh_token was received')
      return { 'refresh.takes-none': finding, 'refresh.not-with-nothing': finding }
    }
    const callback = stepOf(played, 'connect')
    const step = stepOf(played, 'with nothing')
    const sent = refreshes(played.entries)
    const quiet = (): Finding => {
      if (sent.length > 0)
        return unmet(`refresh_token ${JSON.stringify(parametersOf(sent[0] ?? redeemed)['refresh_token'])}`, redeemed, ...sent)
      if (!step) return notSoFar(played, 'no refresh was asked for')
      return step.state === 'ok' ? unmet('the client said that it refreshed', redeemed) : met(redeemed)
    }
    return {
      'refresh.takes-none': callback?.state === 'ok' ? met(redeemed) : unmet(callback ? inWords(callback) : 'no callback', redeemed),
      'refresh.not-with-nothing': quiet(),
    }
  },
}

const restart: Case = {
  topic: 'refresh',
  name: 'survives-a-restart',
  title: 'After a restart the client goes on with the newest refresh token',
  providers: refreshing,
  needs: ['callback', 'refresh', 'restart'],
  quirks: rotatingQuirks,
  checks: () => [
    check('refresh.stored', 'must', rotationReference, {
      title: 'has stored the newest refresh token',
      expected: 'a refresh after the restart with the newest refresh token',
      fix: 'Write the refresh token to storage before the refresh counts as done.',
    }),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    if ((await stage.ask('refresh', 'before')).state !== 'ok') return
    if (await stage.restart()) await stage.ask('refresh', 'after')
  },
  judge: (played) => {
    const before = refreshes(stepOf(played, 'before')?.entries ?? []).find(fine)
    const step = stepOf(played, 'after')
    if (!before || !step) return { 'refresh.stored': notSoFar(played, 'no refresh was answered before the restart') }
    const [sent] = refreshes(step.entries)
    if (!sent) return { 'refresh.stored': unmet(`no refresh after the restart: ${inWords(step)}`, before) }
    return { 'refresh.stored': fine(sent) ? met(before, sent) : unmet(`the refresh after the restart was ${fate(sent)}`, before, sent) }
  },
}

export const refreshCases: readonly Case[] = [
  afterExpiry,
  ...[...new Set(refreshing.map((id) => authenticationNames[id]))].map(authentication),
  picksUp,
  keepsOld,
  notEveryCall,
  onceForMany,
  reactsTo401,
  reactsToBoth,
  noLoop,
  loss('survives-lost-reply-of-rotation', 'A refresh whose answer was lost ends the connection cleanly', false),
  loss('recovers-from-restart-before-save', 'A restart between refresh and save ends the connection cleanly', true),
  evicted,
  assertionAgain,
  withoutRefreshToken,
  restart,
]
