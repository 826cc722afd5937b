import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { junit } from '../../../src/conformance/reports/junit.js'
import { cleanRun, reportOf, sampleRun } from './sample.js'

interface Element {
  readonly name: string
  readonly attributes: { readonly [name: string]: string }
  readonly inside: string
}

/** The elements of a document in the order of their start tags. @throws when it is not well-formed */
const elementsOf = (xml: string): readonly Element[] => {
  const found: Element[] = []
  const open: string[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    found.push({ name, attributes: attributes as Element['attributes'], inside: open.join('/') })
    open.push(name)
  })
  parser.on('closetag', () => open.pop())
  parser.write(xml).close()
  return found
}

const named = (elements: readonly Element[], name: string): readonly Element[] => elements.filter((one) => one.name === name)

describe('the report as JUnit XML', () => {
  it('is well-formed whatever the client says', async () => {
    const elements = elementsOf(junit((await sampleRun()).report))
    expect([...new Set(elements.map(({ name }) => name))].sort()).toEqual(
      ['error', 'failure', 'properties', 'property', 'skipped', 'system-out', 'testcase', 'testsuite', 'testsuites'].sort(),
    )
  })

  it('tells failures from errors, and its totals are those of its elements', async () => {
    const elements = elementsOf(junit((await sampleRun()).report))
    const [suite] = named(elements, 'testsuite')
    expect(named(elements, 'failure').map(({ attributes }) => attributes['type'])).toEqual(['must', 'stale'])
    expect(named(elements, 'error').map(({ attributes }) => attributes['type'])).toEqual(['not-exercised', 'error', 'not-exercised'])
    expect(named(elements, 'skipped').map(({ attributes }) => attributes['message']?.split(':')[0])).toEqual(['known', 'not applicable'])
    expect(suite?.attributes).toMatchObject({
      tests: String(named(elements, 'testcase').length),
      failures: '2',
      errors: '3',
      skipped: '2',
      timestamp: '2026-01-02T03:04:05',
    })
  })

  it('says where each requirement is known from', async () => {
    const properties = named(elementsOf(junit((await sampleRun()).report)), 'property').filter(({ inside }) => inside.includes('testcase'))
    expect(properties.map(({ attributes }) => [attributes['name'], attributes['value']])).toContainEqual([
      'reference',
      'RFC 6749 §6: A client uses the newest refresh token.',
    ])
  })

  it('shows a run of nothing as an error', () => {
    const elements = elementsOf(junit(reportOf([])))
    expect(named(elements, 'error')).toHaveLength(1)
  })

  it('is all green when all is well', async () => {
    const elements = elementsOf(junit(await cleanRun()))
    expect(named(elements, 'testcase')).toHaveLength(1)
    expect(elements.filter(({ name }) => ['failure', 'error', 'skipped'].includes(name))).toEqual([])
  })
})
