/** Proof Key for Code Exchange (RFC 7636): challenges and what answers them. */

const unreserved = /^[A-Za-z0-9\-._~]{43,128}$/

export const isWellFormed = (challenge: string): boolean => unreserved.test(challenge)

/** A code verifier with its transformation (RFC 7636 §4.2), which the wire worked out: hashing is not a decision. */
export interface Verifier {
  readonly plain: string
  readonly s256: string
}

export const matchesChallenge = (verifier: Verifier, challenge: string, method: 'S256' | 'plain'): boolean =>
  isWellFormed(verifier.plain) && (method === 'plain' ? verifier.plain : verifier.s256) === challenge
