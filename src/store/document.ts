/** The text of a state file: JSON that a person can read and edit, one record to a line. */

import type { Tables } from './memory.js'
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

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws CannotOpen when it is not a state of ours */
export const readDocument = (file: string, text: string): { readonly starts: number; readonly records: Snapshot } => {
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
  const { records } = document
  if (!isObject(records)) return refuse('lacks "records"')
  for (const [scope, kinds] of Object.entries(records)) {
    if (!isObject(kinds)) return refuse(`has something else than an object at records.${scope}`)
    for (const [kind, table] of Object.entries(kinds)) {
      if (!isObject(table)) return refuse(`has something else than an object at records.${scope}.${kind}`)
      for (const [id, record] of Object.entries(table))
        if (!isObject(record)) return refuse(`has something else than an object at records.${scope}.${kind}.${id}`)
    }
  }
  const starts = document['starts'] ?? 0
  return typeof starts === 'number' ? { starts, records: records as Snapshot } : refuse('has something else than a number at starts')
}
