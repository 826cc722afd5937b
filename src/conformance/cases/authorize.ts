/** The way to the provider and back: what the authorization URL carries, and what a callback must show before it is believed. */

import type { Case, Check, Finding, Played } from '../case.js'
import { inapplicable, met, quirkOf, rfc, unmet } from '../case.js'
import type { Tamper } from '../drivers/browser.js'
import type { Profile } from '../profiles.js'
import { authorizing } from '../profiles.js'
import type { Stage } from '../stage.js'
import {
  authorizations,
  check,
  exchanges,
  fine,
  inWords,
  notSoFar,
  parametersOf,
  replyOf,
  stepOf,
  succeeded,
  tokenRequests,
} from './reading.js'

const needs = ['authorize', 'callback'] as const

const beginOnly = async (stage: Stage): Promise<void> => void (await stage.begin())

const requiredParameters: Case = {
  topic: 'authorize',
  name: 'sends-required-parameters',
  title: 'The authorization URL carries everything the provider asks for',
  providers: authorizing,
  needs: ['authorize'],
  passive: true,
  checks: (profile) => [
    check('authorize.required-parameters', 'must', rfc(6749, '4.1.1', 'An authorization request carries what the server requires'), {
      title: 'sends the required parameters',
      expected: `${profile.required.join(', ')} in the query of the authorization URL`,
      fix: 'Add the missing parameters to the authorization URL.',
    }),
  ],
  play: beginOnly,
  judge: (played) => {
    const [first] = authorizations(played.entries)
    if (!first) return { 'authorize.required-parameters': notSoFar(played, 'no authorization URL was opened') }
    const sent = parametersOf(first)
    const missing = played.profile.required.filter((name) => !sent[name])
    return { 'authorize.required-parameters': missing.length === 0 ? met(first) : unmet(`${missing.join(', ')} missing`, first) }
  },
}

const scopeSyntax: Case = {
  topic: 'authorize',
  name: 'separates-scopes-with-spaces',
  title: 'Several scopes are one space-separated value',
  providers: ['ziina', 'zettle'],
  needs: ['authorize'],
  passive: true,
  checks: () => [
    check('authorize.scope-syntax', 'must', rfc(6749, '3.3', 'scope is a list of words separated by spaces'), {
      title: 'separates scopes with spaces',
      expected: 'scope=one%20two or scope=one+two: words with a space between them',
      fix: 'Join the scopes with a space and encode the whole value once; a plus sign that is encoded to %2B is no space.',
    }),
  ],
  play: beginOnly,
  judge: (played) => {
    const [first] = authorizations(played.entries)
    const scope = first && parametersOf(first)['scope']
    if (!first || scope === undefined) return { 'authorize.scope-syntax': notSoFar(played, 'no scope was asked for') }
    const odd = /[,;+|]/.exec(scope)?.[0]
    if (odd !== undefined) return { 'authorize.scope-syntax': unmet(`scopes joined by ${JSON.stringify(odd)}: ${scope}`, first) }
    return { 'authorize.scope-syntax': scope.trim().includes(' ') ? met(first) : notSoFar(played, 'only one scope was asked for') }
  },
}

/** About how many bits somebody would have to guess. */
const guessing = (state: string): number => {
  const letters = state.replaceAll('-', '')
  const alphabet = /^\d+$/.test(letters) ? 10 : /^[0-9a-f]+$/i.test(letters) ? 16 : 64
  return Math.floor(new Set(letters).size < 4 ? 0 : letters.length * Math.log2(alphabet))
}

/** RFC 6749 asks for 128; a UUID has a few less. */
const enough = 112

const freshState: Case = {
  topic: 'authorize',
  name: 'sends-fresh-state',
  title: 'Every authorization request has its own unguessable state',
  providers: authorizing,
  needs: ['authorize'],
  checks: () => [
    check('authorize.state-sent', 'should', rfc(6749, '10.12', 'A client protects its redirect URI against forged requests, with state'), {
      title: 'sends state',
      expected: 'a state parameter in the authorization URL',
      fix: 'Make a random value, keep it in the session of the user, and send it as state.',
    }),
    check('authorize.state-fresh', 'should', rfc(9700, '4.7.1', 'state is bound to one request and used once'), {
      title: 'sends a new state each time',
      expected: 'another state in the second authorization URL',
      fix: 'Make a new random value for each authorization request.',
    }),
    check('authorize.state-unguessable', 'should', rfc(6749, '10.10', 'What protects a request cannot be guessed'), {
      title: 'sends a state that nobody can guess',
      expected: `at least ${enough} bits of randomness`,
      fix: 'Take 16 random bytes or more from a cryptographic source; an order number or a time is no secret.',
    }),
  ],
  play: async (stage) => {
    await stage.begin({ as: 'first' })
    await stage.begin({ as: 'second' })
  },
  judge: (played) => {
    const [first, second] = authorizations(played.entries)
    if (!first || !second) {
      const finding = notSoFar(played, 'two authorization URLs were not opened')
      return { 'authorize.state-sent': finding, 'authorize.state-fresh': finding, 'authorize.state-unguessable': finding }
    }
    const [one, two] = [parametersOf(first)['state'], parametersOf(second)['state']]
    if (!one || !two) {
      const none = inapplicable('it sends no state')
      return {
        'authorize.state-sent': unmet('no state in the URL', first),
        'authorize.state-fresh': none,
        'authorize.state-unguessable': none,
      }
    }
    const bits = Math.min(guessing(one), guessing(two))
    return {
      'authorize.state-sent': met(first, second),
      'authorize.state-fresh': one === two ? unmet('the same state twice', first, second) : met(first, second),
      'authorize.state-unguessable': bits >= enough ? met(first, second) : unmet(`about ${bits} bits: ${one}`, first, second),
    }
  },
}

/** A callback that must not be believed: nothing may be exchanged, and the client says that it failed. */
const disbelieved = (played: Played, protectedBy: string): Finding => {
  const sent = authorizations(played.entries).at(-1)
  if (!sent) return notSoFar(played, 'no authorization URL was opened')
  if (protectedBy === 'state' && !parametersOf(sent)['state']) return inapplicable('it sends no state, which a check of its own says')
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
  readonly providers: Case['providers']
  readonly protectedBy: 'state' | 'iss'
  readonly check: (profile: Profile) => Check
  readonly tamper: Tamper
}

const forged = ({ name, title, providers, protectedBy, check: make, tamper }: Forgery): Case => ({
  topic: 'authorize',
  name,
  title,
  providers,
  needs,
  checks: (profile) => [make(profile)],
  play: async (stage) => void (await stage.connect({ as: 'forged', tamper })),
  judge: (played) => ({ [make(played.profile).id]: disbelieved(played, protectedBy) }),
})

const stateReference = rfc(6749, '10.12', 'The state that comes back is compared with the one that was sent')
const issReference = rfc(9207, '2.4', 'A client compares iss with the issuer it sent the user to, as it stands')

const wrongState = forged({
  name: 'refuses-wrong-state',
  title: 'A callback with another state is refused',
  providers: authorizing,
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
  providers: authorizing,
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
        fix: 'Treat a missing state like a wrong one: do not compare only when it is there.',
      },
      { forbids: true },
    ),
})

const doubledState = forged({
  name: 'refuses-doubled-state',
  title: 'A callback with two states is refused',
  providers: authorizing,
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
        fix: 'Refuse a callback in which a parameter comes twice: which of them was meant cannot be known.',
      },
      { forbids: true },
    ),
})

const wrongIss = forged({
  name: 'refuses-wrong-iss',
  title: 'A callback that names another issuer is refused',
  providers: ['ziina'],
  protectedBy: 'iss',
  tamper: (query) => query.set('iss', 'https://attacker.example'),
  check: () =>
    check(
      'authorize.iss-compared',
      'should',
      issReference,
      {
        title: 'refuses a callback with a wrong iss',
        expected: 'no token request, and an error',
        fix: 'Compare iss with https://auth.ziina.com before the code is used.',
      },
      { forbids: true },
    ),
})

const slashedIss = forged({
  name: 'refuses-iss-with-trailing-slash',
  title: 'An issuer with a slash at its end is another issuer',
  providers: ['ziina'],
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
  providers: ['ziina'],
  protectedBy: 'iss',
  tamper: (query) => query.delete('iss'),
  check: (profile) =>
    check(
      'authorize.iss-required',
      'should',
      quirkOf(
        profile,
        'iss-in-the-redirect',
        'The redirect names its issuer; without it the answer may be of another server (RFC 9207 §2.4)',
      ),
      {
        title: 'refuses a callback without iss',
        expected: 'no token request, and an error',
        fix: 'Refuse a callback without iss from a provider that is known to send it.',
      },
      { forbids: true },
    ),
})

const consentForOffline: Case = {
  topic: 'authorize',
  name: 'asks-consent-with-offline-access',
  title: 'offline_access is asked for together with prompt=consent',
  providers: ['ziina'],
  needs: ['authorize'],
  passive: true,
  checks: (profile) => [
    check(
      'authorize.consent-for-offline',
      'provider',
      quirkOf(profile, 'offline-access-needs-consent', 'offline_access needs prompt=consent'),
      {
        title: 'sends prompt=consent with offline_access',
        expected: 'prompt=consent in an authorization URL whose scope has offline_access',
        fix: 'Add prompt=consent. Without it everything seems to work, but no refresh token comes.',
      },
    ),
    check(
      'authorize.offline-granted',
      'provider',
      quirkOf(profile, 'refresh-token-only-offline', 'A refresh token comes only with offline_access'),
      {
        title: 'gets a refresh token',
        expected: 'refresh_token in the token response',
        fix: 'Ask for offline_access with prompt=consent in the authorization URL, not in the token request.',
      },
    ),
  ],
  play: async (stage) => void (await stage.connect()),
  judge: (played) => {
    const offline = authorizations(played.entries).find((entry) => parametersOf(entry)['scope']?.split(' ').includes('offline_access'))
    const redeemed = exchanges(played.entries).find(fine)
    const granted = (): Finding => {
      if (!redeemed) return notSoFar(played, 'no code was redeemed')
      return replyOf(redeemed)['refresh_token'] === undefined ? unmet('no refresh_token in the response', redeemed) : met(redeemed)
    }
    const asked = (): Finding => {
      if (!offline) return notSoFar(played, 'offline_access was not asked for')
      const { prompt } = parametersOf(offline)
      return prompt?.split(' ').includes('consent') ? met(offline) : unmet(prompt ? `prompt=${prompt}` : 'no prompt', offline)
    }
    return { 'authorize.consent-for-offline': asked(), 'authorize.offline-granted': offline ? granted() : asked() }
  },
}

const denialReference = rfc(6749, '4.1.2.1', 'A user who denies is sent back with error=access_denied')

const accessDenied: Case = {
  topic: 'authorize',
  name: 'handles-access-denied',
  title: 'A user who says no is understood, and may say yes later',
  providers: authorizing,
  needs,
  checks: () => [
    check(
      'authorize.denial-is-final',
      'must',
      denialReference,
      {
        title: 'asks for no token after a denial',
        expected: 'no token request, and an error',
        fix: 'Look for error in the callback before anything else; do not go on without a code.',
      },
      { forbids: true },
    ),
    check('authorize.denial-reported', 'advice', denialReference, {
      title: 'says that the user denied',
      expected: 'an OAuth error with the code access_denied',
      fix: 'Hand error and error_description of the callback on to whoever started the connection.',
    }),
    check('authorize.denial-recovers', 'should', denialReference, {
      title: 'connects when the user says yes afterwards',
      expected: 'the next authorization ends with tokens',
      fix: 'Forget what was kept for the denied request, and begin again.',
    }),
  ],
  play: async (stage) => {
    stage.world.double.approvals.deny({ once: true })
    await stage.connect({ as: 'denied' })
    await stage.connect({ as: 'allowed' })
  },
  judge: (played) => {
    const denied = stepOf(played, 'denied')
    const sent = authorizations(played.entries).find(({ outcome, reason }) => outcome === 'refused' || reason === 'access_denied')
    if (!denied || !sent) {
      const finding = notSoFar(played, 'the denial did not reach the client')
      return { 'authorize.denial-is-final': finding, 'authorize.denial-reported': finding, 'authorize.denial-recovers': finding }
    }
    const requests = tokenRequests(denied.entries)
    const final = (): Finding => {
      if (requests.length > 0) return unmet('a token was asked for', sent, ...requests)
      if (denied.state === 'ok') return unmet('the client said that it holds tokens', sent)
      return denied.state === 'failed' ? met(sent) : notSoFar(played, 'the callback was not answered')
    }
    const reported = denied.error?.kind === 'oauth' && denied.error.code === 'access_denied'
    const allowed = stepOf(played, 'allowed')
    return {
      'authorize.denial-is-final': final(),
      'authorize.denial-reported': denied.state === 'failed' ? (reported ? met(sent) : unmet(inWords(denied), sent)) : final(),
      'authorize.denial-recovers': succeeded(allowed)
        ? met(...exchanges(allowed?.entries ?? []))
        : unmet(allowed ? inWords(allowed) : 'no second callback was reached', sent),
    }
  },
}

export const authorizeCases: readonly Case[] = [
  requiredParameters,
  scopeSyntax,
  freshState,
  wrongState,
  missingState,
  doubledState,
  wrongIss,
  slashedIss,
  missingIss,
  consentForOffline,
  accessDenied,
]
