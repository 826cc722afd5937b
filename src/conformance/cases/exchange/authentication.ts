/** How the client says who it is. */

import type { JournalEntry } from '../../../index.js'
import type { Case, Check, Played } from '../../runner/case.js'
import { met, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profiles.js'
import { allProviders } from '../../runner/profiles.js'
import { check, clientRefused, exchanges, fate, fine, grantOf, notSoFar, parametersOf } from '../reading.js'

/** Whether a token request said who the client is in the way that the provider documents. */
const inItsPlace = ({ authenticates }: Profile, entry: JournalEntry): boolean => {
  if (authenticates !== 'body') return entry.authentication === 'basic'
  if (entry.authentication !== 'none') return entry.authentication === 'body'
  // A native app has no secret: its verifier stands for one, and afterwards the refresh token that came of it.
  return parametersOf(entry)['code_verifier'] !== undefined || (grantOf(entry) === 'refresh_token' && fine(entry))
}

export const judgeAuthentication = (played: Played, topic: string, requests: readonly JournalEntry[], what: string) => {
  const wrong = requests.find((entry) => clientRefused(entry) || (refusedOrFine(entry) && !inItsPlace(played.profile, entry)))
  const right = requests.find((entry) => fine(entry) && inItsPlace(played.profile, entry))
  const none = notSoFar(played, what)
  const seen = (entry: JournalEntry): string => `${entry.authentication ?? 'no'} authentication, ${fate(entry)}`
  return {
    [`${topic}.client-authentication`]: right ? met(right) : wrong ? unmet(seen(wrong), wrong) : none,
    [`${topic}.no-guessing`]: wrong ? unmet(seen(wrong), wrong) : right ? met(right) : none,
  }
}

const refusedOrFine = (entry: JournalEntry): boolean => fine(entry) || entry.outcome === 'refused'

const authenticationReference = ({ authentication, docs, provider }: Profile) =>
  authentication.quirk === undefined
    ? { id: 'RFC 6749 §2.3.1', text: `The client authenticates by ${authentication.says}`, url: docs }
    : { id: `${provider}/${authentication.quirk}`, text: `The client authenticates by ${authentication.says}`, url: docs }

export const authenticationChecks = (topic: string, profile: Profile): readonly Check[] => [
  check(`${topic}.client-authentication`, 'provider', authenticationReference(profile), {
    title: 'authenticates as the provider documents',
    expected: profile.authentication.says,
    fix: `Configure the library for ${profile.authentication.says}.`,
  }),
  check(`${topic}.no-guessing`, 'advice', authenticationReference(profile), {
    title: 'knows where its credentials belong',
    expected: 'no token request that is refused because of the credentials',
    fix: 'Set the authentication method. Do not let the library try one after the other.',
  }),
]

/** The names of the authentication cases, for the exchange and the refresh. */
export const authenticationNames = {
  zettle: 'authenticates-in-the-body',
  vcita: 'authenticates-in-the-body',
  ziina: 'authenticates-with-issued-username',
  'zoho-payments': 'authenticates-with-parameters',
  zentail: 'authenticates-with-basic',
} as const

const authentication = (name: string): Case => ({
  topic: 'exchange',
  name,
  title: 'The client authenticates as the provider documents',
  providers: allProviders.filter((id) => authenticationNames[id] === name),
  needs: ['callback'],
  passive: true,
  checks: (profile) => authenticationChecks('exchange', profile),
  play: async (context) => void (await context.connect()),
  judge: (played) => judgeAuthentication(played, 'exchange', exchanges(played.entries), 'no code was sent to the token endpoint'),
})

export const authenticationCases: readonly Case[] = [...new Set(Object.values(authenticationNames))].map(authentication)
