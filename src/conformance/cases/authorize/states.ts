/** States that are almost right, were used before, or belong to somebody else's browser. */

import type { Case, Finding, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { PlayedStep } from '../../runner/step.js'
import { authorizations, check, exchanges, fine, inWords, notSoFar, parametersOf, stepOf, tokenRequests } from '../reading.js'
import { authorizing, namingIssuer } from '../when.js'
import { needs } from './callback.js'

const reference = rfc(6749, '10.12', 'The state that comes back is compared with the one that was sent')

const otherCase = (text: string): string => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase())

/** In the middle, since the last letter of an encoded value may not count. */
const oneCharacterChanged = (state: string): string => {
  const at = Math.floor(state.length / 2)
  return `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`
}

/** The first letter as its escape: right only for somebody who decodes twice. */
const decodedTwice = (state: string): string => `%${state.charCodeAt(0).toString(16)}${state.slice(1)}`

const nearMisses: { readonly [name: string]: (state: string) => string } = {
  'an empty state': () => '',
  'the first half of the state': (state) => state.slice(0, Math.ceil(state.length / 2)),
  'the first eight characters and others': (state) => `${state.slice(0, 8)}${'x'.repeat(Math.max(1, state.length - 8))}`,
  'the last eight characters behind others': (state) => `${'x'.repeat(Math.max(1, state.length - 8))}${state.slice(-8)}`,
  'the state with something behind it': (state) => `${state}x`,
  'another state of the same length': (state) => 'x'.repeat(state.length),
  'one character changed': oneCharacterChanged,
  'the last character changed for another': (state) => `${state.slice(0, -1)}${state.endsWith('~') ? '!' : '~'}`,
  'upper and lower case changed': otherCase,
  'the state encoded once more': decodedTwice,
}

const sendsState = (played: Played): boolean => authorizations(played.entries).some((entry) => parametersOf(entry)['state'] !== undefined)

const nearMiss: Case = {
  topic: 'authorize',
  name: 'refuses-near-misses-of-state',
  title: 'A callback whose state is almost right is refused',
  applies: authorizing,
  needs,
  checks: () => [
    check(
      'authorize.state-exact',
      'must',
      reference,
      {
        title: 'compares state as a whole, to the character',
        expected: 'no token request for a state that is empty, cut, longer, of another case, encoded twice or different in one character',
        fix: 'Compare the whole value as it came with the whole value that was kept, and nothing else.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    for (const [name, change] of Object.entries(nearMisses)) {
      const tamper = (query: URLSearchParams): void => query.set('state', change(query.get('state') ?? ''))
      if (context.over() || (await context.connect({ as: name, tamper }))) return
    }
  },
  judge: (played) => {
    const tried = played.steps.filter(({ step, as }) => step === 'callback' && nearMisses[as] !== undefined)
    if (!sendsState(played) && authorizations(played.entries).length > 0)
      return { 'authorize.state-exact': inapplicable('it sends no state, and another check says so') }
    if (tried.length === 0) return { 'authorize.state-exact': notSoFar(played, 'no callback was delivered') }
    const taken = tried.find(({ entries, state }) => tokenRequests(entries).length > 0 || state === 'ok')
    if (taken)
      return { 'authorize.state-exact': unmet(`it took ${taken.as}`, ...authorizations(played.entries).slice(-1), ...taken.entries) }
    return { 'authorize.state-exact': met(...authorizations(played.entries)) }
  },
}

const used: Case = {
  topic: 'authorize',
  name: 'refuses-a-used-state',
  title: 'A state that was used before is good for nothing any more',
  applies: authorizing,
  needs,
  checks: () => [
    check(
      'authorize.state-once',
      'must',
      rfc(9700, '4.7.1', 'state is bound to one request and used once'),
      {
        title: 'refuses a fresh code with a state that was used before',
        expected: 'no token request, and an error',
        fix: 'Delete the kept state when a callback takes it.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const first = await context.begin({ as: 'first' })
    if (first === undefined) return
    if ((await context.ask('callback', 'first', { url: first })).state !== 'ok') return
    const old = new URL(first).searchParams.get('state')
    const tamper = (query: URLSearchParams): void => (old === null ? query.delete('state') : query.set('state', old))
    await context.connect({ as: 'used state', tamper })
  },
  judge: (played) => {
    const again = stepOf(played, 'used state')
    if (!sendsState(played) && authorizations(played.entries).length > 0)
      return { 'authorize.state-once': inapplicable('it sends no state, and another check says so') }
    if (again?.step !== 'callback') return { 'authorize.state-once': notSoFar(played, 'no callback came with a used state') }
    const sent = tokenRequests(again.entries)
    const asked = authorizations(played.entries)
    if (sent.length > 0) return { 'authorize.state-once': unmet('the code was sent to the token endpoint', ...asked, ...sent) }
    return { 'authorize.state-once': again.state === 'ok' ? unmet('the client said that it holds tokens', ...asked) : met(...asked) }
  },
}

const otherSession: Case = {
  topic: 'authorize',
  name: 'refuses-a-callback-of-another-session',
  title: "A callback that belongs to another person's browser is refused",
  applies: authorizing,
  needs: ['authorize', 'callback', 'sessions'],
  checks: () => [
    check(
      'authorize.state-of-session',
      'must',
      rfc(6749, '10.12', 'state is bound to the browser of the person who began'),
      {
        title: 'refuses the callback of another session',
        expected: 'no token request when the callback of one browser comes in another',
        fix: 'Keep state in the session of the browser (a cookie), and compare it with that session only.',
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
  ],
  play: async (context) => {
    const mine = await context.begin({ as: 'victim', session: 'victim' })
    const theirs = await context.begin({ as: 'attacker', session: 'attacker' })
    if (mine !== undefined && theirs !== undefined) await context.ask('callback', 'crossed', { url: theirs, session: 'victim' })
  },
  judge: (played) => {
    const crossed = stepOf(played, 'crossed')
    const asked = authorizations(played.entries)
    if (!crossed || asked.length < 2) return { 'authorize.state-of-session': notSoFar(played, 'no callback came in another session') }
    const sent = tokenRequests(crossed.entries)
    if (sent.length > 0) return { 'authorize.state-of-session': unmet('the code was sent to the token endpoint', ...asked, ...sent) }
    return {
      'authorize.state-of-session': crossed.state === 'ok' ? unmet('the client said that it holds tokens', ...asked) : met(...asked),
    }
  },
}

const twoTabs: Case = {
  topic: 'authorize',
  name: 'lets-two-tabs-connect',
  title: 'An authorization that begins in a second tab does not end the one in the first',
  applies: authorizing,
  needs,
  checks: () => [
    check(
      'authorize.two-tabs',
      'advice',
      rfc(6749, '10.12', 'Each authorization request has a state of its own'),
      {
        title: 'takes the callback of the first tab although a second began',
        expected: 'the callback of the first authorization is taken after a second one began',
        fix: 'Keep what belongs to a request under its state, not in one place for all.',
      },
      { recovers: true },
    ),
  ],
  play: async (context) => {
    const first = await context.begin({ as: 'first tab' })
    const second = await context.begin({ as: 'second tab' })
    if (first !== undefined && second !== undefined) await context.ask('callback', 'callback of the first tab', { url: first })
  },
  judge: (played) => {
    const taken = stepOf(played, 'callback of the first tab')
    if (!taken) return { 'authorize.two-tabs': notSoFar(played, 'two authorizations were not begun') }
    const redeemed = exchanges(taken.entries).filter(fine)
    return {
      'authorize.two-tabs': redeemed.length > 0 ? met(...redeemed) : unmet(inWords(taken), ...authorizations(played.entries).slice(0, 2)),
    }
  },
}

/** Errors that somebody made up, by what is wrong with them. */
const forgedErrors: { readonly [name: string]: (query: URLSearchParams) => void } = {
  'another state': (query) => query.set('state', 'forged-by-somebody-else'),
  'no state': (query) => query.delete('state'),
  'no state and no issuer': (query) => {
    query.delete('state')
    query.delete('iss')
  },
}

/** What was wrong with an error whose state is right. */
const anotherIssuer = 'another issuer'

const forgedIssuer = check(
  'authorize.forged-error-iss',
  'should',
  rfc(9207, '2.4', 'A client must not assume that an error with another iss comes from the server that it asked'),
  {
    title: 'ignores an error callback of another issuer',
    expected: 'the real callback is taken after an error with another iss came',
    fix: 'Compare iss before error is looked at, as for a code, and forget nothing when it differs.',
  },
  { recovers: true },
)

/** Its state is right: the other server was told it, as in a mix-up. */
const errorOfAnotherIssuer = async (context: CaseContext): Promise<void> => {
  const url = await context.begin({ as: anotherIssuer })
  if (url === undefined) return
  const other = new URL(url)
  other.searchParams.delete('code')
  other.searchParams.set('error', 'access_denied')
  other.searchParams.set('iss', 'https://attacker.example')
  await context.ask('callback', 'forged', { url: other.href })
  await context.ask('callback', anotherIssuer, { url })
}

const forgedError: Case = {
  topic: 'authorize',
  name: 'outlives-a-forged-error',
  title: 'An error callback that nobody asked for, with another state or none, does not end the authorization under way',
  applies: authorizing,
  needs,
  checks: (profile) => [
    ...(namingIssuer(profile) ? [forgedIssuer] : []),
    check(
      'authorize.forged-error',
      'should',
      rfc(6749, '4.1.2.1', 'An error comes back with the state that was sent'),
      {
        title: 'ignores an error callback with another state or none',
        expected: 'the real callback is taken after an error came with another state, without state, or without state and issuer',
        fix: 'Compare state before error is looked at, and forget nothing when it differs or is missing.',
      },
      { recovers: true },
    ),
  ],
  play: async (context) => {
    for (const [name, spoil] of Object.entries(forgedErrors)) {
      if (name.endsWith('issuer') && !namingIssuer(context.profile)) continue
      const url = await context.begin({ as: name })
      if (url === undefined) return
      const forged = new URL(url)
      forged.searchParams.delete('code')
      forged.searchParams.set('error', 'access_denied')
      spoil(forged.searchParams)
      await context.ask('callback', 'forged', { url: forged.href })
      await context.ask('callback', name, { url })
      if (context.over()) return
    }
    if (namingIssuer(context.profile) && !context.over()) await errorOfAnotherIssuer(context)
  },
  judge: (played): { readonly [check: string]: Finding } => {
    const [asked] = authorizations(played.entries)
    const outlived = (callbacks: readonly PlayedStep[]): Finding => {
      if (callbacks.length === 0 || !asked) return notSoFar(played, 'no callback was delivered')
      const lost = callbacks.find(({ entries }) => !exchanges(entries).some(fine))
      if (lost) return unmet(`an error callback with ${lost.as} came before: ${inWords(lost)}`, asked)
      return met(...callbacks.flatMap(({ entries }) => exchanges(entries).filter(fine)))
    }
    const after = (name: string): readonly PlayedStep[] => played.steps.filter(({ step, as }) => step === 'callback' && as === name)
    return {
      'authorize.forged-error': outlived(Object.keys(forgedErrors).flatMap(after)),
      [forgedIssuer.id]: outlived(after(anotherIssuer)),
    }
  },
}

export const stateCases: readonly Case[] = [nearMiss, used, otherSession, twoTabs, forgedError]
