/** A connection lives as long as the provider honours it. */

import type { JournalEntry } from '../../index.js'
import {
  calls,
  fate,
  fine,
  grantOf,
  inWords,
  jwtBearer,
  refreshes,
  refreshTokenOf,
  refused,
  spoiled,
  tokenRequests,
} from '../cases/reading.js'
import { rfc } from '../runner/case.js'
import type { History, Invariant } from './history.js'
import { afterwards } from './history.js'

/** The tokens of a response that the client received in full, the refresh token first. */
const delivered = (entry: JournalEntry): readonly string[] =>
  fine(entry)
    ? (entry.issued ?? []).filter(({ kind }) => kind === 'refresh_token' || kind === 'access_token').map(({ kind, id }) => `${kind} ${id}`)
    : []

interface Held {
  readonly id: string
  readonly from: JournalEntry
}

type TokenKind = 'refresh_token' | 'access_token'

const newest = (entries: readonly JournalEntry[], kind: TokenKind): Held | undefined => {
  const from = tokenRequests(entries).findLast((entry) => delivered(entry).some((one) => one.startsWith(`${kind} `)))
  const id = from?.issued?.find((one) => one.kind === kind)?.id
  return from && id !== undefined ? { id, from } : undefined
}

/**
 * The token on which a connection rests: the newest refresh token that arrived, or the access token where there is none. What
 * an API key brought takes the place of all that was before.
 */
export const newestDelivered = (entries: readonly JournalEntry[], disbelieved: readonly JournalEntry[] = []): Held | undefined => {
  const taken = entries.filter((entry) => !disbelieved.includes(entry))
  const last = tokenRequests(taken).findLast((entry) => delivered(entry).length > 0)
  const mine = last && grantOf(last) === jwtBearer ? [last] : taken
  return newest(mine, 'refresh_token') ?? newest(mine, 'access_token')
}

/** Reasons that tell a client: this token has ended for good. */
const ending = /^(refresh_token_|connection_ended|user_removed|code_|token_revoked|token_unknown)/

/** The client was told that a token has ended: the refusal arrived. */
const told = ({ reason = '', response, fault }: JournalEntry): boolean =>
  ending.test(reason) && response.complete && !spoiled.test(fault?.kind ?? '')

/** The client was told, about this very token, that it has ended. */
const toldEnded = (entries: readonly JournalEntry[], id: string): boolean =>
  entries.some((entry) => told(entry) && (entry.presented?.id === id || refreshTokenOf(entry) === id))

/** An API that refuses the newest access token for good says that the connection has ended, where nothing can renew it. */
const apiSaidEnded = (entries: readonly JournalEntry[], since: JournalEntry): boolean =>
  calls(entries.slice(entries.indexOf(since))).some(({ reason, fault }) => fault !== undefined && ending.test(reason ?? ''))

/** What was asked of the connection once faults had ceased, before another one was made in its place. */
export const probes = ({ steps }: Pick<History, 'steps'>) => {
  const all = steps.filter(({ as }) => as.startsWith(afterwards))
  // What works after a new authorization says nothing of the connection that there was.
  const anew = all.findIndex(({ as }) => as.startsWith(`${afterwards}: connect`))
  return anew < 0 ? all : all.slice(0, anew)
}

export const works = (history: Pick<History, 'steps'>): boolean =>
  probes(history).some(
    ({ step, entries }) => (step === 'call' && calls(entries).some(fine)) || (step === 'refresh' && tokenRequests(entries).some(fine)),
  )

/** What the client should still be able to use: its newest refresh token, or the access token where there is none. */
export const stillHonoured = (history: Pick<History, 'entries' | 'steps' | 'honoured' | 'disbelieved'>): Held | undefined => {
  const before = history.entries.filter((entry) => !probes(history).some(({ entries }) => entries.includes(entry)))
  const held = newestDelivered(before, history.disbelieved)
  if (!held || !(history.honoured ?? []).includes(held.id)) return undefined
  return toldEnded(before, held.id) || apiSaidEnded(before, held.from) ? undefined : held
}

/** Not one of the steps that were asked once faults had ceased brought the connection back. */
const notBack = (history: History): boolean => {
  const asked = probes(history).filter(({ step }) => step === 'call' || step === 'refresh')
  return asked.length > 0 && !works(history)
}

const kept: Invariant = {
  id: 'always.connection-kept',
  title: 'keeps a connection that the provider still honours',
  level: 'must',
  consequence: 'connection-lost',
  reference: rfc(6749, '1.5', 'A refresh token goes on until the provider ends it; a failure that is not its refusal ends nothing'),
  expected: 'once the trouble is over, an API call that works, without a new authorization',
  rests: true,
  fix: 'Delete or give up tokens only when the token endpoint itself answered that the newest refresh token is invalid (invalid_grant). After anything else keep them, and try again at the next call.',
  find: (history) => {
    const held = stillHonoured(history)
    if (!held || !notBack(history)) return []
    const last = probes(history).findLast(({ step }) => step === 'call' || step === 'refresh')
    return [
      {
        seen: `the provider still honours the ${held.id === newest(history.entries, 'refresh_token')?.id ? 'refresh token' : 'access token'} that it delivered in ${held.from.id}, but the connection is gone: ${last ? inWords(last) : 'no call'}`,
        evidence: [held.from, ...(last?.entries ?? []).slice(0, 3)],
      },
    ]
  },
}

/** A fault decided what was answered: more than a hold that let the request go. */
const spoilt = ({ fault }: JournalEntry): boolean => fault !== undefined && fault.released !== 'go'

/** A refresh token that was replaced came back, and the provider ended the whole connection. */
const replayed: Invariant = {
  id: 'always.no-replay-of-rotated-token',
  title: 'does not end its own connection by using a refresh token twice',
  level: 'must',
  consequence: 'connection-lost',
  reference: rfc(
    9700,
    '4.14.2',
    'A refresh token that comes back after it was replaced is taken for a stolen one, and ends the connection',
  ),
  expected: 'each refresh token sent once, whatever happens at the same time',
  fix: 'Let one refresh run at a time, for all calls, callers and processes that share the tokens; whoever waited reads the stored tokens again before it refreshes.',
  find: ({ entries, steps }) =>
    refreshes(entries).flatMap((again) => {
      if (!refused(again) || spoilt(again) || (again.ended?.length ?? 0) === 0) return []
      const first = refreshes(entries).find((entry) => fine(entry) && refreshTokenOf(entry) === refreshTokenOf(again))
      // Killed as soon as the reply had come, no client can have kept what it brought.
      if (!first || steps.some(({ state, entries: mine }) => state === 'killed' && mine.includes(first))) return []
      return [
        { seen: `a refresh token came a second time (${fate(again)}), and the provider ended the connection`, evidence: [first, again] },
      ]
    }),
}

const comesBack: Invariant = {
  id: 'always.connects-again',
  title: 'can be connected again, whatever happened before',
  level: 'must',
  consequence: 'connection-lost',
  reference: rfc(6749, '4.1', 'A new authorization gives new tokens'),
  expected: 'after the trouble an API call that works, at the latest after a new authorization',
  rests: true,
  fix: 'Let a new authorization take the place of whatever is stored, and forget what a failed attempt left behind.',
  find: (history) => {
    const connect = history.steps.findLast(({ as }) => as === `${afterwards}: connect`)
    const call = history.steps.findLast(({ as }) => as === `${afterwards}: call`)
    if (!connect || connect.state === 'unsupported') return []
    const redeemed = tokenRequests(connect.entries).some(fine)
    if (redeemed && (!call || call.state === 'unsupported' || calls(call.entries).some(fine))) return []
    const failing = redeemed && call ? call : connect
    return [{ seen: `a new authorization did not bring the connection back: ${inWords(failing)}`, evidence: failing.entries.slice(0, 4) }]
  },
}

/** How often a refresh token may come again once its end was told: another worker may just have missed the news. */
const grace = 1

const giveUp: Invariant = {
  id: 'always.gives-up-an-ended-token',
  title: 'stops using a refresh token once it was told its end',
  level: 'must',
  consequence: 'rule-broken',
  reference: rfc(6749, '5.2', 'invalid_grant means that the token is invalid, expired or revoked: sending it again changes nothing'),
  expected: 'at most one more request with a refresh token that was refused',
  fix: 'Mark the connection as ended after invalid_grant, and ask the user to connect again.',
  find: ({ entries }) => {
    const sent = refreshes(entries).filter(told)
    const tokens = [...new Set(sent.map(refreshTokenOf))].filter((token) => token !== undefined)
    return tokens.flatMap((token) => {
      const again = sent.filter((entry) => refreshTokenOf(entry) === token)
      return again.length > 1 + grace ? [{ seen: `a refused refresh token came ${again.length} times`, evidence: again.slice(0, 4) }] : []
    })
  },
}

export const connectionInvariants: readonly Invariant[] = [kept, replayed, comesBack, giveUp]
