/** Shows a statement of a provider's text at work: what is seen at the provider, and that it is not seen once the statement is broken. */

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Provider, ProviderId } from '../src/index.js'
import { createServer } from '../src/index.js'
import { providers } from '../src/providers/index.js'
import { seedOf } from '../src/sandbox/seed.js'
import type { Stage } from './kit.js'
import { playing, renew, serving } from './kit.js'

export interface Requirement {
  readonly id: string
  readonly section: string
  readonly quote?: string
  readonly level: string
  readonly says: string
  readonly quirk?: string
  readonly setting?: string
  readonly case?: string
  readonly test?: string
  readonly excluded?: string
}

interface Requirements {
  /** What the provider's text says. */
  readonly requirements: readonly Requirement[]
  /** What we draw from it. */
  readonly ours?: readonly Requirement[]
}

export const requirementsOf = (id: string): Required<Requirements> => {
  const file = new URL(`../fixtures/${id}/requirements.yaml`, import.meta.url)
  return { ours: [], ...(parse(readFileSync(file, 'utf8')) as Requirements) }
}

const put = (value: unknown, [member = '', ...rest]: readonly string[], inner: unknown): unknown => {
  const changed = rest.length === 0 ? inner : put((value as { readonly [member: string]: unknown } | undefined)?.[member], rest, inner)
  if (Array.isArray(value)) return value.map((one, at) => (String(at) === member ? changed : one))
  return { ...(value as object | undefined), [member]: changed }
}

/** Dotted paths in the settings, or after `seed.` in the demonstration data, and what stands there instead. */
export type Breaks = { readonly [path: string]: unknown }

const brokenProvider = (id: ProviderId, breaks: Breaks): Provider => {
  const provider: Provider | undefined = providers.find((one) => one.id === id)
  if (!provider) throw new Error(`no provider is named ${id}`)
  return Object.entries(breaks).reduce<Provider>(
    (before, [path, value]) => put(before, (path.startsWith('seed.') ? path : `settings.${path}`).split('.'), value) as Provider,
    { ...provider, seed: seedOf(provider) },
  )
}

/**
 * A test for one statement of a provider's text. `observe` sees the provider as it is, and then one in which `breaks` stands in
 * place of what carries the statement: there it must see something else.
 */
export const statementsOf = (id: ProviderId) => {
  const stage = serving(id)
  const rows = requirementsOf(id).requirements
  return (row: string, breaks: Breaks, observe: (stage: Stage) => Promise<unknown>, seen: unknown): void => {
    const says = rows.find((one) => one.id === row)?.says
    if (says === undefined) throw new Error(`no statement of ${id} is named ${row}`)
    it(`${says} (${row})`, async () => {
      await renew(stage.double)
      expect(await observe(stage)).toEqual(seen)
      await using double = await createServer({ providers: [brokenProvider(id, breaks)], port: 0, host: '127.0.0.1' })
      double.clock.freeze()
      const broken = await observe({ double, play: playing(double, id) }).catch((error: unknown) => error)
      expect(broken, 'what is seen where the statement is broken').not.toEqual(seen)
    })
  }
}
