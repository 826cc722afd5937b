/** Signs what was minted (RFC 7515 §3.1). */

import type { Issued, Outcome } from '../protocol/world.js'
import type { Keys } from './keys.js'
import type { Soon } from './soon.js'

/** The tokens of an outcome, as the client will see them, in the order in which they were issued. */
export type Sealed = readonly string[]

const none: Sealed = []

const bare = ({ token, id }: Issued): string => token ?? id

export const sealToken = async (keys: Keys, issued: Issued, by?: 'stranger'): Promise<string> =>
  issued.sign ? keys.sign(issued.sign.header, issued.sign.claims, by) : bare(issued)

export const seal = (keys: Keys, outcome: Outcome): Soon<Sealed> => {
  const issued = outcome.trace.issued
  if (!issued || issued.length === 0) return none
  if (issued.every(({ sign }) => sign === undefined)) return issued.map(bare)
  return Promise.all(issued.map((one) => sealToken(keys, one)))
}
