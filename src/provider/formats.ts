/** What a token, code or identifier looks like: a pattern to be minted, or the parts of a JWT to be signed. */

import type { Template } from './template.js'

/**
 * A pattern: `{hex32}` 32 lower-case hexadecimal digits, `{uuid}` a random UUID, `{alnum10}` lower-case letters and digits,
 * `{upper30}` upper-case letters and digits, `{mixed40}` letters of both cases and digits, `{letters8}` upper-case consonants, `{url43}` URL-safe base64, `{base64:32}` standard base64 of 32 bytes, `{digits13}`.
 */
export interface Opaque {
  readonly kind: 'opaque'
  readonly pattern: string
}

/** A signed JWT (RFC 7519). `id` is the pattern of the key under which it is remembered (its `jti`). */
export interface Jwt {
  readonly kind: 'jwt'
  readonly id: string
  readonly header: { readonly [member: string]: Template }
  readonly claims: { readonly [claim: string]: Template }
}

export type Format = Opaque | Jwt

export const opaque = (pattern: string): Opaque => ({
  kind: 'opaque',
  pattern,
})

export const jwt = <const C extends Jwt['claims']>(
  id: string,
  header: Jwt['header'],
  claims: C,
): Omit<Jwt, 'claims'> & { readonly claims: C } => ({ kind: 'jwt', id, header, claims })

/** Stands for a member that is left out. */
export const absent = '{absent}'
