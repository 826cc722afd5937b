/** A whole sandbox as one JSON document. */

import type { Snapshot } from '../store/store.js'
import { ControlError } from './control/check.js'
import type { Sandbox } from './sandbox.js'

/** The format of the document; a newer one is refused. */
const formatVersion = 1

export interface StateDocument {
  readonly format: 'authdouble'
  readonly version: number
  readonly clock: { readonly offset: number; readonly frozen: number | null }
  readonly quirks: { readonly [name: string]: unknown }
  readonly records: Snapshot
}

export const exportState = async (sandbox: Sandbox): Promise<StateDocument> => ({
  format: 'authdouble',
  version: formatVersion,
  clock: sandbox.clock.state(),
  quirks: Object.fromEntries(
    [...sandbox.places.values()].flatMap((place) =>
      Object.entries(place.toggles()).map(([name, toggle]) => [`${place.provider.id}/${name}`, toggle]),
    ),
  ),
  records: await sandbox.store.snapshot(),
})

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Replaces everything in the sandbox. @throws ControlError when the document is not one of ours; nothing changes then */
export const importState = async (sandbox: Sandbox, document: unknown): Promise<void> => {
  if (!isObject(document) || document['format'] !== 'authdouble') throw new ControlError(400, 'invalid', 'format is "authdouble"', 'format')
  if (document['version'] !== formatVersion) throw new ControlError(400, 'invalid', `version is ${formatVersion}`, 'version')
  const { records, clock, quirks = {} } = document
  if (!isObject(records)) throw new ControlError(400, 'invalid', 'records is an object', 'records')
  if (!isObject(quirks)) throw new ControlError(400, 'invalid', 'quirks is an object', 'quirks')
  const offset = isObject(clock) && typeof clock['offset'] === 'number' ? clock['offset'] : 0
  const frozen = isObject(clock) && typeof clock['frozen'] === 'number' ? clock['frozen'] : null
  const before = [...sandbox.places.values()].map((place) => [place, place.toggles()] as const)
  try {
    for (const place of sandbox.places.values()) place.setToggles({})
    for (const [name, toggle] of Object.entries(quirks)) sandbox.toggle(name, toggle as boolean)
  } catch (error) {
    for (const [place, toggles] of before) place.setToggles(toggles)
    throw new ControlError(400, 'invalid', error instanceof Error ? error.message : String(error), 'quirks')
  }
  await sandbox.store.restore(records as Snapshot)
  sandbox.clock.set({ offset, frozen })
  for (const place of sandbox.places.values()) place.keys.reload()
}
