/** What an exchange can be turned into: a fault that meets the next of its kind, or a test that expects it. */

import { literal } from '../api/lines.js'
import type { Entry } from '../types.js'

export interface FaultDraft {
  readonly provider: string
  readonly operation: string
  readonly kind: string
  readonly reason?: string
  readonly status?: number
  readonly when?: { readonly grantType: string }
}

/** The same refusal, or the loss of the same answer, for the next request of this kind. */
export const faultOf = ({ provider, operation, outcome, reason, response, grantType }: Entry): FaultDraft | undefined => {
  if (provider === undefined || operation === undefined) return undefined
  const aim = { provider, operation, ...(grantType === undefined ? {} : { when: { grantType } }) }
  if (outcome === 'refused' && reason !== undefined) return { ...aim, kind: 'refuse', reason }
  return (response.status ?? 0) >= 500 ? { ...aim, kind: 'status', status: response.status ?? 500 } : { ...aim, kind: 'lose' }
}

/** A test that plays nothing by itself: the client is whoever copies it. */
export const testOf = (entry: Entry): string => {
  const { provider = '', operation = '', outcome, reason, grantType } = entry
  const fault = faultOf(entry)
  const expected = { outcome, ...(reason === undefined ? {} : { reason }), ...(grantType === undefined ? {} : { grantType }) }
  const arrange =
    outcome === 'refused' && fault
      ? `  double.faults.add(${literal(fault)})\n`
      : `  // arrange: double.clock, double.faults, double.quirks\n`
  return `import { expect, test } from 'authdouble/vitest'

test(${literal(entry.told)}, async ({ double }) => {
${arrange}  const client = myClient(double.provider(${literal(provider)}))
  await client.call()
  expect(double.journal.last(${literal(provider)}, ${literal(operation)})).toMatchObject(${literal(expected)})
})
`
}
