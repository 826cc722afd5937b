/** Two things at once, in an order that the provider makes: it holds requests, and lets them go. */

import type { JournalEntry } from '../../../index.js'
import type { Case, Check, Finding, Findings } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { untilSo } from '../../runner/ordering.js'
import type { PlayedStep } from '../../runner/step.js'
import {
  calls,
  check,
  entriesOf,
  fate,
  fellSilent,
  fine,
  inWords,
  notSoFar,
  refreshes,
  refreshTokenOf,
  stepOf,
  stepsOf,
} from '../reading.js'
import { refreshing, rotating } from '../when.js'
import { expire } from './need.js'
import { rotatingQuirks } from './rotation.js'

/** Milliseconds after which a call that has not ended waits for another one. */
const patience = 5000

/** Milliseconds in which a second request would have come too. */
const meanwhile = 1000

/** Milliseconds for which a refresh is slow: longer than a hasty waiter waits. */
const slowness = 900

/** Waits for the end of a step, but not for ever: the client may let it wait for another. */
const ended = (step: Promise<unknown>, within = patience): Promise<void> => untilSo(() => false, step, within)

/** Refresh tokens that came more than once. */
const repeated = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const sent = refreshes(entries)
  return sent.filter((entry, at) => sent.findIndex((other) => refreshTokenOf(other) === refreshTokenOf(entry)) < at)
}

const reference = rfc(9700, '4.14.2', 'A refresh token that comes twice is taken for a stolen one')

const reached = (step: PlayedStep | undefined): boolean => step !== undefined && calls(step.entries).some(fine)

const lateOldToken: Check = check(
  'refresh.late-401-old-token',
  'must',
  reference,
  {
    title: 'does not send the refresh token that was replaced meanwhile',
    expected: 'the call whose 401 came late is made again with the token that the other call fetched',
    fix: 'After a 401 look whether the stored access token is still the one that was refused; if not, call again with it.',
  },
  { forbids: true, consequence: 'connection-lost' },
)

const late401: Case = {
  topic: 'refresh',
  name: 'takes-a-late-401',
  title: 'A 401 that comes after another call has refreshed brings about no refresh with the old token',
  applies: refreshing,
  needs: ['callback', 'call'],
  quirks: rotatingQuirks,
  checks: (profile) => [
    ...(rotating(profile) ? [lateOldToken] : []),
    check(
      'refresh.late-401-once',
      'should',
      rfc(6749, '1.5', 'A refresh is made when the access token is no longer valid'),
      {
        title: 'does not refresh a token that has just come',
        expected: 'one refresh for both calls',
        fix: 'Refresh only when the access token that was refused is the one that is stored.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    const held = context.hold('resource', { times: 1 })
    const late = context.ask('call', 'late')
    await held.arrived(1, late)
    const early = context.ask('call', 'early')
    await ended(early)
    held.release()
    await Promise.all([late, early])
  },
  judge: (played): Findings => {
    const steps = [...stepsOf(played, 'late'), ...stepsOf(played, 'early')]
    const entries = entriesOf(steps)
    const sent = refreshes(entries)
    const rotated = rotating(played.profile)
    const both = (finding: Finding): Findings => ({
      ...(rotated ? { 'refresh.late-401-old-token': finding } : {}),
      'refresh.late-401-once': finding,
    })
    const rejected = calls(entries).filter(({ response }) => response.status === 401)
    if (steps.length < 2 || calls(entries).length === 0) return both(notSoFar(played, 'no two calls were made after the expiry'))
    if (sent.length === 0) return both(inapplicable('its calls make no refresh'))
    const old = repeated(entries)
    return {
      ...(rotated
        ? {
            'refresh.late-401-old-token':
              old.length > 0 ? unmet(`the old refresh token came again: ${old.map(fate).join(', ')}`, ...rejected, ...old) : met(...sent),
          }
        : {}),
      'refresh.late-401-once':
        sent.length > 1 ? unmet(`${sent.length} refreshes for one expired token`, ...rejected, ...sent) : met(...sent),
    }
  },
}

const slowRefresh: Case = {
  topic: 'refresh',
  name: 'lets-calls-wait-for-a-slow-refresh',
  title: 'Calls that wait for a slow refresh are all served by it',
  applies: refreshing,
  needs: ['callback', 'call'],
  quirks: rotatingQuirks,
  checks: () => [
    check('refresh.waiters-served', 'should', reference, {
      title: 'serves every call that waited for the refresh',
      expected: 'five calls at once, all answered with status 200 after one refresh that takes a second',
      fix: 'Let waiting calls wait as long as the refresh may take, and go on with what it brings.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    const held = context.hold('token', { grantType: 'refresh_token' })
    const waiting = context.together('call', 5, 'waiting')
    await held.arrived(1, waiting)
    await ended(waiting, slowness)
    held.release()
    await waiting
  },
  judge: (played): Findings => {
    const steps = stepsOf(played, 'waiting')
    // Whoever gives up early is gone before the refresh that it began has been answered.
    const sent = refreshes(played.entries).slice(0, Math.max(1, steps.length))
    if (steps.length === 0) return { 'refresh.waiters-served': notSoFar(played, 'no calls were made after the expiry') }
    if (sent.length === 0) return { 'refresh.waiters-served': inapplicable('its calls make no refresh') }
    const failing = steps.filter(({ state }) => state !== 'ok')
    const served = calls(entriesOf(steps)).filter(fine)
    return {
      'refresh.waiters-served':
        failing[0] !== undefined
          ? unmet(`${failing.length} of ${steps.length} calls failed: ${inWords(failing[0])}`, ...sent, ...served)
          : served.length < steps.length
            ? unmet(`${served.length} of ${steps.length} calls went through`, ...sent, ...served)
            : met(...sent, ...served),
    }
  },
}

const failedFlight: Case = {
  topic: 'refresh',
  name: 'recovers-after-a-failed-shared-refresh',
  title: 'A refresh that fails for several calls at once is not the last one',
  applies: refreshing,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'refresh.flight-ends',
      'must',
      rfc(9110, '15.6.4', 'A 503 is temporary'),
      {
        title: 'refreshes again after a shared refresh has failed',
        expected: 'every waiting call comes to an end, and the next call refreshes and works',
        fix: 'Forget the refresh under way whether it succeeded or failed (finally), and tell everybody who waits for it.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    context.fault({ operation: 'token', kind: 'status', status: 503, times: 'always', when: { grantType: 'refresh_token' } })
    // All are refused at the same time, so that one refresh is for all of them.
    const held = context.hold('resource', { phase: 'after', times: 3 })
    const waiting = context.together('call', 3, 'waiting')
    await held.arrived(3, waiting, meanwhile)
    held.release()
    await waiting
    context.sandbox.double.faults.clear()
    await context.ask('call', 'next')
    if (context.can('refresh')) await context.ask('refresh', 'told')
    await context.ask('call', 'after')
  },
  judge: (played): Findings => {
    const steps = stepsOf(played, 'waiting')
    const failed = refreshes(entriesOf(steps))
    if (steps.length === 0) return { 'refresh.flight-ends': notSoFar(played, 'no calls were made after the expiry') }
    if (failed.length === 0) return { 'refresh.flight-ends': inapplicable('its calls make no refresh') }
    const silent = steps.find(fellSilent)
    if (silent) return { 'refresh.flight-ends': unmet(`a waiting call was never answered: ${inWords(silent)}`, ...failed) }
    const later = [stepOf(played, 'next'), stepOf(played, 'after'), ...stepsOf(played, 'afterwards')].filter((step) => step !== undefined)
    const [next] = later
    const works = later.find(reached)
    return {
      'refresh.flight-ends': works
        ? met(...failed, ...calls(works.entries).filter(fine))
        : unmet(next ? inWords(next) : 'no further call', ...failed.slice(0, 3), ...(next?.entries ?? []).slice(0, 2)),
    }
  },
}

const scheduled: Case = {
  topic: 'refresh',
  name: 'shares-a-scheduled-refresh-with-a-call',
  title: 'A refresh by the clock and one by a call at the same time are one',
  applies: rotating,
  needs: ['callback', 'call', 'refresh'],
  quirks: rotatingQuirks,
  checks: () => [
    check(
      'refresh.scheduled-once',
      'must',
      reference,
      {
        title: 'sends a refresh token once, whoever asks for the refresh',
        expected: 'one request with each refresh token, and a call that works',
        fix: 'Put every refresh behind the same lock: the one of a timer too.',
      },
      { consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    const held = context.hold('token', { grantType: 'refresh_token' })
    const timer = context.ask('refresh', 'by the clock')
    await held.arrived(1, timer)
    const call = context.ask('call', 'meanwhile')
    await held.arrived(2, call, meanwhile)
    held.release()
    await Promise.all([timer, call])
  },
  judge: (played): Findings => {
    const steps = [...stepsOf(played, 'by the clock'), ...stepsOf(played, 'meanwhile')]
    const sent = refreshes(entriesOf(steps))
    if (sent.length === 0) return { 'refresh.scheduled-once': notSoFar(played, 'no refresh came') }
    const old = repeated(entriesOf(steps))
    return {
      'refresh.scheduled-once': old.length > 0 ? unmet(`a refresh token came twice: ${old.map(fate).join(', ')}`, ...sent) : met(...sent),
    }
  },
}

const twins: Case = {
  topic: 'refresh',
  name: 'shares-its-store-with-a-second-process',
  title: 'Two processes over one store do not take the connection from each other',
  applies: rotating,
  needs: ['callback', 'call', 'twin', 'restart'],
  quirks: rotatingQuirks,
  checks: () => [
    check(
      'refresh.two-processes',
      'must',
      reference,
      {
        title: 'refreshes once for two processes, or goes on with what the other one fetched',
        expected: 'both processes call the API with success after both found the token expired, and later again',
        fix: 'Lock the store across processes while a refresh runs, read it again under the lock, and when a refresh is refused read it once more before anything is given up.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    const other = await context.twin()
    if (!other) return
    await other('call', 'second process, before')
    expire(context)
    const held = context.hold('token', { grantType: 'refresh_token' })
    const one = context.ask('call', 'first process')
    await held.arrived(1, one)
    const two = other('call', 'second process')
    await held.arrived(2, two, meanwhile)
    // The first has its answer, and has stored it, before the second is answered.
    held.next()
    await ended(one)
    held.release()
    await Promise.all([one, two])
    await context.ask('call', 'first process, later')
    await other('call', 'second process, later')
    expire(context)
    await other('call', 'second process, next expiry')
    await context.ask('call', 'first process, next expiry')
  },
  judge: (played): Findings => {
    const id = 'refresh.two-processes'
    const before = stepOf(played, 'second process, before')
    const sent = refreshes(played.entries)
    if (!before || !stepOf(played, 'first process')) return { [id]: notSoFar(played, 'two processes were not started') }
    if (!reached(before))
      return { [id]: unmet(`the second process could not use what the first had stored: ${inWords(before)}`, ...before.entries) }
    if (sent.length === 0) return { [id]: inapplicable('its calls make no refresh') }
    const later = ['first process, later', 'second process, later', 'second process, next expiry', 'first process, next expiry']
    const lost = later.map((as) => stepOf(played, as)).find((step) => !reached(step))
    return { [id]: lost ? unmet(inWords(lost), ...sent.slice(0, 4), ...lost.entries.slice(0, 2)) : met(...sent) }
  },
}

export const orderCases: readonly Case[] = [late401, slowRefresh, failedFlight, scheduled, twins]
