/** An API that has no time, or is down. */

import type { Case, Check } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { calls, check, fellSilent, fine, inWords, notSoFar, stepOf, succeeded, tokenRequests } from '../reading.js'

const retryAfter: Case = {
  topic: 'errors',
  name: 'obeys-retry-after',
  title: 'After a 429 the client waits, or gives up',
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.waits',
      'should',
      rfc(9110, '10.2.3', 'Retry-After says how long to wait before a further request'),
      {
        title: 'does not call again before Retry-After is over',
        expected: 'no further API call within two seconds',
        fix: 'After a 429 wait as long as Retry-After says, or report the error.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'resource', kind: 'rate-limit', retryAfter: 2 })
    await context.ask('call', 'limited')
  },
  judge: (played) => {
    const made = calls(stepOf(played, 'limited')?.entries ?? [])
    const [first] = made
    if (first?.response.status !== 429) return { 'errors.waits': notSoFar(played, 'no call was answered 429') }
    const early = made.slice(1).filter(({ at }, index) => at - (made[index]?.at ?? 0) < 2 && made[index]?.response.status === 429)
    return { 'errors.waits': early.length > 0 ? unmet(`${early.length} calls before the time`, first, ...early) : met(first) }
  },
}

/** More than this is no retry but a hammer. */
const bound = 5

const serverErrors: Case = {
  topic: 'errors',
  name: 'bounds-retries-of-5xx',
  title: 'When a server is down, the client waits and keeps its connection',
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.bounded-retries',
      'must',
      rfc(9110, '15.6', 'A 5xx is the server failing: a client may try again, with bounds'),
      {
        title: 'gives up after a few attempts',
        expected: `at most ${bound} API calls in one step`,
        fix: 'Limit the number of attempts, and wait longer between them.',
      },
      { forbids: true },
    ),
    check(
      'errors.keeps-tokens',
      'should',
      rfc(6750, '3.1', 'Only 401 says that a token is no good'),
      {
        title: 'does not refresh because a server is down',
        expected: 'no token request after a 503',
        fix: 'Refresh after 401 only.',
      },
      { forbids: true },
    ),
    check(
      'errors.recovers',
      'must',
      rfc(9110, '15.6.4', 'A 503 is temporary'),
      {
        title: 'calls again once the server is back',
        expected: 'the next call is answered with status 200',
        fix: 'Keep the tokens when an API call fails.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'resource', kind: 'status', status: 503, times: 'always' })
    await context.ask('call', 'down')
    context.sandbox.double.faults.clear()
    await context.ask('call', 'up')
  },
  judge: (played) => {
    const down = stepOf(played, 'down')
    const made = calls(down?.entries ?? []).filter(({ response }) => response.status === 503)
    if (!down || made.length === 0) {
      const finding = notSoFar(played, 'no call was answered 503')
      return { 'errors.bounded-retries': finding, 'errors.keeps-tokens': finding, 'errors.recovers': finding }
    }
    const asked = tokenRequests(down.entries)
    const up = stepOf(played, 'up')
    return {
      'errors.bounded-retries':
        made.length > bound || fellSilent(down) ? unmet(`${made.length} calls`, ...made.slice(0, bound + 1)) : met(...made),
      'errors.keeps-tokens': asked.length > 0 ? unmet('a token was asked for', ...made.slice(0, 1), ...asked) : met(...made),
      'errors.recovers':
        succeeded(up) && calls(up?.entries ?? []).some(fine)
          ? met(...calls(up?.entries ?? []))
          : unmet(up ? inWords(up) : 'no further call', ...made.slice(0, 1)),
    }
  },
}

const noRefresh: Check = check(
  'errors.no-refresh-after-403',
  'should',
  rfc(6750, '3.1', 'insufficient_scope comes with 403; only 401 says that a token is no good'),
  {
    title: 'does not refresh because a scope is missing',
    expected: 'no token request after a 403',
    fix: 'Refresh after 401 only; tell the user that a permission is missing.',
  },
  { forbids: true },
)

const forbidden: Case = {
  topic: 'errors',
  name: 'tells-a-403-from-an-expiry',
  title: 'A 403 says that the scope is too small: no new token helps, and none is given up',
  needs: ['callback', 'call'],
  checks: (profile) => [
    ...(profile.refreshes ? [noRefresh] : []),
    check(
      'errors.kept-after-403',
      'must',
      rfc(6750, '3.1', 'A token that may not do one thing may do others'),
      {
        title: 'keeps its connection after a 403',
        expected: 'the next call is answered with status 200',
        fix: 'Keep the tokens when an API call is refused with 403.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    const body = { error: 'insufficient_scope', error_description: 'this token may not do that' }
    context.fault({ operation: 'resource', kind: 'status', status: 403, body, times: 'always' })
    await context.ask('call', 'forbidden')
    context.sandbox.double.faults.clear()
    await context.ask('call', 'allowed')
  },
  judge: (played) => {
    const step = stepOf(played, 'forbidden')
    const met403 = calls(step?.entries ?? []).filter(({ response }) => response.status === 403)
    if (!step || met403.length === 0) {
      const finding = notSoFar(played, 'no call was answered 403')
      return { ...(played.profile.refreshes ? { [noRefresh.id]: finding } : {}), 'errors.kept-after-403': finding }
    }
    const asked = tokenRequests(step.entries)
    const allowed = stepOf(played, 'allowed')
    const refreshed = asked.length > 0 ? unmet('a token was asked for', ...met403.slice(0, 1), ...asked) : met(...met403)
    return {
      ...(played.profile.refreshes ? { [noRefresh.id]: refreshed } : {}),
      'errors.kept-after-403': calls(allowed?.entries ?? []).some(fine)
        ? met(...calls(allowed?.entries ?? []))
        : unmet(allowed ? inWords(allowed) : 'no further call', ...met403.slice(0, 1)),
    }
  },
}

export const unavailableCases: readonly Case[] = [retryAfter, serverErrors, forbidden]
