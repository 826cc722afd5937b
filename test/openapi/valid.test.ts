/** The descriptions are OpenAPI 3.1, whole, and true to their own examples. */

import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { description, descriptionNames, places, pointerText, resolved, validators } from './descriptions.js'

const isObject = (value: unknown): value is { readonly [member: string]: unknown } => typeof value === 'object' && value !== null

test('the control API is described', () => {
  expect(descriptionNames).toContain('control')
})

describe.each(descriptionNames)('openapi/%s.yaml', (name) => {
  test('is valid for an independent validator', async () => {
    const validator = new Validator()
    const result = await validator.validate(structuredClone(description(name)))
    expect(result.errors ?? []).toEqual([])
    expect(validator.version).toBe('3.1')
  })

  test('refers to nothing that is not there, and defines nothing that is not used', () => {
    const document = description(name)
    const references = new Set<string>()
    for (const [pointer, value] of places(document)) {
      if (!isObject(value) || typeof value.$ref !== 'string') continue
      references.add(value.$ref)
      expect(resolved(document, value), `${pointerText(pointer)} -> ${value.$ref}`).toBeDefined()
    }
    const defined = Object.entries(document.components ?? {})
      .filter(([kind]) => kind !== 'securitySchemes')
      .flatMap(([kind, components]) => Object.keys(components as object).map((component) => `#/components/${kind}/${component}`))
    expect(defined.filter((component) => !references.has(component))).toEqual([])
  })

  test('gives every operation a name of its own and an answer', () => {
    const operations = Object.values(description(name).paths ?? {}).flatMap((item) =>
      Object.values(item ?? {}).filter((member) => isObject(member) && 'responses' in member),
    ) as readonly { readonly operationId?: string; readonly responses: object }[]
    const names = operations.map((operation) => operation.operationId)
    expect(names).not.toContain(undefined)
    expect(new Set(names).size).toBe(names.length)
    for (const operation of operations) expect(Object.keys(operation.responses)).not.toEqual([])
  })

  test('shows examples that its own schemas accept', () => {
    const document = description(name)
    const validator = validators(name)
    const wrong: unknown[] = []
    for (const [pointer, value] of places(document)) {
      if (!isObject(value) || !isObject(value.schema)) continue
      const validate = validator([...pointer, 'schema'])
      const examples = isObject(value.examples)
        ? Object.values(value.examples).map((example) => (resolved(document, example) as { value?: unknown }).value)
        : []
      for (const example of 'example' in value ? [value.example, ...examples] : examples) {
        if (!validate(example)) wrong.push({ at: pointerText(pointer), example, errors: validate.errors })
      }
    }
    expect(wrong).toEqual([])
  })
})
