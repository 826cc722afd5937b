/** Makes up what happens in a schedule: turns that belong together, each kind as often as it is worth. */

import type { Arbitrary } from 'fast-check'
import { flaws, givesIdTokens } from '../cases/idTokenFlaws.js'
import type { Profile } from '../runner/profile.js'
import { nameOf } from './play.js'
import type { Act, Forgery, Ground, Turn } from './schedule.js'
import { ends, forgeries } from './schedule.js'
import type { Fc, Group, Scope, Weighted, Who } from './turns.js'
import { calm, stopsFor, turnOf, whoOf } from './turns.js'

/** Browsers that come back, with what is theirs or with what is not. */
const browserGroups = (fc: Fc, scope: Scope): readonly Weighted<Group>[] => {
  const { can, coverage } = scope
  if (!can('authorize')) return []
  const begin = calm({ do: 'begin', browser: 'a' })
  const forged = (how: Forgery): readonly Weighted<Group>[] => [
    {
      weight: coverage.acts(`forge ${how}`) === 0 ? 3 : 1,
      arbitrary: fc.constant<Group>([
        begin,
        ...(how === 'used-state' ? [calm({ do: 'finish', browser: 'a', how: 'own' })] : []),
        calm({ do: 'forge', browser: 'a', how }),
      ]),
    },
  ]
  const swapped: readonly Weighted<Group>[] = can('sessions')
    ? [
        {
          weight: 3,
          arbitrary: fc.constant<Group>([begin, calm({ do: 'begin', browser: 'b' }), calm({ do: 'finish', browser: 'a', how: 'swapped' })]),
        },
      ]
    : []
  return [
    ...forgeries.flatMap(forged),
    ...swapped,
    { weight: 1, arbitrary: fc.constant<Group>([begin]) },
    {
      weight: 2,
      arbitrary: fc.constant<Group>([
        begin,
        calm({ do: 'finish', browser: 'a', how: 'own' }),
        calm({ do: 'finish', browser: 'a', how: 'again' }),
      ]),
    },
    { weight: 2, arbitrary: fc.constant<Group>([begin, calm({ do: 'finish', browser: 'a', how: 'twice' })]) },
    {
      weight: 2,
      arbitrary: turnOf(fc, scope, fc.constant<Act>({ do: 'finish', browser: 'a', how: 'own' }), 'finish', 0.8).map(
        (turn): Group => [begin, turn],
      ),
    },
  ]
}

const callGroups = (fc: Fc, scope: Scope): readonly Weighted<Group>[] => {
  const who = whoOf(fc, scope)
  const act = <A extends Act>(make: (who: Who) => A): Arbitrary<Act> => who.map(make)
  const single = (acts: Arbitrary<Act>, kind: Act['do'], share?: number): Arbitrary<Group> =>
    turnOf(fc, scope, acts, kind, share).map((turn) => [turn])
  const { can } = scope
  const call = fc
    .tuple(who, fc.constantFrom(1, 1, 1, 5))
    .map(([one, times]): Act => ({ do: 'call', ...one, ...(times === 1 ? {} : { times }) }))
  return [
    ...(can('call') ? [{ weight: 12, arbitrary: single(call, 'call') }] : []),
    ...(can('refresh')
      ? [
          {
            weight: 4,
            arbitrary: single(
              act((one) => ({ do: 'refresh', ...one })),
              'refresh',
            ),
          },
        ]
      : []),
    {
      weight: 3,
      arbitrary: single(
        act(({ customer }) => ({ do: 'connect', ...(customer === undefined ? {} : { customer }) })),
        'connect',
        0.7,
      ),
    },
    ...(can('authorize') ? [{ weight: 1, arbitrary: fc.constant<Group>([calm({ do: 'connect', denied: true })]) }] : []),
    ...(can('assertion')
      ? [
          {
            weight: 2,
            arbitrary: single(
              // The key is that of the first customer.
              act(({ customer: _, ...one }) => ({ do: 'assertion', ...one })),
              'assertion',
            ),
          },
        ]
      : []),
    ...(can('revoke')
      ? [
          {
            weight: 2,
            arbitrary: single(
              act(({ customer }) => ({ do: 'revoke', ...(customer === undefined ? {} : { customer }) })),
              'revoke',
            ),
          },
        ]
      : []),
  ]
}

const overlapGroups = (fc: Fc, scope: Scope): readonly Weighted<Group>[] => {
  const steps = (['call', 'refresh'] as const).filter((step) => scope.can(step))
  if (steps.length === 0) return []
  const act = fc
    .tuple(
      whoOf(fc, scope),
      fc.constantFrom(...steps),
      fc.constantFrom(...steps),
      stopsFor(fc, scope, 'call'),
      fc.constantFrom(undefined, undefined, true as const),
    )
    .map(
      ([who, first, beside, stop, lost]): Act => ({ do: 'overlap', ...who, first, beside, stop, ...(lost === undefined ? {} : { lost }) }),
    )
  return [{ weight: 5, arbitrary: turnOf(fc, scope, act, 'call', 0.2).map((turn) => [turn]) }]
}

const crashGroups = (fc: Fc, scope: Scope): readonly Weighted<Group>[] => {
  const { can } = scope
  if (!can('restart')) return []
  const plain: Weighted<Group> = { weight: 3, arbitrary: fc.constant<Group>([calm({ do: 'crash' })]) }
  if (!can('kill')) return [plain]
  const during = (['connect', 'call', 'refresh'] as const)
    .filter((step) => step === 'connect' || can(step))
    .map((step): Weighted<Group> => {
      const act = stopsFor(fc, scope, step).map((stop): Act => ({ do: 'crash', during: { step, stop } }))
      return { weight: 1, arbitrary: turnOf(fc, scope, act, step, 0).map((turn) => [turn]) }
    })
  return [plain, ...during]
}

const worldGroups = (fc: Fc, { profile, can, coverage }: Scope): readonly Weighted<Group>[] => {
  const { settings } = profile
  const signed = settings.idToken !== null || settings.access.format.kind === 'jwt'
  // An ID token is rightly refused by whoever thinks that it has ended.
  const skews = can('clock') && settings.idToken === null
  return [
    {
      weight: 2,
      arbitrary: fc.constantFrom(...ends).map((what): Group => [calm({ do: 'end', what })]),
    },
    ...(givesIdTokens(profile) && can('authorize')
      ? flaws.map((idToken) => ({
          weight: coverage.acts(nameOf({ do: 'connect', idToken })) === 0 ? 2 : 1,
          arbitrary: fc.constant<Group>([calm({ do: 'connect', idToken })]),
        }))
      : []),
    ...(signed ? [{ weight: 1, arbitrary: fc.constant<Group>([calm({ do: 'rotate-keys' })]) }] : []),
    ...(skews
      ? [{ weight: 1, arbitrary: fc.constantFrom<Group>([calm({ do: 'skew', seconds: 600 })], [calm({ do: 'skew', seconds: -600 })]) }]
      : []),
  ]
}

/** The provider as it documents itself, or with what a client must get along with as well. */
export const grounds = (fc: Fc, { rotating }: Profile): Arbitrary<Ground> => {
  const rotates = rotating !== null && Object.keys(rotating).length > 0 ? fc.boolean() : fc.constant(rotating !== null)
  return fc
    .tuple(rotates, fc.constantFrom(false, false, false, true))
    .map(([rotate, long]) => ({ ...(rotate ? { rotates: true } : {}), ...(long ? { longTokens: true } : {}) }))
}

/** Any turns. */
export const groups = (fc: Fc, scope: Scope): Arbitrary<Group> =>
  fc.oneof(
    ...callGroups(fc, scope),
    ...overlapGroups(fc, scope),
    ...crashGroups(fc, scope),
    ...browserGroups(fc, scope),
    ...worldGroups(fc, scope),
  )

/** How a schedule begins: with a connection, mostly without trouble. */
export const firstTurns = (fc: Fc, scope: Scope): Arbitrary<Turn> =>
  turnOf(fc, scope, fc.constant<Act>({ do: 'connect' }), 'connect', 0.2).map(({ wait: _, ...turn }) => turn)
