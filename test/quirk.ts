/** Shows a quirk at work: what is seen with it, and what is seen without it. */

import { expect, it } from 'vitest'
import { quirksOf } from '../src/provider/quirk.js'
import type { QuirkName } from '../src/providers/index.js'
import { providers } from '../src/providers/index.js'
import type { Stage } from './kit.js'
import { renew } from './kit.js'

/** What is seen with each setting: `on` and `off`, and each variant by its name. */
export interface Seen {
  readonly on: unknown
  readonly off: unknown
  readonly [variant: string]: unknown
}

const find = (name: QuirkName) => {
  const [id, quirk] = name.split('/')
  const provider = providers.find((one) => one.id === id)
  const placed = quirksOf(provider?.settings ?? {}).find((one) => [one.quirk.name, one.quirk.was].includes(quirk))
  if (!placed) throw new Error(`no quirk is named ${name}`)
  return placed.quirk
}

/**
 * A test whose title is what the quirk says. `observe` is run as the server starts, with the quirk on, with it off, and at each
 * of its variants, each time in a world as new.
 */
export const quirkTest = (name: QuirkName, stage: Stage, observe: (stage: Stage) => Promise<unknown>, seen: Seen): void => {
  const quirk = find(name)
  it(`${quirk.description} (${name})`, async () => {
    const variants = Object.keys(quirk.variants ?? {})
    expect(Object.keys(seen).sort()).toEqual(['on', 'off', ...variants].sort())
    expect(seen.on, 'what is seen with the quirk differs from what is seen without it').not.toEqual(seen.off)
    const observed = async (toggle?: boolean | string): Promise<unknown> => {
      await renew(stage.double)
      if (toggle !== undefined) stage.double.quirks.set(name, toggle)
      return observe(stage)
    }
    expect(await observed(), 'as it starts').toEqual(quirk.optIn === true ? seen.off : seen.on)
    expect(await observed(true), 'on').toEqual(seen.on)
    expect(await observed(false), 'off').toEqual(seen.off)
    for (const variant of variants) expect(await observed(variant), variant).toEqual(seen[variant])
  })
}
