/** One value with two settings: what this provider does, and what a plain server would do. */

import type { Fact, Source } from './source.js'

/** The same in every copy of the package: a provider may be declared with another one than serves it. */
const mark: unique symbol = Symbol.for('authdouble.quirk')

export interface Quirk<T = unknown, N extends string = string> {
  readonly [mark]: true
  readonly name: N
  /** What this provider does. */
  readonly provider: T
  /** What a plain server does. */
  readonly standard: T
  /** Further settings by name, where the sources know several. */
  readonly variants?: { readonly [variant: string]: T }
  /** One line in our own words. */
  readonly description: string
  readonly source: Source
  /** Possible, but off unless asked for. */
  readonly optIn?: boolean
  /** A name that it had before, and that is still taken. */
  readonly was?: string
}

/**
 * Declares a quirk.
 *
 * @example
 * quirk('refresh-token-limit', documented('step 2, note', 'A user can have up to 20 refresh tokens.'), {
 *   provider: 20,
 *   standard: null,
 *   description: 'A user holds 20 refresh tokens; the 21st deletes the oldest',
 * })
 */
export const quirk = <T, const N extends string, const W extends string = never>(
  name: N,
  source: Source,
  q: {
    readonly provider: T
    readonly standard: unknown
    readonly variants?: { readonly [variant: string]: unknown }
    readonly description: string
    readonly optIn?: boolean
    readonly was?: W
  },
  // Where it stands must not say what it is named.
): Quirk<Widen<T>, NoInfer<N | W>> => ({ [mark]: true, name, ...q, source }) as unknown as Quirk<Widen<T>, NoInfer<N | W>>

type Widen<T> = T extends number ? number | null : T extends boolean ? boolean : T extends string ? string : T

/** Any leaf, or any branch, of `T` may be a quirk, and may carry its source. */
export type Declared<T> = Stated<T> | Fact<Stated<T>>

type Stated<T> =
  | Quirk<T extends string ? string : unknown>
  | (T extends readonly (infer U)[] ? readonly Declared<U>[] : T extends object ? { readonly [K in keyof T]: Declared<T[K]> } : T)

/** The names of all quirks in a declaration, as literal types; none for those that a part's type does not tell. */
export type QuirkNames<D> = D extends Quirk<never, infer N> | Quirk<unknown, infer N>
  ? string extends N
    ? never
    : N
  : D extends Fact<infer V>
    ? QuirkNames<V>
    : D extends readonly (infer U)[]
      ? QuirkNames<U>
      : D extends object
        ? { [K in keyof D]: QuirkNames<D[K]> }[keyof D]
        : never

/** `true`: as this provider does; `false`: as a plain server would; a variant's name; or a value of the same kind. */
export type Toggle = boolean | number | string | null

/** Toggles of quirks, by names that the compiler knows. */
export type TogglesOf<Q extends string> = { readonly [N in Q]?: Toggle }

export type Toggles = TogglesOf<string>

/** A quirk with the place in the settings that it decides. */
export interface PlacedQuirk {
  /** Dotted paths of the leaves it decides: more than one where one habit shows in several places. */
  readonly paths: readonly string[]
  readonly quirk: Quirk
}

export const isQuirk = (value: unknown): value is Quirk => typeof value === 'object' && value !== null && mark in value

const placed = (declaration: unknown, path: string): readonly (readonly [string, Quirk])[] => {
  if (isQuirk(declaration)) return [[path, declaration]]
  if (typeof declaration !== 'object' || declaration === null) return []
  return Object.entries(declaration).flatMap(([member, value]) => placed(value, path === '' ? member : `${path}.${member}`))
}

const found = new WeakMap<object, readonly PlacedQuirk[]>()

/** Lists the quirks of a declaration in the order in which they stand. A declaration is walked once. */
export const quirksOf = (declaration: object): readonly PlacedQuirk[] => {
  let known = found.get(declaration)
  if (!known) {
    const paths = new Map<Quirk, string[]>()
    for (const [path, one] of placed(declaration, '')) paths.set(one, [...(paths.get(one) ?? []), path])
    known = [...paths].map(([one, where]) => ({ paths: where, quirk: one }))
    found.set(declaration, known)
  }
  return known
}

/** The name that a quirk has now, for one that it had before; any other name stays as it is. */
export const currentName = (declaration: object, name: string): string =>
  quirksOf(declaration).find(({ quirk }) => quirk.was === name)?.quirk.name ?? name

/** Toggles by the names that their quirks have now. */
export const withCurrentNames = (declaration: object, toggles: Toggles): Toggles => {
  const names = Object.keys(toggles)
  if (names.every((name) => currentName(declaration, name) === name)) return toggles
  return Object.fromEntries(Object.entries(toggles).map(([name, toggle]) => [currentName(declaration, name), toggle]))
}

/** The value a toggle stands for, or an error message that names the quirk and what it takes. */
export const settledValue = (quirk: Quirk, toggle: Toggle | undefined): { readonly value: unknown } | { readonly error: string } => {
  if (toggle === undefined) return { value: quirk.optIn === true ? quirk.standard : quirk.provider }
  if (toggle === true) return { value: quirk.provider }
  if (toggle === false) return { value: quirk.standard }
  if (typeof toggle === 'string' && quirk.variants && Object.hasOwn(quirk.variants, toggle)) return { value: quirk.variants[toggle] }
  const kinds = [quirk.provider, quirk.standard].map((value) => (value === null ? 'null' : typeof value))
  const kind = toggle === null ? 'null' : typeof toggle
  const free = quirk.variants === undefined || typeof toggle === 'number'
  if (free && kinds.includes(kind) && kind !== 'object' && (typeof toggle !== 'number' || (Number.isFinite(toggle) && toggle >= 0))) {
    return { value: toggle }
  }
  const takes = ['true', 'false', ...Object.keys(quirk.variants ?? {}), ...(kinds.includes('number') ? ['a number'] : [])]
  return {
    error: `quirk ${quirk.name} takes ${takes.join(', ')}; not ${JSON.stringify(toggle)}`,
  }
}

/**
 * Turns a declaration into plain settings.
 *
 * @throws Error whose message names the quirk, when a toggle is unknown or not of the quirk's kind.
 */
export const settle = <S>(declaration: object, named: Toggles = {}): S => {
  const toggles = withCurrentNames(declaration, named)
  const names = new Set(quirksOf(declaration).map(({ quirk }) => quirk.name))
  for (const name of Object.keys(toggles)) if (!names.has(name)) throw new Error(`there is no quirk ${name}`)
  const walk = (value: unknown): unknown => {
    if (isQuirk(value)) {
      const settled = settledValue(value, Object.hasOwn(toggles, value.name) ? toggles[value.name] : undefined)
      if ('error' in settled) throw new Error(settled.error)
      return walk(settled.value)
    }
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, walk(inner)]))
  }
  return walk(declaration) as S
}
