/** Signs what was minted (RFC 7515 §3.1). */

import type { Issued, Outcome } from '../protocol/context.js'
import type { MaybePromise } from './maybePromise.js'
import type { ProviderKeys } from './providerKeys.js'

/** The tokens of an outcome, as the client will see them, in the order in which they were issued. */
export type SignedTokens = readonly string[]

const none: SignedTokens = []

const bare = ({ token, id }: Issued): string => token ?? id

export const signToken = async (keys: ProviderKeys, issued: Issued, by?: 'stranger'): Promise<string> =>
  issued.sign ? keys.sign(issued.sign.header, issued.sign.claims, by) : bare(issued)

/** An answer that is a JWT as a whole comes behind the tokens. */
const withAnswer = async (keys: ProviderKeys, outcome: Outcome): Promise<SignedTokens> => {
  const issued = await Promise.all((outcome.trace.issued ?? []).map((one) => signToken(keys, one)))
  if (outcome.kind !== 'answered' || !outcome.signed) return issued
  return [...issued, await keys.sign(outcome.signed.header, outcome.signed.claims)]
}

export const signTokens = (keys: ProviderKeys, outcome: Outcome): MaybePromise<SignedTokens> => {
  if (outcome.kind === 'answered' && outcome.signed) return withAnswer(keys, outcome)
  const issued = outcome.trace.issued
  if (!issued || issued.length === 0) return none
  if (issued.every(({ sign }) => sign === undefined)) return issued.map(bare)
  return Promise.all(issued.map((one) => signToken(keys, one)))
}
