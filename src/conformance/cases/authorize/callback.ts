/** What a callback must show before it is believed. */

import type { Tamper } from '../../drivers/browser.js'
import type { Case, Check, Finding, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { authorizations, check, notSoFar, parametersOf, stepOf, tokenRequests } from '../reading.js'
import type { When } from '../when.js'
import { authorizing, namingIssuer } from '../when.js'

export const needs = ['authorize', 'callback'] as const

/** A callback that must not be believed: nothing may be exchanged, and the client says that it failed. */
const disbelieved = (played: Played, protectedBy: string): Finding => {
  const sent = authorizations(played.entries).at(-1)
  if (!sent) return notSoFar(played, 'no authorization URL was opened')
  if (protectedBy === 'state' && !parametersOf(sent)['state']) return inapplicable('it sends no state, and another check says so')
  const callback = stepOf(played, 'forged')
  if (!callback) return notSoFar(played, 'no callback was delivered')
  const exchange = tokenRequests(callback.entries)
  if (exchange.length > 0) return unmet('the code was sent to the token endpoint', sent, ...exchange)
  if (callback.state === 'ok') return unmet('the client said that it holds tokens', sent)
  return callback.state === 'failed' ? met(sent) : notSoFar(played, 'the callback was not answered')
}

interface Forgery {
  readonly name: string
  readonly title: string
  readonly applies: When
  readonly protectedBy: 'state' | 'iss'
  readonly check: (profile: Profile) => Check
  readonly tamper: Tamper
}

export const forged = ({ name, title, applies, protectedBy, check: make, tamper }: Forgery): Case => ({
  topic: 'authorize',
  name,
  title,
  applies,
  needs,
  checks: (profile) => [make(profile)],
  play: async (context) => void (await context.connect({ as: 'forged', tamper })),
  judge: (played) => ({ [make(played.profile).id]: disbelieved(played, protectedBy) }),
})

const stateReference = rfc(6749, '10.12', 'The state that comes back is compared with the one that was sent')

const issReference = rfc(9207, '2.4', 'A client compares iss with the issuer it sent the user to, as it stands')

const wrongState = forged({
  name: 'refuses-wrong-state',
  title: 'A callback with another state is refused',
  applies: authorizing,
  protectedBy: 'state',
  tamper: (query) => query.set('state', 'forged-by-somebody-else'),
  check: () =>
    check(
      'authorize.state-compared',
      'must',
      stateReference,
      {
        title: 'refuses a callback with a wrong state',
        expected: 'no token request, and an error',
        fix: 'Compare state with the value kept for this user before the code is used, and stop when they differ.',
      },
      { forbids: true },
    ),
})

const missingState = forged({
  name: 'refuses-missing-state',
  title: 'A callback without state is refused by a client that sent one',
  applies: authorizing,
  protectedBy: 'state',
  tamper: (query) => query.delete('state'),
  check: () =>
    check(
      'authorize.state-required',
      'must',
      stateReference,
      {
        title: 'refuses a callback without state',
        expected: 'no token request, and an error',
        fix: 'Treat a missing state like a wrong one: compare it always, not only if it is there.',
      },
      { forbids: true },
    ),
})

const doubledState = forged({
  name: 'refuses-doubled-state',
  title: 'A callback with two states is refused',
  applies: authorizing,
  protectedBy: 'state',
  tamper: (query) => query.append('state', 'forged-by-somebody-else'),
  check: () =>
    check(
      'authorize.state-single',
      'advice',
      rfc(6749, '3.1', 'Parameters are not sent more than once'),
      {
        title: 'refuses a callback with state twice',
        expected: 'no token request, and an error',
        fix: 'Refuse a callback that has a parameter twice: you cannot know which one is meant.',
      },
      { forbids: true },
    ),
})

const wrongIss = forged({
  name: 'refuses-wrong-iss',
  title: 'A callback that names another issuer is refused',
  applies: namingIssuer,
  protectedBy: 'iss',
  tamper: (query) => query.set('iss', 'https://attacker.example'),
  check: ({ issuer }) =>
    check(
      'authorize.iss-compared',
      'should',
      issReference,
      {
        title: 'refuses a callback with a wrong iss',
        expected: 'no token request, and an error',
        fix: `Compare iss with ${issuer} before the code is used.`,
      },
      { forbids: true },
    ),
})

const slashedIss = forged({
  name: 'refuses-iss-with-trailing-slash',
  title: 'An issuer with a slash at its end is another issuer',
  applies: namingIssuer,
  protectedBy: 'iss',
  tamper: (query) => query.set('iss', `${query.get('iss') ?? ''}/`),
  check: () =>
    check(
      'authorize.iss-exact',
      'should',
      issReference,
      {
        title: 'compares iss to the character',
        expected: 'no token request, and an error',
        fix: 'Compare iss as a string, without normalising it.',
      },
      { forbids: true },
    ),
})

const missingIss = forged({
  name: 'refuses-missing-iss',
  title: 'A callback without iss is refused, since this provider always sends it',
  applies: namingIssuer,
  protectedBy: 'iss',
  tamper: (query) => query.delete('iss'),
  check: (profile) =>
    check(
      'authorize.iss-required',
      'should',
      settingOf(profile, 'authorize.adds', 'The redirect names its issuer; without it the answer may be of another server (RFC 9207 §2.4)'),
      {
        title: 'refuses a callback without iss',
        expected: 'no token request, and an error',
        fix: 'Refuse a callback without iss from a provider that is known to send it.',
      },
      { forbids: true },
    ),
})

export const callbackCases: readonly Case[] = [wrongState, missingState, doubledState, wrongIss, slashedIss, missingIss]
