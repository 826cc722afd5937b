/** What only a search provokes: callbacks that nobody asked for, and the rules that no client may break with them. */

import { authorizations, exchanges, fine } from '../cases/reading.js'
import type { Invariant } from '../invariants/history.js'
import { rfc } from '../runner/case.js'
import type { Forgery } from './schedule.js'

/** A state that is another one when a letter's case is. */
const otherCase = (state: string): string | undefined => {
  const changed = state.replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
  return changed === state ? undefined : changed
}

/** The state of a forged callback, where one is sent; undefined where it cannot be made. */
const forgedState = (how: Forgery, sent: string | undefined, used: boolean): { readonly send?: string } | undefined => {
  if (how === 'used-state') return used && sent !== undefined ? { send: sent } : undefined
  if (how === 'no-state' || how === 'error-without-state') return {}
  if (how === 'empty-state') return { send: '' }
  if (how === 'other-state' || how === 'error-with-other-state') return { send: 'bm90LXRoZS1zdGF0ZS10aGF0LXdhcy1zZW50' }
  if (sent === undefined || used || sent.length < 2) return undefined
  if (how === 'other-issuer' || how === 'no-issuer') return { send: sent }
  if (how === 'prefix-of-state') return { send: sent.slice(0, -1) }
  if (how === 'longer-state') return { send: `${sent}x` }
  const other = otherCase(sent)
  return other === undefined ? undefined : { send: other }
}

/**
 * A callback that the client must not believe, still without a code; undefined where it cannot be made.
 *
 * @param landed the callback of a browser that is under way, or the redirect URI alone
 * @param used it has come already
 */
export const forgedCallback = (how: Forgery, landed: URL, used: boolean): URL | undefined => {
  const state = forgedState(how, landed.searchParams.get('state') ?? undefined, used)
  const issuer = landed.searchParams.get('iss')
  if (state === undefined || (/issuer/.test(how) && issuer === null)) return undefined
  const url = new URL(landed.origin + landed.pathname)
  for (const [name, value] of landed.searchParams)
    if (!/^(code|state|error|error_description)$/.test(name)) url.searchParams.set(name, value)
  if (state.send !== undefined) url.searchParams.set('state', state.send)
  if (how === 'other-issuer') url.searchParams.set('iss', 'https://attacker.example')
  if (how === 'no-issuer') url.searchParams.delete('iss')
  if (how.startsWith('error-')) url.searchParams.set('error', 'access_denied')
  return url
}

/** Steps of a search that hand a client a callback which is not its own begin so. */
const strange = /^(forged callback|callback that belongs to)/
/** A callback with the right state, and the wrong issuer. */
const misissued = /^forged callback \((other|no)-issuer\)/

export const acceptsOnlyItsOwn: Invariant = {
  id: 'always.accepts-only-its-own',
  title: 'takes no callback that it did not ask for',
  level: 'must',
  consequence: 'secret-exposed',
  reference: rfc(6749, '10.12', 'A client binds its request to the browser that made it, and takes no other callback'),
  expected: 'no token request for a callback whose state is missing, changed, used or of another browser',
  fix: 'Keep the state with the browser session, compare it whole, take it once, and redeem nothing when it differs.',
  find: ({ steps }) =>
    steps.flatMap(({ as, entries }) => {
      const taken = strange.test(as) && !misissued.test(as) ? exchanges(entries).find(fine) : undefined
      return taken ? [{ seen: `took a ${as} and holds somebody else's tokens`, evidence: [taken] }] : []
    }),
}

/** Who sends a state has to look at it, even where something else, such as PKCE, keeps the worst away. */
export const comparesState: Invariant = {
  id: 'always.compares-state',
  title: 'redeems no code of a callback with another state',
  level: 'must',
  consequence: 'rule-broken',
  reference: rfc(6749, '10.12', 'The client compares the state of a callback with the one that it sent'),
  expected: 'no token request for a callback whose state is missing, changed, used or of another browser',
  fix: 'Compare the whole state before anything else is done with the callback, and redeem nothing when it differs.',
  find: ({ entries, steps }) => {
    const sends = authorizations(entries).some(({ request }) => (request.parameters['state'] ?? '') !== '')
    if (!sends) return []
    return steps.flatMap(({ as, entries: mine }) => {
      const sent = strange.test(as) && !misissued.test(as) ? exchanges(mine) : []
      const [first] = sent
      return first === undefined || sent.some(fine) ? [] : [{ seen: `sent the code of a ${as} to the token endpoint`, evidence: [first] }]
    })
  },
}

export const comparesIssuer: Invariant = {
  id: 'always.compares-issuer',
  title: 'redeems no code of a callback that names another issuer, or none',
  level: 'should',
  consequence: 'rule-broken',
  reference: rfc(
    9207,
    '2.4',
    'A client compares iss with the issuer to which it sent the user, and takes no callback without it where it always comes',
  ),
  expected: 'no token request for a callback whose iss is missing or another one',
  fix: 'Compare iss with the issuer to the character before the code is used, and refuse a callback without it from a provider that sends it.',
  find: ({ steps }) =>
    steps.flatMap(({ as, entries }) => {
      const [sent] = misissued.test(as) ? exchanges(entries) : []
      return sent ? [{ seen: `sent the code of a ${as} to the token endpoint`, evidence: [sent] }] : []
    }),
}

/** A process that ends by itself in a step has no answer for whoever waits. */
export const keepsRunning: Invariant = {
  id: 'always.keeps-running',
  title: 'answers, whatever the provider does',
  level: 'must',
  consequence: 'rule-broken',
  reference: {
    id: 'RFC 6749 §5.2',
    text: 'A failed request is an outcome that a client reports, not the end of its process',
    url: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2',
  },
  expected: 'an answer to every step, an error where it did not work',
  fix: 'Handle every rejection of a request in the step that made it; let none of them end the process.',
  find: ({ steps }) =>
    steps
      .filter(({ state, note }) => state === 'ended' || state === 'junk' || (state === 'killed' && !/^killed during/.test(note ?? '')))
      .map(({ as, note = '', entries }) => ({ seen: `in the step "${as}" it ${note}`, evidence: entries.slice(-3) })),
}
