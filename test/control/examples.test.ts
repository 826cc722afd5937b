/** What the description of the control API shows as examples is taken as it stands. */

import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { resolved } from '../openapi/descriptions.js'
import { calling, document, operations } from './calls.js'

const double = await createServer({ seed: 1 })
afterAll(() => double.close())

/** What stands for the parameters of a path. */
const parts: { readonly [operation: string]: string } = { mintCode: 'zoho-payments', releaseHeld: 'f1' }

type Members = { readonly [member: string]: unknown }
const at = (value: unknown, member: string): unknown => (resolved(document, value) as Members | undefined)?.[member]

const examples = operations.flatMap(({ id, method, path, operation }) => {
  const shown = at(at(at(operation['requestBody'], 'content'), 'application/json'), 'examples')
  return Object.entries((shown ?? {}) as Members).map(([name, example]) => ({ id, name, method, path, body: at(example, 'value') }))
})

it.each(examples)('$id: $name', async ({ id, method, path, body }) => {
  const sandbox = await double.sandbox()
  await sandbox.tokens.mint('zettle')
  if (id === 'releaseHeld') {
    const held = sandbox.faults.hold('zettle', 'token')
    void fetch(sandbox.provider('zettle').tokenUrl, { method: 'POST' }).catch(() => {})
    await held.arrived()
  }
  const { status, body: answer } = await calling(sandbox.url())(method.toUpperCase(), path.replace(/\{\w+\}/, parts[id] ?? ''), body)
  expect(status, JSON.stringify(answer)).toBeLessThan(300)
})

it('there are examples', () => expect(examples.length).toBeGreaterThan(10))
