/** The facts in a provider's form: taken out once, when the provider is made, and listed for whoever asks. */

import { isQuirk } from './quirk.js'
import type { Source } from './source.js'
import { isFact } from './source.js'

/** The same in every copy of the package: a provider may be declared with another one than serves it. */
const given: unique symbol = Symbol.for('authdouble.given')

/** A fact with the place in the settings that it decides. */
export interface PlacedFact {
  /** A dotted path. Below `dialect` the first word is a reason, an RFC error code or `*`, as the provider has written it. */
  readonly path: string
  readonly source: Source
  readonly value: unknown
}

const isOpen = (value: unknown): value is { readonly [member: string]: unknown } => typeof value === 'object' && value !== null

/** The values without their sources; what has no fact in it stays the same object. */
export const withoutFacts = <T>(form: T): T => {
  // One quirk may stand in several places, and must be one afterwards.
  const seen = new Map<object, unknown>()
  const walk = (value: unknown): unknown => {
    if (isFact(value)) return walk(value.value)
    // What keeps its forms has been through here.
    if (!isOpen(value) || given in value) return value
    const known = seen.get(value)
    if (known !== undefined) return known
    let changed: { [member: string]: unknown } | undefined
    for (const member of Object.keys(value)) {
      const inner = walk(value[member])
      if (inner === value[member]) continue
      changed ??= (Array.isArray(value) ? [...value] : { ...value }) as { [member: string]: unknown }
      changed[member] = inner
    }
    const walked = changed ?? value
    seen.set(value, walked)
    return walked
  }
  return walk(form) as T
}

/** Keeps the forms that a declaration was made of, later ones over earlier ones, for whoever asks for its facts. */
export const madeOf = <T extends object>(declaration: T, ...forms: readonly object[]): T => ({ ...declaration, [given]: forms })

/** The forms that a declaration was made of; undefined: none was kept. */
export const formsOf = (declaration: object): readonly object[] => (declaration as { readonly [given]?: readonly object[] })[given] ?? []

const placed = (value: unknown, path: string): readonly PlacedFact[] => {
  if (isFact(value)) return [{ path, source: value.source, value: withoutFacts(value.value) }, ...placed(value.value, path)]
  if (isQuirk(value)) return [...placed(value.provider, path), ...placed(value.standard, path)]
  if (!isOpen(value) || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([member, inner]) => placed(inner, path === '' ? member : `${path}.${member}`))
}

const at = (declaration: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, member) => (isOpen(value) ? value[member] : undefined), declaration)

/** Lists the facts of a provider's settings in the order in which they stand. */
export const factsOf = (declaration: object): readonly PlacedFact[] => {
  const { dialect = {} } = declaration as { readonly dialect?: object }
  const forms = formsOf(declaration)
  const settings = forms.flatMap((form) => placed(form, ''))
  // What a later form says differently is no longer so.
  const stand = settings.filter(({ path, value }) => JSON.stringify(at(declaration, path)) === JSON.stringify(value))
  const words = formsOf(dialect).map((form) => placed(form, 'dialect'))
  const last = words.at(-1) ?? []
  const before = words.slice(0, -1).flat()
  return [
    ...(forms.length > 1 ? stand : settings),
    ...before.filter(({ path }) => !last.some((one) => one.path === path || path.startsWith(`${one.path}.`))),
    ...last,
  ]
}
