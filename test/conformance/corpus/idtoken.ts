/** Whether an ID token may be believed (OpenID Connect Core 1.0 §3.1.3.7). */

import { createHmac, createPublicKey } from 'node:crypto'
import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { ProtocolError } from './errors.js'

/** What is looked at; a broken client leaves one out. */
export type Look = 'signature' | 'algorithm' | 'iss' | 'aud' | 'nonce' | 'exp' | 'nbf' | 'sub' | 'unsigned' | 'shared-key' | 'unknown-key'

export interface Expected {
  readonly issuer: string
  readonly clientId: string
  readonly nonce?: string
  /** Whom the connection belonged to until now. */
  readonly subject?: string
  /** Milliseconds. */
  readonly now: number
}

const algorithms = ['RS256', 'PS256', 'ES256']
/** Seconds that two clocks may differ. */
const tolerance = 60

const refuse = (what: string): never => {
  throw new ProtocolError(`the ID token's ${what} is wrong`)
}

const seconds = (value: unknown, what: string): number => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(what))

/** Whether it is signed with the provider's public key as if that were a secret: what a careless library takes for a signature. */
const sharedKey = async (token: string, keys: (anew: boolean) => Promise<JSONWebKeySet>): Promise<boolean> => {
  const [head, body, signature] = token.split('.')
  const { keys: found } = await keys(false)
  return found.some((key) => {
    const pem = createPublicKey({ key: { ...key }, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    return createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url') === signature
  })
}

/** What a broken client takes for a signature. */
const pardoned = async (
  token: string,
  alg: string,
  keys: (anew: boolean) => Promise<JSONWebKeySet>,
  skips: readonly Look[],
): Promise<boolean> =>
  (alg === 'none' && skips.includes('unsigned')) || (alg === 'HS256' && skips.includes('shared-key') && (await sharedKey(token, keys)))

/** @param keys fetches the provider's keys; told to do so anew when a key is not among them */
export const subjectOf = async (
  token: string,
  expected: Expected,
  keys: (anew: boolean) => Promise<JSONWebKeySet>,
  skips: readonly Look[] = [],
): Promise<string> => {
  const looks = (what: Look): boolean => !skips.includes(what)
  const header = decodeProtectedHeader(token)
  const pardon = await pardoned(token, String(header.alg), keys, skips)
  if (looks('algorithm') && !pardon && !algorithms.includes(String(header.alg))) refuse('algorithm')
  if (looks('signature') && !pardon) {
    const verified = async (anew: boolean): Promise<unknown> => compactVerify(token, createLocalJWKSet(await keys(anew)), { algorithms })
    await verified(false)
      .catch(() => verified(true))
      .catch((error: unknown) => {
        if (looks('unknown-key') || (error as { code?: unknown }).code !== 'ERR_JWKS_NO_MATCHING_KEY') refuse('signature')
      })
  }
  const claims = decodeJwt(token)
  const now = expected.now / 1000
  if (looks('iss') && claims.iss !== expected.issuer) refuse('issuer')
  const audience = [claims.aud ?? []].flat()
  if (looks('aud') && !audience.includes(expected.clientId)) refuse('audience')
  if (looks('aud') && audience.length > 1 && claims['azp'] !== expected.clientId) refuse('authorized party')
  if (looks('exp') && seconds(claims.exp, 'end') < now - tolerance) refuse('end')
  if (looks('nbf') && claims.nbf !== undefined && seconds(claims.nbf, 'beginning') > now + tolerance) refuse('beginning')
  if (looks('nonce') && expected.nonce !== undefined && claims['nonce'] !== expected.nonce) refuse('nonce')
  if (looks('sub') && (!claims.sub || (expected.subject !== undefined && claims.sub !== expected.subject))) refuse('subject')
  return String(claims.sub)
}
