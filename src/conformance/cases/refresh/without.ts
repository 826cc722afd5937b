/** Connections that have no refresh token. */

import type { Case, Finding } from '../../runner/case.js'
import { met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { assertions, check, exchanges, fate, fine, inWords, notSoFar, parametersOf, refreshes, replyOf, stepOf } from '../reading.js'
import { takingAssertions } from '../when.js'
import { answered, expire } from './need.js'

const assertionAgain: Case = {
  topic: 'refresh',
  name: 'presents-assertion-again',
  title: 'A token that came from an assertion is renewed by the assertion',
  applies: takingAssertions,
  needs: ['assertion', 'call'],
  checks: () => [
    check(
      'refresh.assertion-again',
      'must',
      rfc(7523, '2.1', 'A new access token is got by presenting an assertion again'),
      {
        title: 'presents the key again after the expiry',
        expected: 'a second assertion, and an API call with status 200 after it',
        fix: 'Keep the key, and present it again when the access token has expired.',
      },
      { consequence: 'connection-lost' },
    ),
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
  play: async (context) => {
    if ((await context.ask('assertion')).state !== 'ok') return
    expire(context)
    if (answered(await context.ask('call', 'expired'))) return
    await context.ask('assertion', 'again')
    await context.ask('call', 'after')
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

const offlineScope = ({ settings }: Profile): string => settings.authorize?.offline?.scope ?? 'offline_access'

const withoutRefreshToken: Case = {
  topic: 'refresh',
  name: 'copes-without-refresh-token',
  title: 'A client without a refresh token does not refresh',
  applies: ({ settings }) => settings.refresh.given === 'with-offline-scope',
  needs: ['authorize', 'callback', 'refresh'],
  checks: (profile) => [
    check(
      'refresh.takes-none',
      'must',
      settingOf(
        profile,
        'refresh.given',
        `A refresh token comes only with ${offlineScope(profile)}; without it the flow succeeds all the same`,
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
        fix: 'Refresh only if there is a refresh token. If there is none, ask the user to connect again.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const asking = (url: URL): void => {
      const scope = (url.searchParams.get('scope') ?? '').split(' ').filter((one) => one !== offlineScope(context.profile))
      url.searchParams.set('scope', scope.join(' '))
    }
    if (!(await context.connect({ asking }))) return
    expire(context)
    await context.ask('refresh', 'with nothing')
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

export const withoutCases: readonly Case[] = [assertionAgain, withoutRefreshToken]
