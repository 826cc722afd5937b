/** When the next live code, token or key expires by itself. */

import type { Seconds } from '../provider/settings.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { ValidationError } from '../validation/errors.js'
import type { TokenFilter } from './issuedTokens.js'
import { listTokens } from './issuedTokens.js'

/** Which ones count: all by default. */
export type ExpiryFilter = Omit<TokenFilter, 'state'>

/** @returns epoch seconds, to the millisecond; undefined when nothing that fits expires */
export const nextExpiry = async (sandbox: Sandbox, selection: ExpiryFilter = {}): Promise<Seconds | undefined> => {
  let next: Seconds | undefined
  for (const { expiresAt } of await listTokens(sandbox, { ...selection, state: 'live' }))
    if (expiresAt !== null && (next === undefined || expiresAt < next)) next = expiresAt
  return next
}

/** Moves the clock to the moment at which what expires next has expired. @throws ValidationError when nothing that fits expires */
export const advanceToNextExpiry = async (sandbox: Sandbox, selection?: ExpiryFilter): Promise<Seconds> => {
  const next = await nextExpiry(sandbox, selection)
  if (next === undefined) throw new ValidationError('advanceTo', 'nothing that fits is live and expires')
  return sandbox.clock.advanceTo(next)
}
