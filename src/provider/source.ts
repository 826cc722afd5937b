/** How well something about a provider is known, and where from: of a quirk, or of any value in a provider's form. */

/** How well a behaviour is known; printed wherever the behaviour is. */
export type Grade = 'documented' | 'sample' | 'observed' | 'inferred'

const grades: readonly unknown[] = ['documented', 'sample', 'observed', 'inferred'] satisfies readonly Grade[]

export const isGrade = (word: unknown): word is Grade => grades.includes(word)

export interface Source {
  readonly grade: Grade
  /** Where: a section of the provider's text, a public report, the engine or RFC it is inferred from. */
  readonly where: string
  /** Ten words of the place at most, to the letter, by which a reader finds it. `…` stands for words that are left out. */
  readonly quote?: string
}

/** The same in every copy of the package: a provider may be declared with another one than serves it. */
const mark: unique symbol = Symbol.for('authdouble.fact')

/** A value of a provider's form with its source. It is what the provider does, and cannot be switched. */
export interface Fact<T = unknown> {
  readonly [mark]: true
  readonly source: Source
  readonly value: T
}

/** A source; or, with a value, a fact. */
interface Known {
  (where: string, quote?: string): Source
  <const T>(where: string, quote: string, value: T): Fact<T>
}

const isKnown = (grade: Grade): Known =>
  ((where: string, quote?: string, ...values: readonly unknown[]): Source | Fact => {
    const source: Source = { grade, where, ...(quote === undefined ? {} : { quote }) }
    return values.length === 0 ? source : fact(source, values[0])
  }) as Known

/** Gives a value its source. */
export const fact = <T>(source: Source, value: T): Fact<T> => ({ [mark]: true, source, value })

/**
 * The provider's text says so.
 *
 * @param where the section of the text
 * @param quote ten words of it at most
 * @param value makes a fact of it
 * @example
 * code: { lifetime: documented('step 2, note', 'the code will remain valid for only 30 seconds', 30) }
 */
export const documented = isKnown('documented')

/** A sample in the provider's documents shows it. */
export const sample = isKnown('sample')

/** A public report says so; the provider's text is silent. */
export const observed = isKnown('observed')

/** Nobody says so: it is what the engine does that it appears to run, or what the specification has. */
export const inferred = ((why: string, ...values: readonly unknown[]): Source | Fact => {
  const source: Source = { grade: 'inferred', where: why }
  return values.length === 0 ? source : fact(source, values[0])
}) as {
  (why: string): Source
  <const T>(why: string, value: T): Fact<T>
}

export const isFact = (value: unknown): value is Fact => typeof value === 'object' && value !== null && mark in value
