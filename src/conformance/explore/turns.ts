/** Makes up turns: what fits the client's abilities and the provider's settings, and above all what was not met yet. */

import type * as FastCheck from 'fast-check'
import type { Arbitrary } from 'fast-check'
import type { Profile } from '../runner/profile.js'
import type { Coverage } from './coverage.js'
import { wanted } from './coverage.js'
import type { Act, Forgery, Moment, Stop, Trouble, Turn } from './schedule.js'
import { forgeries } from './schedule.js'
import type { Target, TroubleName } from './troubles.js'
import { applies, slow, targetInWords, targetsOf, troubleNames } from './troubles.js'

type Fc = typeof FastCheck

/** What turns are made for. */
export interface Scope {
  readonly profile: Profile
  readonly can: (ability: string) => boolean
  readonly coverage: Coverage
}

/** One or more turns that belong together. */
export type Group = readonly Turn[]

interface Weighted<T> {
  readonly weight: number
  readonly arbitrary: Arbitrary<T>
}

/** The targets that a step can reach. */
const reachable = (targets: readonly Target[], act: Act['do']): readonly Target[] =>
  targets.filter(({ operation, grant }) => {
    if (act === 'revoke') return operation === 'revoke' || operation === 'disconnect' || grant === 'refresh_token'
    if (act === 'connect' || act === 'begin' || act === 'finish') return grant === 'authorization_code' || operation === 'authorize'
    return operation === 'resource' || grant === 'refresh_token'
  })

const troublesFor = (fc: Fc, { profile, coverage }: Scope, targets: readonly Target[]): Arbitrary<Trouble> | undefined => {
  const cells = targets.flatMap((target): readonly Weighted<Trouble>[] =>
    troubleNames
      .filter((fault) => applies(profile.settings, target, fault))
      .flatMap((fault: TroubleName) => {
        const weight = wanted(coverage.times(targetInWords(target), fault), fault)
        if (weight === 0) return []
        const times = slow.has(fault) ? fc.constant(undefined) : fc.constantFrom(undefined, undefined, 3, 20)
        return [{ weight, arbitrary: times.map((many): Trouble => ({ ...target, fault, ...(many === undefined ? {} : { times: many }) })) }]
      }),
  )
  return cells.length === 0 ? undefined : fc.oneof(...cells)
}

const waits = (fc: Fc, { profile }: Scope): Arbitrary<Moment | undefined> => {
  if (profile.settings.access.lifetime === null) return fc.constantFrom<Moment | undefined>(undefined, undefined, 'some-minutes')
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<Moment | undefined>(undefined) },
    { weight: 5, arbitrary: fc.constant<Moment | undefined>('after-its-end') },
    { weight: 2, arbitrary: fc.constantFrom<Moment | undefined>('before-its-end', 'at-its-end') },
    { weight: 1, arbitrary: fc.constantFrom<Moment | undefined>('some-minutes', 'a-month') },
  )
}

const turnOf = (fc: Fc, scope: Scope, acts: Arbitrary<Act>, kind: Act['do'], share = 0.5): Arbitrary<Turn> => {
  const trouble = troublesFor(fc, scope, reachable(targetsOf(scope.profile.settings), kind))
  const often = Math.round(share * 10)
  const some: Arbitrary<Trouble | undefined> =
    trouble === undefined
      ? fc.constant(undefined)
      : fc.oneof({ weight: 10 - often, arbitrary: fc.constant<Trouble | undefined>(undefined) }, { weight: often, arbitrary: trouble })
  return fc.tuple(waits(fc, scope), some, acts).map(([wait, met, act]) => ({
    ...(wait === undefined ? {} : { wait }),
    ...(met === undefined ? {} : { trouble: met }),
    act,
  }))
}

const calm = (act: Act): Turn => ({ act })

type Who = { readonly customer?: 0 | 1; readonly second?: true }

/** Mostly the first customer in the first process. */
const whoOf = (fc: Fc, { can }: Scope): Arbitrary<Who> =>
  fc
    .tuple(
      can('customers') ? fc.constantFrom<0 | 1 | undefined>(undefined, undefined, undefined, 1) : fc.constant(undefined),
      can('twin') && can('restart') ? fc.constantFrom<true | undefined>(undefined, undefined, true) : fc.constant(undefined),
    )
    .map(([customer, second]) => ({ ...(customer === undefined ? {} : { customer }), ...(second === undefined ? {} : { second }) }))

const stopsFor = (fc: Fc, { profile }: Scope, act: Act['do']): Arbitrary<Stop> =>
  fc
    .tuple(
      fc.constantFrom(...reachable(targetsOf(profile.settings), act).filter(({ operation }) => operation !== 'authorize')),
      fc.constantFrom<'before' | 'after'>('before', 'after'),
    )
    .map(([target, phase]) => ({ ...target, phase }))

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

const worldGroups = (fc: Fc, { profile, can }: Scope): readonly Weighted<Group>[] => {
  const { settings } = profile
  const signed = settings.idToken !== null || settings.access.format.kind === 'jwt'
  // An ID token is rightly refused by whoever thinks that it has ended.
  const skews = can('clock') && settings.idToken === null
  return [
    {
      weight: 2,
      arbitrary: fc.constantFrom<Group>([calm({ do: 'end', what: 'connection' })], [calm({ do: 'end', what: 'access-token' })]),
    },
    ...(signed ? [{ weight: 1, arbitrary: fc.constant<Group>([calm({ do: 'rotate-keys' })]) }] : []),
    ...(skews
      ? [{ weight: 1, arbitrary: fc.constantFrom<Group>([calm({ do: 'skew', seconds: 600 })], [calm({ do: 'skew', seconds: -600 })]) }]
      : []),
  ]
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
