/** A provider that counts how many tokens are fetched: there is a limit, and it passes. */

import { probes, works } from '../../invariants/connection.js'
import type { Case, Finding, Findings } from '../../runner/case.js'
import { inapplicable, met, settingOf, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import { calls, check, endless, entriesOf, fellSilent, fine, inWords, notSoFar, refreshes, stepsOf } from '../reading.js'

/** More than this in one step is no patience. */
const bound = 3

const limitOf = ({ settings }: Profile): number => settings.access.perWindow.count ?? 0

const reference = (profile: Profile) =>
  settingOf(
    profile,
    'access.perWindow.count',
    `A refresh token fetches ${limitOf(profile)} access tokens in ${profile.settings.access.perWindow.seconds} seconds, then none until the window has passed`,
  )

/** The API refuses the token, which makes the client fetch another. */
const refreshOnce = async (context: CaseContext, as: string): Promise<boolean> => {
  const seen = context.entries().length
  context.fault({ operation: 'resource', kind: 'refuse', reason: 'token_expired' })
  await context.ask('call', as)
  context.sandbox.double.faults.clear()
  if (refreshes(context.entries().slice(seen)).length === 0 && context.can('refresh')) await context.ask('refresh', as)
  return context
    .entries()
    .slice(seen)
    .some(({ reason }) => reason === 'throttled')
}

const throttled: Case = {
  topic: 'errors',
  name: 'waits-out-a-throttle',
  title: 'A throttle of the token endpoint is waited for, and costs nobody the connection',
  applies: ({ refreshes: there, settings }) => there && (settings.access.perWindow.count ?? Number.POSITIVE_INFINITY) <= 20,
  needs: ['callback', 'call'],
  checks: (profile) => [
    check(
      'errors.throttle-survived',
      'must',
      reference(profile),
      {
        title: 'keeps its connection when the provider refuses for a while',
        expected: 'once the window has passed, a refresh with the refresh token that it has, and an API call that works',
        fix: 'A throttle is no end: keep the tokens, and refresh again at a later call.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
    check(
      'errors.throttle-patient',
      'must',
      reference(profile),
      {
        title: 'does not hammer a token endpoint that throttles',
        expected: `at most ${bound} token requests in one step`,
        fix: 'Report the throttle, and let some time go by before the next refresh.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    let reached = false
    for (let turn = 0; turn <= limitOf(context.profile) + 1 && !reached && !context.over(); turn += 1)
      reached = await refreshOnce(context, 'refreshing')
    if (!reached) return
    await refreshOnce(context, 'throttled')
    await refreshOnce(context, 'throttled')
    context.advance(context.profile.settings.access.perWindow.seconds + 1)
  },
  judge: (played): Findings => {
    const all = (finding: Finding): Findings => ({ 'errors.throttle-survived': finding, 'errors.throttle-patient': finding })
    const first = played.entries.find(({ reason }) => reason === 'throttled')
    const steps = [...stepsOf(played, 'refreshing'), ...stepsOf(played, 'throttled')]
    if (!first)
      return all(
        steps.some(({ entries }) => calls(entries).length > 0) && refreshes(played.entries).length === 0
          ? inapplicable('it makes no refresh')
          : notSoFar(played, 'the limit was not reached'),
      )
    const asked = probes(played)
    const last = asked.findLast(({ step }) => step === 'call' || step === 'refresh')
    const worst = steps.map(({ entries }) => refreshes(entries)).sort((a, b) => b.length - a.length)[0] ?? []
    const silent = steps.find(fellSilent)
    return {
      'errors.throttle-survived': !last
        ? notSoFar(played, 'nothing was asked of it afterwards')
        : works(played)
          ? met(first, ...entriesOf(asked).filter(fine).slice(0, 3))
          : unmet(`after the throttle the connection is gone: ${inWords(last)}`, first, ...last.entries.slice(0, 3)),
      'errors.throttle-patient': silent
        ? unmet(endless(silent), first)
        : worst.length > bound
          ? unmet(`${worst.length} token requests in one step`, ...worst.slice(0, 4))
          : met(first),
    }
  },
}

export const throttleCases: readonly Case[] = [throttled]
