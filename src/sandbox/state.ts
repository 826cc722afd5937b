/** A whole sandbox as one JSON document. */

import type { ClockState } from '../clock/clock.js'
import type { FaultState } from '../faults/faults.js'
import type { Toggles } from '../provider/quirk.js'
import type { Snapshot } from '../store/store.js'
import { ValidationError } from '../validation/errors.js'
import type { ApprovalState } from './approvals.js'
import type { Sandbox } from './sandbox.js'

/** The format of the document; a newer one is refused. */
const formatVersion = 1

export interface StateDocument {
  readonly format: 'authdouble'
  readonly version: number
  readonly clock: ClockState
  readonly quirks: { readonly [name: string]: unknown }
  readonly approvals: ApprovalState
  readonly faults: FaultState
  readonly records: Snapshot
}

/** What the instruments remember stands beside the records in this document. */
const without = ({ '': _, ...records }: Snapshot): Snapshot => records

/** Requests that are held are of this moment and this process. */
const faultsOf = ({ faults }: Sandbox): FaultState => {
  const { holds: _, ...state } = faults.state()
  return state
}

export const exportState = async (sandbox: Sandbox): Promise<StateDocument> => {
  // A provider that nobody asked yet has its seed still before it.
  for (const instance of sandbox.instances.values()) await sandbox.decide(instance, () => undefined)
  return {
    format: 'authdouble',
    version: formatVersion,
    clock: sandbox.clock.state(),
    quirks: Object.fromEntries(
      [...sandbox.instances.values()].flatMap((instance) =>
        Object.entries(instance.toggles()).map(([name, toggle]) => [`${instance.provider.id}/${name}`, toggle]),
      ),
    ),
    approvals: sandbox.approvals.state(),
    faults: faultsOf(sandbox),
    records: without(await sandbox.store.snapshot()),
  }
}

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (field: string, message: string): ValidationError => new ValidationError(field, message)

/** @throws ValidationError when it is none */
const recordsIn = (document: { readonly [member: string]: unknown }): Snapshot => {
  const { records } = document
  if (!isObject(records)) throw wrong('records', 'records is an object')
  for (const [scope, kinds] of Object.entries(records)) {
    if (!isObject(kinds)) throw wrong(`records.${scope}`, `records.${scope} is an object`)
    for (const [kind, table] of Object.entries(kinds))
      if (!isObject(table) || !Object.values(table).every(isObject))
        throw wrong(`records.${scope}.${kind}`, `records.${scope}.${kind} is an object of records`)
  }
  return records as unknown as Snapshot
}

const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** Replaces everything in the sandbox. @throws ValidationError when the document is not one of ours; nothing changes then */
export const importState = async (sandbox: Sandbox, document: unknown): Promise<void> => {
  if (!isObject(document) || document['format'] !== 'authdouble') throw wrong('format', 'format is "authdouble"')
  if (document['version'] !== formatVersion) throw wrong('version', `version is ${formatVersion}`)
  const { clock, quirks = {}, approvals = {}, faults } = document
  const records = recordsIn(document)
  if (!isObject(quirks)) throw wrong('quirks', 'quirks is an object')
  if (!isObject(approvals)) throw wrong('approvals', 'approvals is an object')
  if (faults !== undefined && !(isObject(faults) && Array.isArray(faults['waiting']) && Array.isArray(faults['spent'])))
    throw wrong('faults', 'faults is an object with waiting and spent')
  const before = [...sandbox.instances.values()].map((instance) => [instance, instance.toggles()] as const)
  try {
    for (const instance of sandbox.instances.values()) instance.setToggles({})
    sandbox.toggleAll(quirks as Toggles)
  } catch (error) {
    for (const [instance, toggles] of before) instance.setToggles(toggles)
    throw wrong('quirks', error instanceof Error ? error.message : String(error))
  }
  await sandbox.store.restore(records)
  const { offset, frozen, skew } = isObject(clock) ? clock : {}
  sandbox.clock.set({ offset: number(offset) ?? 0, frozen: number(frozen) ?? null, skew: number(skew) ?? 0 })
  sandbox.approvals.restore(approvals as ApprovalState)
  if (faults) sandbox.faults.set(faults as unknown as FaultState)
  else sandbox.faults.clear()
  for (const instance of sandbox.instances.values()) instance.keys.reload()
}
