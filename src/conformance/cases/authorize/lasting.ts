/** Authorization requests that ask for a refresh token by a parameter: without it access ends with the first token. */

import type { Case, Finding, Findings } from '../../runner/case.js'
import { inapplicable, met, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { authorizations, check, exchanges, fine, notSoFar, parametersOf, refreshes, replyOf, stepOf } from '../reading.js'
import { renew } from '../refresh/need.js'
import { needs } from './callback.js'

type Wanted = { readonly [parameter: string]: string }

const inWords = (wanted: Wanted): string =>
  Object.entries(wanted)
    .map(([name, value]) => `${name}=${value}`)
    .join(' and ')

const askedAgain = ({ settings }: Profile): Wanted => settings.refresh.again ?? {}

const asks: Case = {
  topic: 'authorize',
  name: 'asks-for-a-refresh-token',
  title: 'The client asks for a connection that outlives its first access token, the second time too',
  applies: ({ browsing, refreshes: there, settings }) => browsing !== null && there && Object.keys(settings.refresh.asks).length > 0,
  needs,
  quirks: ({ browsing }) => browsing?.toggles ?? {},
  checks: (profile) => [
    check(
      'authorize.asks-to-last',
      'should',
      settingOf(profile, 'refresh.asks', `A refresh token comes only with ${inWords(profile.settings.refresh.asks)}`),
      {
        title: `sends ${inWords(profile.settings.refresh.asks)}`,
        expected: 'refresh_token in the token response',
        fix: `Add ${inWords(profile.settings.refresh.asks)} to the authorization URL. Without it everything works until the first access token ends.`,
      },
    ),
    ...(profile.settings.refresh.again === null
      ? []
      : [
          check(
            'authorize.asks-to-last-again',
            'should',
            settingOf(
              profile,
              'refresh.again',
              `A user who has given a refresh token gives another only with ${inWords(askedAgain(profile))}`,
            ),
            {
              title: 'has a refresh token after the same user connects again',
              expected: 'refresh_token in the second token response, or a refresh with the one that the first brought',
              fix: `Add ${inWords(askedAgain(profile))} to the authorization URL, or keep the refresh token of a user who connects again.`,
            },
          ),
        ]),
  ],
  play: async (context) => {
    const { double, provider } = context.sandbox
    await double.tokens.revoke({ provider })
    context.note('arrange', 'the user has no connection yet')
    if (!(await context.connect({ as: 'first' })) || !(await context.connect({ as: 'again' }))) return
    if (context.can('call')) await renew(context, 'renewed')
  },
  judge: (played): Findings => {
    const { again } = played.profile.settings.refresh
    const asked = authorizations(played.entries)
    const both = (finding: Finding): Findings => ({
      'authorize.asks-to-last': finding,
      ...(again === null ? {} : { 'authorize.asks-to-last-again': finding }),
    })
    if (asked.length > 0 && !asked.some(({ issued = [] }) => issued.length > 0)) return both(inapplicable('it does not ask in this way'))
    const redeemed = (as: string) => exchanges(stepOf(played, as)?.entries ?? []).find(fine)
    const [first, second] = [redeemed('first'), redeemed('again')]
    if (!first) return both(notSoFar(played, 'no code was redeemed'))
    const brings = (entry: typeof first): boolean => replyOf(entry)['refresh_token'] !== undefined
    const lasts: Finding = brings(first)
      ? met(...asked.slice(0, 1), first)
      : unmet(`no refresh token came: ${missing(played.profile.settings.refresh.asks, asked[0])}`, ...asked.slice(0, 1), first)
    const lastsAgain = (): Finding => {
      if (!brings(first)) return inapplicable('the first connection has no refresh token either, which another check says')
      if (!second) return notSoFar(played, 'no second code was redeemed')
      const used = refreshes(played.entries).filter(fine)
      if (brings(second) || used.length > 0) return met(second, ...used)
      return unmet(`no refresh token came with the second connection: ${missing(again ?? {}, asked.at(-1))}`, ...asked.slice(-1), second)
    }
    return { 'authorize.asks-to-last': lasts, ...(again === null ? {} : { 'authorize.asks-to-last-again': lastsAgain() }) }
  },
}

/** What an authorization request did not say. */
const missing = (wanted: Wanted, entry: Parameters<typeof parametersOf>[0] | undefined): string => {
  const sent = entry ? parametersOf(entry) : {}
  const left = Object.entries(wanted).filter(([name, value]) => sent[name] !== value)
  return left.length === 0 ? 'although it was asked for' : `${left.map(([name]) => name).join(' and ')} was not sent as documented`
}

export const lastingCases: readonly Case[] = [asks]
