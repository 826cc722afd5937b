/** A client that is killed at any moment after the token response: it has the old tokens afterwards or the new ones, never half of them. */

import type { Case, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import { calls, check, entriesOf, exchanges, fine, inWords, notSoFar, refreshes, stepOf, stepsOf, tokenRequests } from '../reading.js'
import { refreshing } from '../when.js'
import { expire } from './need.js'
import { rotatingQuirks } from './rotation.js'

/** Milliseconds after the response at which the client is killed. */
const moments = [0, 1, 2, 4, 8, 16, 32, 64, 128]

/** Changes of its files at which it is killed. */
const writes = [1, 2, 3, 4]

/** Milliseconds after which no further change of a file is waited for. */
const quiet = 400

interface Point {
  readonly as: string
  /** Waits for the moment, once the response has left. */
  readonly comes: (context: CaseContext, files: ReturnType<CaseContext['changes']>) => Promise<unknown>
}

const points: readonly Point[] = [
  ...moments.map((ms) => ({ as: `killed ${ms} ms after the token response`, comes: (context: CaseContext) => context.pause(ms) })),
  ...writes.map((count) => ({
    as: `killed at change ${count} of its files`,
    comes: (_: CaseContext, files: ReturnType<CaseContext['changes']>) => files.seen(count, quiet),
  })),
]

/** Asks for a step, and kills the client at a point after the token response that it leads to. False when it leads to none. */
const killAt = async (context: CaseContext, point: Point, grantType: string, ask: () => Promise<unknown>): Promise<boolean> => {
  const held = context.hold('token', { grantType, phase: 'after', times: 1 })
  const step = ask()
  const came = await held.arrived(1, step)
  using files = context.changes()
  held.release()
  if (came) {
    await point.comes(context, files)
    await context.kill()
  }
  await step
  return came && context.restart()
}

const afterPoint = ({ as }: Point): string => `restarted, ${as}`

const reached = (played: Played, point: Point): boolean =>
  stepsOf(played, afterPoint(point)).some(({ entries }) => calls(entries).some(fine))

/** The restart was not answered. */
const notUp = (played: Played): Finding | undefined => {
  const failed = played.steps.find(({ step, state }) => step === 'restart' && state !== 'ok')
  return failed && unmet(`it does not start any more: ${inWords(failed)}`, ...tokenRequests(played.entries).slice(-1))
}

const withoutRotation = (profile: Profile) => profile.toggled('refresh.rotates', 'never') ?? {}

const atRefresh: Case = {
  topic: 'refresh',
  name: 'keeps-its-connection-after-a-kill',
  title: 'A client that is killed while it stores what a refresh brought has its connection when it starts again',
  applies: (profile) => refreshing(profile) && profile.toggled('refresh.rotates', 'never') !== null,
  needs: ['callback', 'call', 'kill', 'restart'],
  quirks: withoutRotation,
  checks: () => [
    check(
      'refresh.kill-survived',
      'must',
      rfc(6749, '1.5', 'A refresh token goes on until the provider ends it'),
      {
        title: 'has the old tokens or the new ones after it was killed',
        expected: `after each of ${points.length} kills an API call that works, with the refresh token that goes on`,
        fix: 'Write the new tokens to another file and rename it, or write them in one transaction; never into the file that is in use.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    let step: 'call' | 'refresh' = 'call'
    for (const point of points) {
      expire(context)
      const killed = (): Promise<boolean> => killAt(context, point, 'refresh_token', () => context.ask(step, point.as))
      if (!(await killed())) {
        // Its calls may leave the refresh to whoever uses it.
        if (step === 'refresh' || !context.can('refresh') || context.over()) return
        step = 'refresh'
        if (!(await killed())) return
      }
      const { entries } = await context.ask('call', afterPoint(point))
      if (calls(entries).some(fine)) continue
      if (context.can('refresh')) await context.ask('refresh', `told, ${afterPoint(point)}`)
      const { entries: again } = await context.ask('call', afterPoint(point))
      if (!calls(again).some(fine)) return
    }
  },
  judge: (played): Findings => {
    const id = 'refresh.kill-survived'
    const sent = refreshes(played.entries)
    const tried = points.filter((point) => stepOf(played, afterPoint(point)))
    const down = notUp(played)
    if (down) return { [id]: down }
    if (tried.length === 0)
      return {
        [id]:
          points[0] && stepOf(played, points[0].as) && refreshes(entriesOf(stepsOf(played, points[0].as))).length === 0
            ? inapplicable('its calls make no refresh')
            : notSoFar(played, 'it was not killed'),
      }
    const lost = tried.find((point) => !reached(played, point))
    if (!lost) return { [id]: met(...sent) }
    const step = stepOf(played, afterPoint(lost))
    return {
      [id]: unmet(`${lost.as}, its connection is gone: ${step ? inWords(step) : 'no call'}`, ...sent.slice(-2), ...(step?.entries ?? [])),
    }
  },
}

/** Where a client that writes what a refresh brought in two parts is between them. */
const between: readonly Point[] = points.filter(({ as }) => /change|[48] ms/.test(as))

const withHalf = (point: Point): string => `${afterPoint(point)}, and its token ended`

/** With rotation a client that was killed before it had stored anything has lost its connection: that is no fault. Half of the new tokens is one. */
const halfOfRotation: Case = {
  topic: 'refresh',
  name: 'stores-a-rotation-as-a-whole',
  title: 'A client that is killed while it stores a new access token and a new refresh token has both afterwards, or neither',
  applies: (profile) => refreshing(profile) && profile.rotating !== null,
  needs: ['callback', 'call', 'kill', 'restart'],
  quirks: rotatingQuirks,
  afterwards: false,
  checks: () => [
    check(
      'refresh.stored-as-a-whole',
      'must',
      rfc(6749, '6', 'When a new refresh token is issued, the client discards the old one and uses the new one'),
      {
        title: 'never has the new access token beside the old refresh token',
        expected: 'where the new access token outlived a kill, a refresh with the refresh token that came with it',
        fix: 'Keep both tokens in one record, and write it at once: one file that is renamed, one row, one transaction.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    for (const point of between) {
      if (!(await context.connect({ as: `before it is ${point.as}` }))) return
      expire(context)
      if (!(await killAt(context, point, 'refresh_token', () => context.ask('call', point.as)))) return
      const { entries } = await context.ask('call', afterPoint(point))
      if (refreshes(entries).length > 0 || !calls(entries).some(fine)) continue
      expire(context)
      await context.ask('call', withHalf(point))
    }
  },
  judge: (played): Findings => {
    const id = 'refresh.stored-as-a-whole'
    const tried = between.filter((point) => stepOf(played, afterPoint(point)))
    const first = between[0] && stepOf(played, between[0].as)
    if (tried.length === 0)
      return {
        [id]:
          first && refreshes(first.entries).length === 0
            ? inapplicable('its calls make no refresh')
            : notSoFar(played, 'it was not killed'),
      }
    const later = tried.map((point) => ({ point, sent: refreshes(stepOf(played, withHalf(point))?.entries ?? []) }))
    const half = later.find(({ sent }) => sent.some(({ outcome }) => outcome === 'refused') && !sent.some(fine))
    if (half) return { [id]: unmet(`${half.point.as}, it had the new access token and another refresh token`, ...half.sent) }
    const whole = later.flatMap(({ sent }) => sent.filter(fine))
    return { [id]: met(...(whole.length > 0 ? whole : refreshes(played.entries).slice(-1))) }
  },
}

/** An API call with something that was never a token. */
const half = (played: Played, point: Point) =>
  stepsOf(played, afterPoint(point))
    .flatMap(({ entries }) => calls(entries))
    .find((entry) => !fine(entry) && entry.presented?.kind !== 'access_token')

const atExchange: Case = {
  topic: 'exchange',
  name: 'connects-again-after-a-kill',
  title: 'A client that is killed while it stores its first tokens has them or none, and can connect again',
  needs: ['callback', 'call', 'kill', 'restart'],
  checks: () => [
    check(
      'exchange.kill-survived',
      'must',
      rfc(6749, '4.1', 'A new authorization gives new tokens'),
      {
        title: 'has its tokens or none after it was killed, and connects again',
        expected: `after each of ${points.length} kills a start, no API call with half a token, and a connection when the user connects again`,
        fix: 'Write tokens to another file and rename it; at the start take a store that cannot be read for none.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    for (const point of points) {
      const url = await context.begin({ as: point.as })
      if (url === undefined) return
      if (!(await killAt(context, point, 'authorization_code', () => context.ask('callback', point.as, { url })))) return
      await context.ask('call', afterPoint(point))
    }
    if (await context.connect({ as: 'again' })) await context.ask('call', 'again')
  },
  judge: (played): Findings => {
    const id = 'exchange.kill-survived'
    const down = notUp(played)
    if (down) return { [id]: down }
    const tried = points.filter((point) => stepOf(played, afterPoint(point)))
    if (tried.length === 0) return { [id]: notSoFar(played, 'it was not killed') }
    const broken = tried.map((point) => ({ point, entry: half(played, point) })).find(({ entry }) => entry !== undefined)
    if (broken?.entry) return { [id]: unmet(`${broken.point.as}, it called the API with something that is no token`, broken.entry) }
    const again = stepsOf(played, 'again')
    const works = again.some(({ step, entries }) => step === 'call' && calls(entries).some(fine))
    const last = again.at(-1)
    return {
      [id]: works
        ? met(...exchanges(played.entries).slice(-1), ...calls(last?.entries ?? []))
        : unmet(last ? inWords(last) : 'no second callback was reached', ...exchanges(played.entries).slice(-2)),
    }
  },
}

export const crashCases: readonly Case[] = [atExchange, atRefresh, halfOfRotation]
