/** An access token that ends after the client looked at it and before the API does. */

import type { Case, Finding, Findings } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { calls, check, entriesOf, fine, inWords, notSoFar, refreshes, stepOf } from '../reading.js'
import { refreshing } from '../when.js'
import { answered, expire } from './need.js'

const between: Case = {
  topic: 'refresh',
  name: 'survives-an-end-between-check-and-use',
  title: 'A token that ends between the look at its expiry and the API is replaced, and costs nobody the connection',
  applies: (profile) => refreshing(profile) && profile.expires !== null,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'refresh.between-served',
      'must',
      rfc(6749, '1.5', 'When the API says that an access token is invalid, the client asks for another with its refresh token'),
      {
        title: 'goes on when a token that looked good is refused',
        expected: 'the call, or the next one, is made with the token that a refresh brought',
        fix: 'After a 401 refresh and call again, whatever the check before the call said; never take it for the end of the connection.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
    check(
      'refresh.between-once',
      'should',
      rfc(6749, '1.5', 'A refresh is made when the access token is no longer valid'),
      {
        title: 'refreshes once for a token that ended on its way',
        expected: 'one refresh at most in each of the two calls, and two in all',
        fix: 'Refresh once after a 401, store what it brings, and call with that.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    const held = context.hold('resource', { times: 1 })
    const call = context.ask('call', 'on its way')
    await held.arrived(1, call)
    expire(context)
    // Its own clock has gone on as well, where it can be told.
    if (context.can('clock')) await context.clock(context.profile.expires ?? 0)
    held.release()
    await call
    if (answered(await context.ask('call', 'next')) || !context.can('refresh')) return
    await context.ask('refresh', 'told')
    await context.ask('call', 'after')
  },
  judge: (played): Findings => {
    const first = stepOf(played, 'on its way')
    const last = stepOf(played, 'after') ?? stepOf(played, 'next')
    const rejected = calls(first?.entries ?? []).filter(({ response }) => response.status === 401)
    if (!first || !last || rejected.length === 0) {
      const finding = notSoFar(played, 'no call was refused on its way')
      return { 'refresh.between-served': finding, 'refresh.between-once': finding }
    }
    const each = [first, ...(stepOf(played, 'next') ? [last] : [])].map(({ entries }) => refreshes(entries))
    const sent = refreshes(entriesOf([first, last]))
    const once: Finding = each.some(({ length }) => length > 1) ? unmet(`${sent.length} refreshes`, ...rejected, ...sent) : met(...rejected)
    return {
      'refresh.between-served': answered(last)
        ? met(...rejected.slice(0, 1), ...calls(last.entries).filter(fine))
        : unmet(`after the 401 the connection is gone: ${inWords(last)}`, ...rejected, ...sent.slice(0, 3)),
      'refresh.between-once': once,
    }
  },
}

export const betweenCases: readonly Case[] = [between]
