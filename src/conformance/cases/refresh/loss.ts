/** Refresh tokens that are lost, and the way back. */

import type { Case, Check, Finding, Played } from '../../runner/case.js'
import { met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { after, check, endless, exchanges, fellSilent, inWords, notSoFar, refreshes, refused, stepOf, succeeded } from '../reading.js'
import { rotating } from '../when.js'
import { rotatingQuirks } from './rotation.js'

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
  check(
    'refresh.loss-recovers',
    'must',
    rfc(6749, '4.1', 'A new authorization gives new tokens'),
    {
      title: 'connects again',
      expected: 'the next authorization ends with tokens, and an API call works',
      fix: 'Replace the stored connection with the new authorization, also if the old one is broken.',
    },
    { recovers: true, consequence: 'connection-lost' },
  ),
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
    if (silent) return unmet(endless(silent), lost, ...rejected.slice(0, 3))
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
  applies: rotating,
  needs: ['callback', 'refresh', ...(restarts ? (['restart'] as const) : [])],
  quirks: rotatingQuirks,
  checks: () => lossChecks(restarts ? 'a restart before the new token was saved' : 'the answer to a refresh was lost'),
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'token', kind: 'lose' })
    await context.ask('refresh', 'lost')
    context.sandbox.double.faults.clear()
    if (restarts && !(await context.restart())) return
    await context.ask('refresh', 'after the loss')
    if ((await context.connect({ as: 'again' })) && context.can('call')) await context.ask('call')
  },
  judge: judgeLoss,
})

const held = ({ settings }: Profile): number => settings.refresh.heldPerUser ?? 0

const evicted: Case = {
  topic: 'refresh',
  name: 'survives-the-21st-refresh-token',
  title: 'When the provider has deleted the refresh token, the client stops using it and takes a new code',
  applies: ({ refreshes: there, settings }) =>
    there && settings.refresh.heldPerUser !== null && settings.refresh.whenFull === 'oldest-ends',
  needs: ['callback', 'refresh'],
  checks: (profile) => [
    check(
      'refresh.eviction-reported',
      'should',
      settingOf(profile, 'refresh.heldPerUser', `A user has ${held(profile)} refresh tokens; one more deletes the oldest, even one in use`),
      {
        title: 'says that its refresh token is gone',
        expected: 'one refused refresh, and an error',
        fix: `Treat the error ${profile.settings.dialect.refresh_token_evicted.error} (status ${profile.settings.dialect.refresh_token_evicted.status}) as the end of the connection. You need a new code.`,
      },
    ),
    check(
      'refresh.eviction-recovers',
      'must',
      settingOf(profile, 'refresh.whenFull', 'The oldest refresh token goes without a word'),
      {
        title: 'goes on with a new code',
        expected: 'the next code is redeemed, and an API call works',
        fix: 'Replace what is stored when a new code comes.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    const count = held(context.profile)
    for (let made = 0; made < count; made += 1) await context.sandbox.double.tokens.mint(context.profile.provider)
    context.note('arrange', `${count} more refresh tokens were issued to the same user`)
    await context.ask('refresh', 'evicted')
    if ((await context.connect({ as: 'again' })) && context.can('call')) await context.ask('call')
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

export const lossCases: readonly Case[] = [
  loss('survives-lost-reply-of-rotation', 'A refresh whose answer was lost ends the connection cleanly', false),
  loss('recovers-from-restart-before-save', 'A restart between refresh and save ends the connection cleanly', true),
  evicted,
]
