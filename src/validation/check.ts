/** Refuses an argument that does not fit its schema, by throwing an error that names what is wrong. */

import { ValidationError } from './errors.js'
import type { Path, Problem, Schema } from './schema.js'
import { fieldName } from './schema.js'

/** How a value is shown in a message: short, on one line. */
export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' && value !== null ? 'an object' : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** What stands at a path. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, part) => (typeof inner === 'object' && inner !== null ? (inner as { [part: string]: unknown })[part] : undefined),
    value,
  )

/** What is wrong, behind the name of the field; with what came in its place, where that helps. */
export const told = ({ path, message }: Problem, value: unknown): string => {
  if (/^(no|unknown|quirk) /.test(message)) return `: ${message}`
  if (message === 'is missing') return ` ${message}`
  // What came stands before the word that was meant.
  const [, said = message, near = ''] = /^(.*?)(; did you mean .*)$/s.exec(message) ?? []
  return ` ${said}, not ${shown(valueAt(value, path))}${near}`
}

/**
 * @param within what the value is called where it is used: `createServer`, `faults.add`
 * @throws ValidationError that names the field, what it must be and what came
 */
export function assertValid<T>(schema: Schema<T>, value: unknown, within: string): asserts value is T {
  const [problem] = schema.problems(value)
  if (!problem) return
  const name = fieldName(problem.path)
  throw new ValidationError(problem.path.join('.'), `${name === '' ? 'the argument' : name}${told(problem, value)}`, within)
}
