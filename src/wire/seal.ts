/** Signs what was minted (RFC 7515 §3.1). */

import type { Issued, Outcome } from '../protocol/world.js'
import type { Keys } from './keys.js'
import type { Soon } from './soon.js'

/** The tokens of an outcome, as the client will see them. */
export type Sealed = ReadonlyMap<Issued, string>

const none: Sealed = new Map()

export const sealToken = async (keys: Keys, issued: Issued, by?: 'stranger'): Promise<string> =>
  issued.sign ? keys.sign(issued.sign.header, issued.sign.claims, by) : (issued.token ?? issued.id)

export const seal = (keys: Keys, outcome: Outcome): Soon<Sealed> => {
  const issued = outcome.trace.issued
  if (!issued || issued.length === 0) return none
  if (issued.every(({ sign }) => sign === undefined)) return new Map(issued.map((one) => [one, one.token ?? one.id]))
  return Promise.all(issued.map(async (one) => [one, await sealToken(keys, one)] as const)).then((pairs) => new Map(pairs))
}
