/** Single turns that fit the client's abilities and the provider's settings, and above all what was not met yet. */

import type * as FastCheck from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { jwtBearer } from '../cases/reading.js'
import type { Profile } from '../runner/profile.js'
import type { Coverage } from './coverage.js'
import { wanted } from './coverage.js'
import { refreshTokenLives } from './perform.js'
import type { Act, Moment, Stop, Trouble, Turn } from './schedule.js'
import type { Target, TroubleName } from './troubles.js'
import { applies, slow, targetInWords, targetsOf, troubleNames } from './troubles.js'

export type Fc = typeof FastCheck

/** What turns are made for. */
export interface Scope {
  readonly profile: Profile
  readonly can: (ability: string) => boolean
  readonly coverage: Coverage
}

/** One or more turns that belong together. */
export type Group = readonly Turn[]

export interface Weighted<T> {
  readonly weight: number
  readonly arbitrary: Arbitrary<T>
}

/** The targets that a step can reach. */
const reachable = (targets: readonly Target[], act: Act['do']): readonly Target[] =>
  targets.filter(({ operation, grant }) => {
    if (act === 'revoke') return operation === 'revoke' || operation === 'disconnect' || grant === 'refresh_token'
    if (act === 'connect' || act === 'begin' || act === 'finish')
      return grant === 'authorization_code' || operation === 'authorize' || operation === 'jwks'
    if (act === 'assertion') return grant === jwtBearer
    if (act === 'refresh') return grant === 'refresh_token'
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

const waits = (fc: Fc, { profile }: Scope, kind: Act['do']): Arbitrary<Moment | undefined> => {
  if (kind === 'finish') return fc.constantFrom<Moment | undefined>(undefined, undefined, undefined, 'after-the-end-of-the-code')
  if (profile.settings.access.lifetime === null) return fc.constantFrom<Moment | undefined>(undefined, undefined, 'some-minutes')
  const long: readonly Moment[] = [
    'some-minutes',
    'a-month',
    ...(refreshTokenLives(profile) === undefined ? [] : (['after-the-end-of-the-refresh-token'] as const)),
  ]
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<Moment | undefined>(undefined) },
    { weight: 5, arbitrary: fc.constant<Moment | undefined>('after-its-end') },
    { weight: 2, arbitrary: fc.constantFrom<Moment | undefined>('before-its-end', 'at-its-end') },
    { weight: 1, arbitrary: fc.constantFrom<Moment | undefined>(...long) },
  )
}

export const turnOf = (fc: Fc, scope: Scope, acts: Arbitrary<Act>, kind: Act['do'], share = 0.5): Arbitrary<Turn> => {
  const trouble = troublesFor(fc, scope, reachable(targetsOf(scope.profile.settings), kind))
  const often = Math.round(share * 10)
  const some: Arbitrary<Trouble | undefined> =
    trouble === undefined
      ? fc.constant(undefined)
      : fc.oneof({ weight: 10 - often, arbitrary: fc.constant<Trouble | undefined>(undefined) }, { weight: often, arbitrary: trouble })
  const expires = scope.profile.settings.access.lifetime !== null
  return fc.tuple(waits(fc, scope, kind), some, acts).map(([waited, met, act]) => {
    // A call refreshes when its token has expired: before that, what waits for a refresh is not met.
    const wait = waited ?? (expires && kind === 'call' && met?.grant === 'refresh_token' ? 'after-its-end' : undefined)
    return { ...(wait === undefined ? {} : { wait }), ...(met === undefined ? {} : { trouble: met }), act }
  })
}

export const calm = (act: Act): Turn => ({ act })

export type Who = { readonly customer?: 0 | 1; readonly second?: true }

/** Mostly the first customer in the first process. */
export const whoOf = (fc: Fc, { can }: Scope): Arbitrary<Who> =>
  fc
    .tuple(
      can('customers') ? fc.constantFrom<0 | 1 | undefined>(undefined, undefined, undefined, 1) : fc.constant(undefined),
      can('twin') && can('restart') ? fc.constantFrom<true | undefined>(undefined, undefined, true) : fc.constant(undefined),
    )
    .map(([customer, second]) => ({ ...(customer === undefined ? {} : { customer }), ...(second === undefined ? {} : { second }) }))

export const stopsFor = (fc: Fc, { profile }: Scope, act: Act['do']): Arbitrary<Stop> =>
  fc
    .tuple(
      fc.constantFrom(...reachable(targetsOf(profile.settings), act).filter(({ operation }) => operation !== 'authorize')),
      fc.constantFrom<'before' | 'after'>('before', 'after'),
    )
    .map(([target, phase]) => ({ ...target, phase }))
