/** Which refresh token a client uses. */

import type { JournalEntry } from '../../../index.js'
import type { Case } from '../../runner/case.js'
import { met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { check, fate, fine, inWords, notSoFar, refreshes, refreshTokenOf, replyOf, stepOf, tokenRequests } from '../reading.js'
import { keepingOneRefreshToken, refreshing, rotating } from '../when.js'

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

export const rotatingQuirks = (profile: Profile) => profile.rotating ?? {}

const rotationReference = rfc(6749, '6', 'When a new refresh token is issued, the client discards the old one and uses the new one')

const picksUp: Case = {
  topic: 'refresh',
  name: 'picks-up-rotated-token',
  title: 'A new refresh token takes the place of the old one, each time',
  applies: rotating,
  needs: ['callback', 'refresh'],
  passive: true,
  quirks: rotatingQuirks,
  checks: () => [
    check(
      'refresh.uses-newest',
      'must',
      rotationReference,
      {
        title: 'uses the newest refresh token',
        expected: 'three refreshes in a row, each with the refresh token that the one before brought',
        fix: 'Store refresh_token of every token response that has one, before anything else is done.',
      },
      { consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    for (const as of ['first', 'second', 'third']) await context.ask('refresh', as)
  },
  judge: (played) => {
    const sent = refreshes(played.entries)
    if (sent.length === 0) return { 'refresh.uses-newest': notSoFar(played, 'no refresh came') }
    // Traffic of many users at once: only the provider knows whose token was which.
    const old = played.passive ? sent.find(({ reason }) => reason === 'refresh_token_rotated') : outdated(played.entries)
    if (old) return { 'refresh.uses-newest': unmet(`an old refresh token: ${fate(old)}`, old) }
    const enough = played.passive ? 0 : 1
    return {
      'refresh.uses-newest':
        sent.filter(fine).length > enough ? met(...sent) : unmet(`${sent.map(fate).join(', ')}, then no more`, ...sent),
    }
  },
}

const keepsOld: Case = {
  topic: 'refresh',
  name: 'keeps-the-refresh-token',
  title: 'A refresh that brings no refresh token leaves the old one in use',
  applies: keepingOneRefreshToken,
  needs: ['callback', 'refresh'],
  checks: (profile) => [
    check(
      'refresh.keeps-old',
      'must',
      settingOf(profile, 'refresh.returned', 'The response to a refresh has no refresh token: the old one goes on'),
      {
        title: 'keeps the refresh token it has',
        expected: 'a second refresh with the same refresh token',
        fix: 'Overwrite the stored refresh token only when the response has one.',
      },
      { consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    await context.ask('refresh', 'first')
    await context.ask('refresh', 'second')
  },
  judge: (played) => {
    const [first, second] = refreshes(played.entries)
    if (!first || !fine(first)) return { 'refresh.keeps-old': notSoFar(played, 'no refresh was answered') }
    const step = stepOf(played, 'second')
    if (!second) return { 'refresh.keeps-old': unmet(`no second refresh came: ${step ? inWords(step) : 'nothing'}`, first) }
    return { 'refresh.keeps-old': fine(second) ? met(first, second) : unmet(`the second refresh was ${fate(second)}`, first, second) }
  },
}

export const restart: Case = {
  topic: 'refresh',
  name: 'survives-a-restart',
  title: 'After a restart the client uses the newest refresh token',
  applies: refreshing,
  needs: ['callback', 'refresh', 'restart'],
  quirks: rotatingQuirks,
  checks: () => [
    check(
      'refresh.stored',
      'must',
      rotationReference,
      {
        title: 'has stored the newest refresh token',
        expected: 'a refresh after the restart with the newest refresh token',
        fix: 'Store the new refresh token before you treat the refresh as done.',
      },
      { consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    if ((await context.ask('refresh', 'before')).state !== 'ok') return
    if (await context.restart()) await context.ask('refresh', 'after')
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

export const rotationCases: readonly Case[] = [picksUp, keepsOld, restart]
