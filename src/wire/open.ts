/** Looks into presented tokens: a JWT's signature is checked here, its meaning is left to the protocol. */

import { createHash } from 'node:crypto'
import type { Presented, Request } from '../protocol/world.js'
import type { Format, Jwt } from '../provider/formats.js'
import type { Settings } from '../provider/settings.js'
import type { Keys } from './keys.js'
import type { Unopened } from './read.js'

/** The claim under which a JWT of this format is remembered. */
const idClaim = (format: Jwt): string | undefined => Object.entries(format.claims).find(([, value]) => value === '{id}')?.[0]

const present = async (keys: Keys, format: Format | undefined, token: string): Promise<Presented> => {
  if (format?.kind !== 'jwt') return { id: token }
  const verified = await keys.verify(token)
  if (!verified) return { id: token, problem: 'malformed' }
  const id = verified.claims[idClaim(format) ?? 'jti']
  return { ...verified, id: typeof id === 'string' ? id : token }
}

export const open = (keys: Keys, settings: Settings, request: Unopened): Request | Promise<Request> => {
  const { tokens, assertion, verifier, ...rest } = request
  const proven =
    verifier === undefined ? {} : { verifier: { plain: verifier, s256: createHash('sha256').update(verifier).digest('base64url') } }
  if (assertion === undefined && (tokens.length === 0 || settings.access.format.kind === 'opaque')) {
    return { ...rest, ...proven, tokens: tokens.map(({ token, ...how }) => ({ ...how, id: token })) }
  }
  return (async () => ({
    ...rest,
    ...proven,
    tokens: await Promise.all(
      tokens.map(async ({ token, ...how }) => ({ ...how, ...(await present(keys, settings.access.format, token)) })),
    ),
    ...(assertion === undefined ? {} : { assertion: await present(keys, settings.assertion?.format, assertion) }),
  }))()
}
