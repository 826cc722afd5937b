/** Verifies what a request carries besides access tokens: JWTs that a client signed, proofs of possession, tokens as parameters. */

import type { JSONWebKeySet, JWK } from 'jose'
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import type { ClientJwt, Presented, Proof, Verified } from '../protocol/context.js'
import type { Client } from '../protocol/records.js'
import type { Settings } from '../provider/settings.js'
import type { MaybePromise } from './maybePromise.js'
import type { Unverified } from './parseRequest.js'
import type { ProviderKeys } from './providerKeys.js'

interface Members {
  readonly [member: string]: unknown
}

const parts = (token: string): { readonly header: Members; readonly claims: Members } | undefined => {
  try {
    return { header: { ...decodeProtectedHeader(token) }, claims: { ...decodeJwt(token) } }
  } catch {
    return undefined
  }
}

/** The client's own keys: its secret for HMAC, what it registered for the rest. */
const verifiedBy = async (token: string, { alg }: Members, client: Client | undefined): Promise<'signature' | 'key' | undefined> => {
  if (!client || typeof alg !== 'string' || alg === 'none') return 'key'
  try {
    if (alg.startsWith('HS')) {
      if (client.secret === '') return 'key'
      await compactVerify(token, new TextEncoder().encode(client.secret))
    } else {
      if (!client.jwks) return 'key'
      await compactVerify(token, createLocalJWKSet(client.jwks as unknown as JSONWebKeySet))
    }
    return undefined
  } catch {
    return 'signature'
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const clientJwt = async (
  token: string,
  named: (claims: Members) => string,
  clientOf: (id: string) => MaybePromise<Client | undefined>,
): Promise<ClientJwt> => {
  const read = parts(token)
  if (!read) return { client: '', header: {}, claims: {}, problem: 'malformed' }
  const client = named(read.claims)
  const problem = await verifiedBy(token, read.header, await clientOf(client))
  return { client, ...read, ...(problem === undefined ? {} : { problem }) }
}

const unproven = (problem: NonNullable<Proof['problem']>): Proof => ({ jkt: '', alg: '', claims: {}, problem })

/** A proof is signed with the key in its header (RFC 9449 §4.3 items 2 to 7). */
const proofOf = async (token: string, algorithms: readonly string[]): Promise<Proof> => {
  // Two headers of one name come joined by a comma, which no JWT has.
  if (token.includes(',')) return unproven('repeated')
  const read = parts(token)
  if (read?.header['typ'] !== 'dpop+jwt') return unproven('malformed')
  const { alg, jwk } = read.header as { readonly alg?: unknown; readonly jwk?: JWK }
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return unproven('algorithm')
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk || 'k' in jwk) return unproven('malformed')
  try {
    const jkt = await calculateJwkThumbprint(jwk)
    await compactVerify(token, await importJWK(jwk, alg), { algorithms: [alg] })
    return { jkt, alg, claims: read.claims }
  } catch {
    return unproven('signature')
  }
}

const looksSigned = /^[\w-]+\.[\w-]+\.[\w-]+$/

const tokenOf = async (keys: ProviderKeys, token: string): Promise<Presented> => {
  if (!looksSigned.test(token)) return { id: token }
  const verified = await keys.verify(token)
  if (!verified) return { id: token, problem: 'malformed' }
  return { ...verified, id: text(verified.claims['jti']) || token }
}

export const verify = async (
  keys: ProviderKeys,
  settings: Settings,
  { clientAssertion, requestObject, proof, grant, tokens }: Unverified,
  params: ReadonlyMap<string, string>,
  clientOf: (id: string) => MaybePromise<Client | undefined>,
): Promise<Verified> => {
  const bySubject = (claims: Members): string => text(claims['sub'])
  const byIssuer = (claims: Members): string => text(claims['iss'])
  const byParameter = (claims: Members): string => params.get('client_id') ?? text(claims['client_id'] ?? claims['iss'])
  const presented = await Promise.all(Object.entries(tokens).map(async ([name, token]) => [name, await tokenOf(keys, token)] as const))
  return {
    clientAssertion: clientAssertion === undefined ? undefined : await clientJwt(clientAssertion, bySubject, clientOf),
    requestObject: requestObject === undefined ? undefined : await clientJwt(requestObject, byParameter, clientOf),
    proof: proof === undefined ? undefined : await proofOf(proof, settings.dpop?.algorithms ?? []),
    grant: grant === undefined ? undefined : await clientJwt(grant, byIssuer, clientOf),
    ...(presented.length > 0 ? { tokens: Object.fromEntries(presented) } : {}),
  }
}
