/** Signed tokens of somebody else: what a careful client must refuse, and the keys by which it knows. */

import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'

export interface TokenClaims {
  readonly [claim: string]: unknown
}

/** Keys that are not the provider's, and tokens made with them. */
export interface ForeignKeys {
  readonly sign: (claims: TokenClaims, how?: 'stranger' | 'unknown-key') => Promise<string>
  readonly unsigned: (claims: TokenClaims) => string
  /** HS256 with the public key in PEM as the secret. @param end what follows its last line: libraries write it with a line break or without */
  readonly shared: (claims: TokenClaims, end?: '' | '\n') => Promise<string>
  readonly published: object
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Makes a key pair that may be published in place of the provider's, and a second one that nobody publishes. */
export const makeForeignKeys = async (): Promise<ForeignKeys> => {
  const [own, other] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')])
  const kid = 'conformance-key'
  const published = { keys: [{ ...(await exportJWK(own.publicKey)), kid, alg: 'RS256', use: 'sig' }] }
  const pem = await exportSPKI(own.publicKey)
  return {
    published,
    sign: (claims, how) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: how === 'unknown-key' ? 'a-key-of-nobody' : kid })
        .sign(how === undefined ? own.privateKey : other.privateKey),
    unsigned: (claims) => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`,
    shared: (claims, end = '') =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
        .sign(new TextEncoder().encode(`${pem.trim()}${end}`)),
  }
}
