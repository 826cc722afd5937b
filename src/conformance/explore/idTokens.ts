/** ID tokens that are wrong in one thing, and the rule for a client that looks at them. */

import type { ForeignKeys, TokenClaims } from '../../http/foreignKeys.js'
import type { JournalEntry } from '../../index.js'
import type { Flaw } from '../cases/idTokenFlaws.js'
import { shows, wrongs } from '../cases/idTokenFlaws.js'
import { authorizations, calls, exchanges, parametersOf } from '../cases/reading.js'
import type { History, Invariant } from '../invariants/history.js'
import type { World } from './world.js'
import { entriesOf } from './world.js'

const hour = 3600

/** The keys are the same in every schedule, for they take long to make. */
let made: Promise<ForeignKeys> | undefined

const keysOf = (): Promise<ForeignKeys> => {
  made ??= import('../../http/foreignKeys.js').then(({ makeForeignKeys }) => makeForeignKeys())
  return made
}

const callback = 'callback with an ID token that has '

/** How the step is called in which it arrives. */
export const flawedStep = (flaw: Flaw): string => `${callback}${wrongs[flaw].words}`

/** Beside the keys of somebody else the provider's own stay published: a client that keeps them is not led astray. */
const published = async (world: World, keys: ForeignKeys): Promise<object> => {
  const { keys: foreign } = keys.published as { readonly keys: readonly object[] }
  const path = Object.values(world.profile.settings.endpoints).find(({ operation }) => operation === 'jwks')?.path ?? ''
  const reply = await world.unseen(() => fetch(`${world.address.baseUrl}${path}`))
  const own = (await reply.json()) as { readonly keys?: readonly object[] }
  return { keys: [...(own.keys ?? []), ...foreign] }
}

/** The next exchange brings an ID token with this flaw. @returns what ends it, whether the exchange came or not */
export const bringFlawed = async (world: World, flaw: Flaw): Promise<() => void> => {
  const { double, address, profile } = world
  const { provider } = profile
  const keys = await keysOf()
  const asked = authorizations(entriesOf(world)).at(-1)
  const nonce = asked && parametersOf(asked)['nonce']
  // Some clients go by the provider's time, some by the machine's, some by both: a time must be wrong, or right, for each.
  const [early, late] = [Date.now() / 1000, double.clock.now()].map(Math.floor).sort((a, b) => a - b) as [number, number]
  const claims: TokenClaims = {
    iss: profile.issuer,
    sub: world.users[0] ?? 'user',
    aud: address.clientId,
    iat: early,
    exp: late + hour,
    ...(nonce === undefined ? {} : { nonce }),
  }
  const token = await wrongs[flaw].make(keys, claims, { early, late })
  // Trouble that still waits for an exchange would come in the place of this one.
  double.faults.clear()
  const faults = [
    double.faults.set(provider, 'jwks', { kind: 'status', status: 200, body: await published(world, keys) }),
    double.faults.next(provider, 'token', { kind: 'say', set: { id_token: token } }, { when: { grantType: 'authorization_code' } }),
  ]
  return () => {
    for (const { id } of faults) double.faults.clear(id)
  }
}

/** A client that does not look at this promises nobody that it does. */
const looks = (entries: readonly JournalEntry[], as: string): boolean => {
  const wrong = Object.values(wrongs).find(({ words }) => as === `${callback}${words}`)
  return wrong !== undefined && shows(entries, wrong.shownBy)
}

/** What the exchange of such a step brought. */
const told = (entries: readonly JournalEntry[]): JournalEntry | undefined =>
  exchanges(entries).find(({ fault, outcome }) => fault?.kind === 'say' && outcome === 'answered')

/** What a client may need to know before it takes the tokens: the keys of the ID token, or whose tokens they are. */
const alsoNeeded = /^(jwks|userinfo|resource)$/

/** Exchanges whose tokens a client rightly did not take: it could not believe what came with them, or learn what it needed. */
export const disbelieved = (steps: History['steps']): readonly JournalEntry[] =>
  steps
    .filter(
      ({ step, as, state, entries }) =>
        step === 'callback' &&
        state !== 'ok' &&
        (as.startsWith(callback) || entries.some(({ operation = '', fault }) => alsoNeeded.test(operation) && fault !== undefined)),
    )
    .flatMap(({ entries }) => exchanges(entries))

export const checksIdTokens: Invariant = {
  id: 'always.checks-id-tokens',
  title: 'believes no ID token that is wrong',
  level: 'must',
  consequence: 'rule-broken',
  reference: {
    id: 'OpenID Connect Core 1.0 §3.1.3.7',
    text: 'Signature, algorithm, iss, aud, nonce and exp of an ID token are validated',
    url: 'https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.3.1.3.7',
  },
  expected: 'an error, and no API call with the tokens that came with it',
  fix: 'Verify the signature with the keys at jwks_uri and the algorithms that the provider uses, then iss, aud, nonce and the times; keep nothing of the reply when one of them is wrong.',
  find: ({ steps, entries }) =>
    steps.flatMap(({ as, entries: mine }) => {
      const came = as.startsWith(callback) ? told(mine) : undefined
      if (!came || !looks(entries, as)) return []
      const brought = (came.issued ?? []).filter(({ kind }) => kind === 'access_token').map(({ id }) => id)
      const used = calls(entries).find(({ presented }) => brought.includes(presented?.id ?? ''))
      return used
        ? [{ seen: `it went on with the tokens that came with an ID token that has ${as.slice(callback.length)}`, evidence: [came, used] }]
        : []
    }),
}
