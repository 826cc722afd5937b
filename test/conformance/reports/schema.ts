/** The published schema of the JSON report, as it is for readers and closed for us. */

import { readFileSync } from 'node:fs'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const published: object = JSON.parse(readFileSync(new URL('../../../openapi/conformance-report.schema.json', import.meta.url), 'utf8'))

/** The schema with every object closed: what we write is all described, though readers are to put up with more. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  return inner['type'] === 'object' && inner['properties'] !== undefined ? { ...inner, additionalProperties: false } : inner
}

const validator = (schema: object): ValidateFunction => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

/** For readers, who are to put up with members that they do not know. */
export const forReaders = validator(published)

/** For what we write: every member is described. */
export const toTheLastMember = validator(closed(published) as object)
