/** Looks into presented tokens: a JWT's signature is checked here, its meaning is left to the protocol. */

import { createHash } from 'node:crypto'
import type { AccessPresented, Presented, Request, Verified } from '../protocol/context.js'
import type { Client } from '../protocol/records.js'
import type { Format, Jwt } from '../provider/formats.js'
import type { Settings } from '../provider/settings.js'
import type { MaybePromise } from './maybePromise.js'
import type { UnverifiedRequest } from './parseRequest.js'
import type { ProviderKeys } from './providerKeys.js'

/** The claim under which a JWT of this format is remembered. */
const idClaim = (format: Jwt): string | undefined => Object.entries(format.claims).find(([, value]) => value === '{id}')?.[0]

const present = async (keys: ProviderKeys, format: Format | undefined, token: string): Promise<Presented> => {
  if (format?.kind !== 'jwt') return { id: token }
  const verified = await keys.verify(token)
  if (!verified) return { id: token, problem: 'malformed' }
  const id = verified.claims[idClaim(format) ?? 'jti']
  return { ...verified, id: typeof id === 'string' ? id : token }
}

const none: readonly AccessPresented[] = []

/** Member by member: this is done for every request, and a spread with exceptions is slow. */
const opened = (
  from: UnverifiedRequest,
  tokens: readonly AccessPresented[],
  assertion: Presented | undefined,
  verified?: Verified,
): Request => ({
  operation: from.operation,
  endpoint: from.endpoint,
  method: from.method,
  path: from.path,
  host: from.host,
  params: from.params,
  credentials: from.credentials,
  tokens,
  assertion,
  verifier: from.verifier === undefined ? undefined : { plain: from.verifier, s256: hashOf(from.verifier) },
  session: from.session,
  verified,
  accept: from.accept,
})

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** @param clientOf looks a client up: what a client signed is verified with its own keys */
export const verifyTokens = (
  keys: ProviderKeys,
  settings: Settings,
  request: UnverifiedRequest,
  clientOf: (id: string) => MaybePromise<Client | undefined>,
): MaybePromise<Request> => {
  const { tokens, assertion, unverified } = request
  const { format } = settings.access
  if (unverified === undefined && assertion === undefined && tokens.length === 0) return opened(request, none, undefined)
  if (unverified === undefined && assertion === undefined && format.kind === 'opaque') {
    return opened(
      request,
      tokens.map(({ token, scheme, in: place }) => ({ id: token, scheme, in: place })),
      undefined,
    )
  }
  const bound = settings.dpop !== null
  // A client's registration is managed with a token that is never signed.
  const signed = request.operation === 'client-registration' && request.method !== 'POST' ? undefined : format
  return (async () =>
    opened(
      request,
      await Promise.all(
        tokens.map(async ({ token, ...how }) => ({
          ...how,
          ...(await present(keys, signed, token)),
          ...(bound ? { hash: hashOf(token) } : {}),
        })),
      ),
      assertion === undefined || unverified?.grant !== undefined ? undefined : await present(keys, settings.assertion?.format, assertion),
      unverified && (await (await import('./clientJwts.js')).verify(keys, settings, unverified, request.params, clientOf)),
    ))()
}
