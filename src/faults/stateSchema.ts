/** The schema of the faults of a state that comes from outside. */

import type { Members, Schema } from '../validation/schema.js'
import { integer, isObject, list, matching, object, oneOf } from '../validation/schema.js'
import type { Fault, FaultState } from './faults.js'
import type { FaultKind } from './kinds.js'
import { faultKind, membersOf } from './schema.js'

const kept: Members = {
  id: matching(/^f\d+$/, 'is the id of a fault, such as f1'),
  phase: oneOf(['before', 'after', 'after-commit', 'mid-body']),
  fired: integer(0),
  seen: integer(0),
}

/** A fault that was added, as a state remembers it. */
const keptFault: Schema<Fault> = {
  json: { type: 'object' },
  problems: (value, path = []) => {
    if (!isObject(value)) return [{ path, message: 'is an object' }]
    const problems = faultKind.problems(value['kind'], [...path, 'kind'])
    if (problems.length > 0) return problems
    const { members, required } = membersOf(value['kind'] as FaultKind)
    return object({ ...members, ...kept }, { required: [...required, 'times', ...Object.keys(kept)] }).problems(value, path)
  },
}

/** Requests that are held are of one moment: whoever keeps them knows what they look like. */
const anything: Schema = { json: {}, problems: () => [] }

/** The faults of a state that comes from outside. */
export const faultStateSchema: Schema<FaultState> = object(
  { waiting: list(keptFault), spent: list(keptFault), serial: integer(0), draws: integer(0), holds: anything },
  { required: ['waiting', 'spent', 'serial', 'draws'] },
) as Schema<FaultState>
