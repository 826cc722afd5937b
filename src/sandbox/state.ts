/** A whole sandbox as one JSON document. */

import type { ClockState } from '../clock/clock.js'
import type { FaultState } from '../faults/faults.js'
import type { Snapshot } from '../store/store.js'
import { assertValid } from '../validation/check.js'
import type { ApprovalState } from './approvals.js'
import type { Sandbox } from './sandbox.js'
import { togglesFor } from './sandbox.js'

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

/** Replaces everything in the sandbox. @throws ValidationError with the path of what is wrong when the document is not one of ours; nothing changes then */
export const importState = async (sandbox: Sandbox, document: unknown): Promise<void> => {
  const { documentSchema } = await import('./stateSchemas.js')
  const schema: ReturnType<typeof documentSchema> = documentSchema(
    [...sandbox.instances.values()].map(({ provider }) => provider),
    formatVersion,
  )
  assertValid(schema, document, 'state.import')
  const { clock, quirks = {}, approvals = {}, faults } = document
  await sandbox.store.restore(document.records)
  for (const instance of sandbox.instances.values()) instance.setToggles(togglesFor(instance.provider, quirks, false))
  sandbox.clock.set({ offset: clock?.offset ?? 0, frozen: clock?.frozen ?? null, skew: clock?.skew ?? 0 })
  sandbox.approvals.restore(approvals)
  if (faults) sandbox.faults.set(faults)
  else sandbox.faults.clear()
  for (const instance of sandbox.instances.values()) instance.keys.reload()
}
