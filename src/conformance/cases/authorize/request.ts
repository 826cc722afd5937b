/** What an authorization URL carries. */

import type { JournalEntry } from '../../../index.js'
import type { Case, Finding } from '../../runner/case.js'
import { inapplicable, met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import { authorizations, check, exchanges, fine, notSoFar, parametersOf, replyOf, stepOf } from '../reading.js'
import { askingOffline, authorizing } from '../when.js'

const beginOnly = async (context: CaseContext): Promise<void> => void (await context.begin())

const requiredParameters: Case = {
  topic: 'authorize',
  name: 'sends-required-parameters',
  title: 'The authorization URL carries everything the provider asks for',
  applies: authorizing,
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
  applies: (profile) => authorizing(profile) && profile.settings.authorize?.scopeSeparators === ' ' && profile.settings.scopes.length > 1,
  needs: ['authorize'],
  passive: true,
  checks: () => [
    check('authorize.scope-syntax', 'must', rfc(6749, '3.3', 'scope is a list of words separated by spaces'), {
      title: 'separates scopes with spaces',
      expected: 'scope=one%20two or scope=one+two: words with a space between them',
      fix: 'Join the scopes with a space and encode the whole value once; %2B is a plus sign, not a space.',
    }),
  ],
  play: beginOnly,
  judge: (played) => {
    const [first] = authorizations(played.entries)
    const scope = first && parametersOf(first)['scope']
    if (!first) return { 'authorize.scope-syntax': notSoFar(played, 'no authorization request came') }
    if (scope === undefined) return { 'authorize.scope-syntax': inapplicable('it asks for no scope') }
    const odd = /[,;+|]/.exec(scope)?.[0]
    if (odd !== undefined) return { 'authorize.scope-syntax': unmet(`scopes joined by ${JSON.stringify(odd)}: ${scope}`, first) }
    return { 'authorize.scope-syntax': scope.trim().includes(' ') ? met(first) : inapplicable('it asks for one scope only') }
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
  applies: authorizing,
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
      fix: 'Take 16 random bytes or more from a cryptographic source; an order number or a time is not a secret.',
    }),
  ],
  play: async (context) => {
    await context.begin({ as: 'first' })
    await context.begin({ as: 'second' })
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

const offlineOf = ({ settings }: Profile): { readonly scope: string; readonly prompt: string } =>
  settings.authorize?.offline ?? { scope: 'offline_access', prompt: 'consent' }

const asksFor = (entry: JournalEntry, scope: string): boolean => parametersOf(entry)['scope']?.split(' ').includes(scope) ?? false

const consentForOffline: Case = {
  topic: 'authorize',
  name: 'asks-consent-with-offline-access',
  title: 'offline_access is asked for together with prompt=consent',
  applies: askingOffline,
  needs: ['authorize'],
  passive: true,
  checks: (profile) => [
    check(
      'authorize.consent-for-offline',
      'provider',
      settingOf(profile, 'authorize.offline', `${offlineOf(profile).scope} needs prompt=${offlineOf(profile).prompt}`),
      {
        title: `sends prompt=${offlineOf(profile).prompt} with ${offlineOf(profile).scope}`,
        expected: `prompt=${offlineOf(profile).prompt} in an authorization URL whose scope has ${offlineOf(profile).scope}`,
        fix: `Add prompt=${offlineOf(profile).prompt}. Without it everything seems to work, but no refresh token comes.`,
      },
    ),
    check(
      'authorize.offline-granted',
      'provider',
      settingOf(profile, 'refresh.given', `A refresh token comes only with ${offlineOf(profile).scope}`),
      {
        title: 'gets a refresh token',
        expected: 'refresh_token in the token response',
        fix: `Ask for ${offlineOf(profile).scope} with prompt=${offlineOf(profile).prompt} in the authorization URL, not in the token request.`,
      },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect()) || !context.can('refresh')) return
    const { scope } = offlineOf(context.profile)
    if (!authorizations(context.entries()).some((entry) => asksFor(entry, scope))) await context.ask('refresh')
  },
  judge: (played) => {
    const { scope, prompt: wanted } = offlineOf(played.profile)
    const offline = authorizations(played.entries).find((entry) => asksFor(entry, scope))
    const redeemed = exchanges(played.entries).find(fine)
    const granted = (): Finding => {
      if (!redeemed) return notSoFar(played, 'no code was redeemed')
      return replyOf(redeemed)['refresh_token'] === undefined ? unmet('no refresh_token in the response', redeemed) : met(redeemed)
    }
    const unasked = (): Finding => {
      const [first] = authorizations(played.entries)
      if (!first) return notSoFar(played, 'no authorization request came')
      if (!stepOf(played, 'refresh')) return inapplicable(`it does not ask for ${scope}`)
      return unmet(`it means to refresh, and did not ask for ${scope}`, first)
    }
    const asked = (): Finding => {
      if (!offline) return unasked()
      const { prompt } = parametersOf(offline)
      return prompt?.split(' ').includes(wanted) ? met(offline) : unmet(prompt ? `prompt=${prompt}` : 'no prompt', offline)
    }
    return { 'authorize.consent-for-offline': asked(), 'authorize.offline-granted': offline ? granted() : asked() }
  },
}

export const requestCases: readonly Case[] = [requiredParameters, scopeSyntax, freshState, consentForOffline]
