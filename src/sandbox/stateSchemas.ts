/** What a state from outside must look like, besides its records: instruments, in a state file and in an imported document. */

import { clockStateSchema } from '../clock/stateSchema.js'
import { faultStateSchema } from '../faults/stateSchema.js'
import type { Approval } from '../protocol/context.js'
import type { Provider } from '../provider/define.js'
import { recordProblems } from '../store/recordSchemas.js'
import type { Snapshot } from '../store/store.js'
import type { Schema } from '../validation/schema.js'
import { custom, integer, isObject, list, matching, object } from '../validation/schema.js'
import type { ApprovalState } from './approvals.js'
import { togglesSchema } from './togglesSchema.js'

const error = matching(/^[a-z_]+$/, 'is an error code such as server_error')

const approval = custom<Approval>({ type: 'object' }, (value) => {
  // Who grants only a part says which, beside as whom.
  const partial = isObject(value) && typeof value['as'] === 'string' && Array.isArray(value['scope'])
  const said = isObject(value)
    ? Object.entries(value).filter(([name, one]) => one !== undefined && !(partial && name === 'scope'))
    : undefined
  const [way, how] = said?.[0] ?? []
  const fits =
    said?.length === 0 ||
    (said?.length === 1 &&
      ((way === 'as' && typeof how === 'string' && how.isWellFormed()) ||
        ((way === 'deny' || way === 'ask') && how === true) ||
        (way === 'error' && error.problems(how).length === 0)))
  return fits ? undefined : 'is one of { as: user }, { as: user, scope: [...] }, { deny: true }, { ask: true }, { error: code } and {}'
})

const standing = object({ once: list(approval), always: approval }, { required: ['once'] })

const named = <T>(inner: Schema<T>): Schema<{ readonly [name: string]: T }> => ({
  json: { type: 'object' },
  problems: (value, path = []) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, one]) => inner.problems(one, [...path, name]))
      : [{ path, message: 'is an object' }],
})

const approvalStateSchema: Schema<ApprovalState> = named(standing) as Schema<ApprovalState>

const toggle = custom({ type: ['boolean', 'number', 'string', 'null'] }, (value) =>
  value === null || ['boolean', 'number', 'string'].includes(typeof value) ? undefined : 'is true, false, a number, a string or null',
)

/** What the instruments of a sandbox keep in its store. Which toggles there are is known once its providers are. */
export const keptInstrumentsSchema: Schema = object(
  {
    revision: integer(0),
    clock: clockStateSchema,
    toggles: named(named(toggle)),
    approvals: approvalStateSchema,
    faults: faultStateSchema,
    emptied: integer(0),
  },
  { required: ['revision', 'clock', 'toggles', 'approvals', 'faults', 'emptied'] },
)

const format = custom({ const: 'authdouble' }, (value) => (value === 'authdouble' ? undefined : 'is "authdouble"'))
const versionSchema = (version: number) => custom({ const: version }, (value) => (value === version ? undefined : `is ${version}`))

/** Scopes are providers; what the instruments keep is not the document's to say. */
const records: Schema<Snapshot> = {
  json: { type: 'object' },
  problems: (value, path = []) =>
    isObject(value) && Object.hasOwn(value, '')
      ? [{ path: [...path, ''], message: 'unknown provider: it has no name' }]
      : recordProblems(value, path),
}

/** The whole document, for a sandbox of these providers. */
export const documentSchema = (providers: readonly Provider[], version: number) =>
  object(
    {
      format,
      version: versionSchema(version),
      clock: clockStateSchema,
      quirks: togglesSchema(providers),
      approvals: approvalStateSchema,
      faults: faultStateSchema,
      records,
    },
    { required: ['format', 'version', 'records'] },
  )
