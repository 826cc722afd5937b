/** API calls: where the token stands, which one it is, and what a refusal means. */

import type { Case, Finding } from '../runner/case.js'
import { met, rfc, settingOf, unmet } from '../runner/case.js'
import type { CaseContext } from '../runner/caseContext.js'
import type { Profile } from '../runner/profile.js'
import { assertions, calls, check, exchanges, fate, fine, header, inWords, notSoFar, parametersOf, stepOf } from './reading.js'
import { notRefreshing, takingAssertions } from './when.js'

const schemeReference = (profile: Profile) =>
  profile.scheme === 'Bearer' && profile.quirkAt('resource.scheme') === undefined
    ? rfc(6750, '2.1', 'The access token stands in the Authorization header behind the word Bearer')
    : settingOf(
        profile,
        'resource.scheme',
        profile.scheme === '' ? 'The bare token stands in the Authorization header' : `The scheme is ${profile.scheme}`,
      )

const connectAndCall = async (context: CaseContext): Promise<void> => {
  if (await context.connect()) await context.ask('call')
}

const shape = (value: string | undefined): string =>
  value === undefined
    ? 'no Authorization header'
    : value.includes(' ')
      ? `Authorization: ${value.split(' ', 1)[0]} ...`
      : 'Authorization: a bare value'

const fits = ({ scheme }: Profile, value: string | undefined): boolean =>
  value !== undefined && (scheme === '' ? !value.includes(' ') : value.toLowerCase().startsWith(`${scheme.toLowerCase()} `))

/** Named after the scheme, so that each provider's case says what it wants. */
export const schemeName = ({ scheme }: Profile): string => `sends-${scheme === '' ? 'bare-token' : scheme.toLowerCase()}`

const scheme = (name: string): Case => ({
  topic: 'resource',
  name,
  title: 'The client sends the access token in the Authorization header, as the provider documents',
  applies: (profile) => schemeName(profile) === name,
  needs: ['callback', 'call'],
  passive: true,
  checks: (profile) => [
    check('resource.scheme', 'provider', schemeReference(profile), {
      title: profile.scheme === '' ? 'sends the bare token' : `sends ${profile.scheme} and the token`,
      expected: profile.scheme === '' ? 'Authorization: <token>' : `Authorization: ${profile.scheme} <token>`,
      fix:
        profile.scheme === 'Bearer'
          ? 'Send Authorization: Bearer <token>.'
          : `Set the header yourself: libraries send Bearer, whatever the provider wants.`,
    }),
  ],
  play: connectAndCall,
  judge: (played) => {
    const made = calls(played.entries)
    const [first] = made
    if (!first) return { 'resource.scheme': notSoFar(played, 'no API call came') }
    const wrong = made.find((entry) => !fits(played.profile, header(entry, 'authorization')))
    return { 'resource.scheme': wrong ? unmet(shape(header(wrong, 'authorization')), wrong) : met(...made) }
  },
})

const outOfTheQuery: Case = {
  topic: 'resource',
  name: 'keeps-token-out-of-the-query',
  title: 'The client never puts the access token into a URL',
  needs: ['callback', 'call'],
  passive: true,
  checks: () => [
    check(
      'resource.not-in-query',
      'must',
      rfc(9700, '4.3.2', 'Access tokens do not appear in URLs, which are kept in logs and histories'),
      {
        title: 'keeps the access token out of the URL',
        expected: 'no access_token in the query of an API call',
        fix: 'Send the token in the Authorization header.',
      },
      { consequence: 'secret-exposed' },
    ),
  ],
  play: connectAndCall,
  judge: (played) => {
    const made = calls(played.entries)
    if (made.length === 0) return { 'resource.not-in-query': notSoFar(played, 'no API call came') }
    const tokens = made
      .map((entry) => header(entry, 'authorization')?.split(' ').at(-1))
      .filter((one) => one !== undefined && one.length > 8)
    const leaking = made.find(({ request }) => {
      const query = new URL(request.url, 'http://x').searchParams
      return query.has('access_token') || [...query.values()].some((value) => tokens.includes(value))
    })
    return { 'resource.not-in-query': leaking ? unmet('access_token in the query', leaking) : met(...made) }
  },
}

const stored: Case = {
  topic: 'resource',
  name: 'uses-the-stored-token',
  title: 'Every call carries the access token that was issued',
  needs: ['callback', 'call'],
  checks: () => [
    check('resource.issued-token', 'must', rfc(6749, '7', 'API calls are made with the access token that was issued, unchanged'), {
      title: 'sends the access token as it was issued',
      expected: 'two calls with the token of the token response, to the character',
      fix: 'Store access_token as it came: not trimmed, decoded or encoded again.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    await context.ask('call', 'first')
    await context.ask('call', 'second')
  },
  judge: (played) => {
    const issued = exchanges(played.entries).flatMap((entry) => (fine(entry) ? (entry.issued ?? []) : []))
    const made = calls(played.entries)
    if (issued.length === 0 || made.length === 0) return { 'resource.issued-token': notSoFar(played, 'no token was used') }
    const other = made.find((entry) => !fine(entry) && entry.reason !== 'token_scheme_wrong')
    const unused = made.find((entry) => entry.presented !== undefined && !issued.some(({ id }) => id === entry.presented?.id))
    const wrong = other ?? unused
    return {
      'resource.issued-token': wrong
        ? unmet(`a call with another token: ${fate(wrong)}`, wrong)
        : made.some(fine)
          ? met(...made)
          : notSoFar(played, 'no call was answered'),
    }
  },
}

const creditHeader = ({ settings }: Profile): string => settings.assertion?.creditHeader ?? ''

const named: Case = {
  topic: 'resource',
  name: 'names-application',
  title: "An application that uses a merchant's key says who it is",
  applies: (profile) => takingAssertions(profile) && profile.settings.assertion?.creditHeader != null,
  needs: ['assertion', 'call'],
  checks: (profile) => [
    check(
      'resource.application-named',
      'advice',
      settingOf(
        profile,
        'assertion.byRegisteredClient',
        `An application that wants to be credited names itself in ${creditHeader(profile)}`,
      ),
      {
        title: 'names itself in API calls',
        expected: `${creditHeader(profile)} with the client_id of the application`,
        fix: `Add the header ${creditHeader(profile)} to API calls that are made with a key of somebody else.`,
      },
    ),
    check(
      'resource.application-at-token-endpoint',
      'advice',
      settingOf(profile, 'assertion.byRegisteredClient', 'A registered application presents a key under its own client_id, to be credited'),
      {
        title: 'presents the key of a merchant under its own client_id',
        expected: 'client_id of the application beside the assertion, not the one that the key was made for',
        fix: 'Send the client_id of your registered application with the assertion.',
      },
    ),
  ],
  play: async (context) => {
    if ((await context.ask('assertion')).state === 'ok') await context.ask('call')
  },
  judge: (played) => {
    const granted = assertions(played.entries).find(fine)
    const [made] = calls(played.entries)
    if (!granted || !made) {
      const none = notSoFar(played, 'no call was made with a token from an assertion')
      return { 'resource.application-named': none, 'resource.application-at-token-endpoint': none }
    }
    const presenter = parametersOf(granted)['client_id']
    const wanted = creditHeader(played.profile)
    const name = header(made, wanted.toLowerCase())
    const finding: Finding = name === presenter ? met(made) : unmet(name ? `${wanted}: ${name}` : `no ${wanted}`, made)
    return {
      'resource.application-named': finding,
      // A key is known by the client that it was made for.
      'resource.application-at-token-endpoint':
        presenter === granted.presented?.id ? unmet('client_id of the key itself', granted) : met(granted),
    }
  },
}

const refusal: Case = {
  topic: 'resource',
  name: 'reports-a-401',
  title: 'The client reports a 401 when no refresh can help',
  applies: notRefreshing,
  needs: ['callback', 'call'],
  checks: () => [
    check('resource.refusal-reported', 'must', rfc(9110, '15.5.2', 'A 401 means that the call was not carried out'), {
      title: 'reports that its token was refused',
      expected: 'the step fails, or names the status 401',
      fix: 'Look at the status of every API answer: here a new token comes only from a new authorization.',
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'resource', kind: 'refuse', reason: 'token_revoked', times: 'always' })
    await context.ask('call', 'refused')
  },
  judge: (played) => {
    const step = stepOf(played, 'refused')
    const rejected = calls(step?.entries ?? []).find(({ response }) => response.status === 401)
    if (!step || !rejected) return { 'resource.refusal-reported': notSoFar(played, 'no call was answered 401') }
    const hidden = step.state === 'ok' && step.status !== 401
    return {
      'resource.refusal-reported': hidden
        ? unmet(inWords(step), rejected)
        : step.state === 'silent'
          ? unmet('it did not come to an end', rejected)
          : met(rejected),
    }
  },
}

export const resourceCases = (profile: Profile): readonly Case[] => [scheme(schemeName(profile)), outOfTheQuery, stored, named, refusal]
