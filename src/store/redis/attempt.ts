/** A decision that runs on what this process last saw, and what it read and would write. */

import { randomBytes } from 'node:crypto'
import type { Kind, Records, Tx } from '../../protocol/records.js'
import type { AnyRecord } from '../memory.js'

/** A record as it was last seen, and the mark of the commit that wrote it; an empty mark stands for no record. */
export interface Seen {
  readonly mark: string
  readonly record: AnyRecord | undefined
}

const markLength = 12
const mine = randomBytes(4).toString('base64url').slice(0, 5)
let serial = 0
export const newMark = (): string => {
  serial += 1
  return mine + serial.toString(36).padStart(markLength - mine.length, '0')
}

const absent: Seen = { mark: '', record: undefined }
export const seenIn = (value: string | null): Seen =>
  value === null || value === '' ? absent : { mark: value.slice(0, markLength), record: JSON.parse(value.slice(markLength)) }

export const fieldOf = (scope: string, kind: Kind, id: string): string => `${scope}\n${kind}\n${id}`
export const partsOf = (field: string): readonly [scope: string, kind: Kind, id: string] => {
  const first = field.indexOf('\n')
  const second = field.indexOf('\n', first + 1)
  return [field.slice(0, first), field.slice(first + 1, second) as Kind, field.slice(second + 1)]
}

/** Thrown inside a decision that asks for what is not known yet. */
const unknown = new Error('not known yet')

export interface RedisAttempt {
  readonly reads: Map<string, Seen>
  readonly writes: Map<string, AnyRecord | undefined>
  missing?: string
}

export const txOf = (scope: string, seen: ReadonlyMap<string, Seen>, attempt: RedisAttempt): Tx => ({
  get: <K extends Kind>(kind: K, id: string) => {
    const field = fieldOf(scope, kind, id)
    if (attempt.writes.has(field)) return attempt.writes.get(field) as Records[K] | undefined
    const known = seen.get(field)
    if (!known) {
      attempt.missing = field
      throw unknown
    }
    attempt.reads.set(field, known)
    return known.record as Records[K] | undefined
  },
  put: (kind, id, record) => void attempt.writes.set(fieldOf(scope, kind, id), record),
  delete: (kind, id) => void attempt.writes.set(fieldOf(scope, kind, id), undefined),
})

export const untilOf = (record: AnyRecord | undefined): string =>
  record !== undefined && 'until' in record && record.until !== undefined ? String(record.until) : ''
