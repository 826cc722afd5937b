/** How the client says who it is. */

import type { JournalEntry } from '../../../index.js'
import type { Case, Check, Played } from '../../runner/case.js'
import { met, unmet } from '../../runner/case.js'
import type { Authenticates, Profile } from '../../runner/profile.js'
import { check, clientRefused, exchanges, fate, fine, grantOf, notSoFar, parametersOf } from '../reading.js'

/** Whether a token request said who the client is in the way that the provider documents. */
const inItsPlace = ({ authenticates }: Profile, entry: JournalEntry): boolean => {
  if (authenticates === 'basic' || authenticates === 'issued-username') return entry.authentication === 'basic'
  if (authenticates === 'either' && entry.authentication === 'basic') return true
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

interface Way {
  /** What the cases of the exchange and the refresh are called. */
  readonly name: string
  readonly says: string
  /** The settings by which the provider differs from RFC 6749 §2.3.1. */
  readonly paths: readonly string[]
}

const ways: { readonly [way in Authenticates]: Way } = {
  'issued-username': {
    name: 'authenticates-with-issued-username',
    says: 'HTTP Basic made of the issued user name and password',
    paths: ['client.basicUser'],
  },
  basic: { name: 'authenticates-with-basic', says: 'HTTP Basic made of client id and client secret', paths: [] },
  body: { name: 'authenticates-in-the-body', says: 'client_id and client_secret in the body', paths: ['token.reads.json'] },
  parameters: {
    name: 'authenticates-with-parameters',
    says: 'client_id and client_secret as parameters, in the query or in the body',
    paths: ['token.reads.query'],
  },
  either: { name: 'authenticates-as-documented', says: 'HTTP Basic, or client_id and client_secret in the body', paths: [] },
  none: { name: 'authenticates-by-its-verifier', says: 'client_id and the verifier of its challenge', paths: [] },
}

const wayOf = ({ authenticates }: Profile): Way => ways[authenticates]

const authenticationReference = (profile: Profile) => {
  const { says, paths } = wayOf(profile)
  const quirk = profile.quirkAt(...paths)
  return {
    id: quirk === undefined ? 'RFC 6749 §2.3.1' : `${profile.provider}/${quirk}`,
    text: `The client authenticates by ${says}`,
    url: profile.docs,
  }
}

export const authenticationChecks = (topic: string, profile: Profile): readonly Check[] => [
  check(`${topic}.client-authentication`, 'provider', authenticationReference(profile), {
    title: 'authenticates as the provider documents',
    expected: wayOf(profile).says,
    fix: `Configure the library for ${wayOf(profile).says}.`,
  }),
  check(`${topic}.no-guessing`, 'advice', authenticationReference(profile), {
    title: 'knows where its credentials belong',
    expected: 'no token request that is refused because of the credentials',
    fix: 'Set the authentication method. Do not let the library try one after the other.',
  }),
]

/** The names of the authentication cases, for the exchange and the refresh. */
export const authenticationNames: readonly string[] = Object.values(ways).map(({ name }) => name)

export const authenticationName = (profile: Profile): string => wayOf(profile).name

const authentication = (name: string): Case => ({
  topic: 'exchange',
  name,
  title: 'The client authenticates as the provider documents',
  applies: (profile) => authenticationName(profile) === name,
  needs: ['callback'],
  passive: true,
  checks: (profile) => authenticationChecks('exchange', profile),
  play: async (context) => void (await context.connect()),
  judge: (played) => judgeAuthentication(played, 'exchange', exchanges(played.entries), 'no code was sent to the token endpoint'),
})

export const authenticationCases: readonly Case[] = authenticationNames.map(authentication)
