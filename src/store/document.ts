/** The text of a state file: JSON that a person can read and edit, one record to a line. */

import { shown, told, valueAt } from '../validation/check.js'
import type { Path, Schema } from '../validation/schema.js'
import { isObject } from '../validation/schema.js'
import type { Tables } from './memory.js'
import { recordProblems } from './recordSchemas.js'
import type { Snapshot } from './store.js'
import { CannotOpen } from './store.js'

const version = 1

/** A record's text is kept: most records are the same in the next file, and to serialise is what a large file costs. */
const lines = new WeakMap<object, string>()
const lineOf = (record: object): string => {
  let line = lines.get(record)
  if (line === undefined) {
    line = JSON.stringify(record)
    lines.set(record, line)
  }
  return line
}

const block = (indent: string, members: readonly string[]): string =>
  members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`

/** @param starts how often the file was opened */
export const writeDocument = (tables: Tables, starts: number): string => {
  const scopes = tables.walk().map(([scope, kinds]) => {
    const blocks = kinds
      .filter(([, table]) => table.size > 0)
      .map(([kind, table]) => {
        const records: string[] = []
        for (const [id, record] of table) records.push(`        ${JSON.stringify(id)}: ${lineOf(record)}`)
        return `      "${kind}": ${block('      ', records)}`
      })
    return `    ${JSON.stringify(scope)}: ${block('    ', blocks)}`
  })
  return `{\n  "format": "authdouble",\n  "version": ${version},\n  "starts": ${starts},\n  "records": ${block('  ', scopes)}\n}\n`
}

/** Where it stands, with ids as they are: `records.zettle.code["a.b"]`. */
const placeOf = (path: Path): string =>
  path.map((part, at) => (/^[\w-]+$/.test(String(part)) ? `${at > 0 ? '.' : ''}${part}` : `[${shown(String(part))}]`)).join('')

/**
 * @param instruments what the instruments keep in it
 * @throws CannotOpen when it is not a state of ours, with the place of what is wrong
 */
export const readDocument = (file: string, text: string, instruments?: Schema): { readonly starts: number; readonly records: Snapshot } => {
  const refuse = (why: string): never => {
    throw new CannotOpen(`${file} ${why}; it was left as it is`)
  }
  if (text.trim() === '') return { starts: 0, records: {} }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    return refuse(`is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  if (!isObject(document) || document['format'] !== 'authdouble')
    return refuse('is not a state file of authdouble: its "format" is not "authdouble"')
  if (document['version'] !== version)
    return refuse(`has version ${JSON.stringify(document['version'])}, and this authdouble reads version ${version}`)
  const { records, starts = 0 } = document
  const shape = valueAt(records, ['', 'instruments', 'all', 'shape'])
  const problem =
    recordProblems(records)[0] ??
    (shape === undefined ? undefined : instruments?.problems(shape, ['records', '', 'instruments', 'all', 'shape'])[0])
  if (problem) return refuse(`is wrong at ${placeOf(problem.path)}${told(problem, document)}`)
  if (!Number.isSafeInteger(starts) || Number(starts) < 0) return refuse('has something else than a whole number at starts')
  return { starts: Number(starts), records: records as Snapshot }
}
