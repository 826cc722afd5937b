/** How long an access token lives is said anew by each response. */

import type { Case } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { calls, check, fine, inWords, notSoFar, refreshes, stepOf } from '../reading.js'
import { refreshing } from '../when.js'
import { answered, expire } from './need.js'

const atFirst = 3600
const later = 60

const shorter: Case = {
  topic: 'refresh',
  name: 'counts-each-lifetime-anew',
  title: 'A token that a refresh brought ends when its own response says so, however long the first one lived',
  applies: (profile) => refreshing(profile) && profile.expires !== null,
  needs: ['callback', 'call', 'refresh', 'clock'],
  checks: () => [
    check(
      'refresh.own-lifetime',
      'must',
      rfc(6749, '5.1', 'expires_in counts from the response that it stands in'),
      {
        title: 'finds out that a token with a shorter life than the first has ended',
        expected: `an API call that works after a token of ${later} seconds has ended, though the first was good for ${atFirst}`,
        fix: 'Store with each access token when that one ends; refresh then, and after any 401.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    const saying = (grantType: string, seconds: number): void =>
      context.fault({ operation: 'token', kind: 'say', set: { expires_in: seconds }, when: { grantType } })
    saying('authorization_code', atFirst)
    if (!(await context.connect())) return
    saying('refresh_token', later)
    const { entries } = await context.ask('refresh', 'brings a shorter life')
    context.sandbox.double.faults.clear()
    if (!refreshes(entries).some(fine)) return
    await context.clock(later + 10)
    expire(context)
    if (answered(await context.ask('call', 'ended'))) return
    await context.ask('refresh', 'told')
    await context.ask('call', 'after')
  },
  judge: (played) => {
    const id = 'refresh.own-lifetime'
    const renewing = stepOf(played, 'brings a shorter life')
    const renewed = refreshes(renewing?.entries ?? []).find(fine)
    const last = stepOf(played, 'after') ?? stepOf(played, 'ended')
    if (!renewed || !last)
      return {
        [id]:
          renewing?.state === 'ok' && !renewed ? inapplicable('it refreshes by its own clock alone') : notSoFar(played, 'no refresh came'),
      }
    return { [id]: answered(last) ? met(renewed, ...calls(last.entries).filter(fine)) : unmet(inWords(last), renewed, ...last.entries) }
  },
}

export const lifetimeCases: readonly Case[] = [shorter]
