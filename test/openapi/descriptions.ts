/** Reads the OpenAPI descriptions and makes validators for the schemas in them. */

import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenAPIV3_1 } from 'openapi-types'
import { parse } from 'yaml'

const folder = new URL('../../openapi/', import.meta.url)

/** `zettle`, `control`, ...: one for each file. */
export const descriptionNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length))

export const description = (name: string): OpenAPIV3_1.Document => parse(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'))

/** A place in a document, as the members that lead to it. */
export type Pointer = readonly string[]

export const pointerText = (pointer: Pointer): string =>
  pointer.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** Every place in a document, with its value, from the root down. */
export function* places(value: unknown, pointer: Pointer = []): Generator<readonly [Pointer, unknown]> {
  yield [pointer, value]
  if (typeof value !== 'object' || value === null) return
  for (const [member, inner] of Object.entries(value)) yield* places(inner, [...pointer, member])
}

/** Follows a local `$ref`, as often as it leads to another; undefined where it leads nowhere. */
export const resolved = (document: unknown, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('$ref' in value) || typeof value.$ref !== 'string') return value
  const parts = value.$ref.replace(/^#\//, '').split('/')
  const target = parts
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (at, part) => (typeof at === 'object' && at !== null ? (at as { readonly [member: string]: unknown })[part] : undefined),
      document,
    )
  return resolved(document, target)
}

/** Validators for the schemas of one document, by their place in it. */
export const validators = (name: string): ((pointer: Pointer) => ValidateFunction) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: `https://authdouble.test/${name}`, ...description(name) } as object)
  return (pointer) => {
    const validate = ajv.getSchema(`https://authdouble.test/${name}#${pointerText(pointer)}`)
    if (validate === undefined) throw new Error(`${name} has no schema at ${pointer.join('/')}`)
    return validate as ValidateFunction
  }
}
