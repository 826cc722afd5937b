/** A user who granted less than was asked for. */

import type { Case, Findings } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { calls, check, exchanges, fate, fine, inWords, notSoFar, parametersOf, refreshes, stepOf, stepsOf } from '../reading.js'
import { renew } from './need.js'

const smallerScope: Case = {
  topic: 'refresh',
  name: 'lives-with-a-smaller-scope',
  title: 'A connection with a smaller scope than was asked for goes on through a refresh',
  applies: (profile) =>
    profile.starts === 'authorize' &&
    profile.refreshes &&
    profile.settings.authorize?.scopeSeparators === ' ' &&
    profile.settings.scopes.length > 2,
  needs: ['authorize', 'callback', 'call'],
  checks: () => [
    check(
      'refresh.smaller-scope',
      'must',
      rfc(6749, '6', 'The scope of a refresh includes nothing that was not granted; left out, it is what was granted'),
      {
        title: 'asks at a refresh for no more than was granted',
        expected: 'a refresh that is answered, and an API call that works, after the user granted less than was asked for',
        fix: 'Leave scope out of refresh requests, or send what the token response named.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    const { settings } = context.profile
    const needed = [
      settings.authorize?.offline?.scope,
      ...Object.values(settings.endpoints).flatMap(({ operation, scope }) =>
        operation === 'resource' || operation === 'userinfo' ? [scope] : [],
      ),
    ]
    const asking = (url: URL): void => {
      const asked = (url.searchParams.get('scope') ?? '').split(' ')
      url.searchParams.set('scope', asked.filter((scope) => needed.includes(scope)).join(' '))
    }
    if (!(await context.connect({ asking }))) return
    await renew(context, 'renewed')
  },
  judge: (played): Findings => {
    const id = 'refresh.smaller-scope'
    const granted = exchanges(played.entries).find(fine)
    const sent = refreshes(played.entries)
    if (!granted) return { [id]: notSoFar(played, 'no token was received') }
    if (sent.length === 0)
      return { [id]: stepOf(played, 'renewed') ? inapplicable('it makes no refresh') : notSoFar(played, 'no call was made') }
    const refused = sent.find(({ outcome }) => outcome === 'refused')
    if (refused) return { [id]: unmet(`scope ${parametersOf(refused)['scope'] ?? 'not sent'}: ${fate(refused)}`, granted, refused) }
    const last = stepsOf(played, 'renewed').findLast(({ step }) => step === 'call')
    return {
      [id]: last && calls(last.entries).some(fine) ? met(granted, ...sent) : unmet(last ? inWords(last) : 'no call', granted, ...sent),
    }
  },
}

export const smallerScopeCases: readonly Case[] = [smallerScope]
