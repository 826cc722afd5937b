/** What can be wrong with an ID token, and where one comes at all. */

import type { ForeignKeys, TokenClaims } from '../../http/foreignKeys.js'
import type { JournalEntry } from '../../index.js'
import type { Profile } from '../runner/profile.js'
import { authorizations, parametersOf } from './reading.js'

const hour = 3600

/** Seconds: the earliest and the latest time that a client may take for now. */
interface Times {
  readonly early: number
  readonly late: number
}

/** What a client shows that means to look at this. */
export type ShownBy = 'keys' | 'keys-or-nonce' | 'nonce'

export type MakeFlawed = (keys: ForeignKeys, claims: TokenClaims, now: Times) => Promise<string> | string

interface Wrong {
  /** As a check and the story of a schedule call it. */
  readonly words: string
  readonly shownBy: ShownBy
  readonly make: MakeFlawed
}

export const wrongs = {
  signature: { words: 'a signature of somebody else', shownBy: 'keys', make: (keys, claims) => keys.sign(claims, 'stranger') },
  'unknown-key': {
    words: 'a key that the provider does not have',
    shownBy: 'keys',
    make: (keys, claims) => keys.sign(claims, 'unknown-key'),
  },
  unsigned: { words: 'alg none', shownBy: 'keys', make: (keys, claims) => keys.unsigned(claims) },
  'public-key-as-secret': { words: 'HS256 with the public key', shownBy: 'keys', make: (keys, claims) => keys.shared(claims) },
  'public-key-as-secret-and-a-line-break': {
    words: 'HS256 with the public key and a line break',
    shownBy: 'keys',
    make: (keys, claims) => keys.shared(claims, '\n'),
  },
  issuer: {
    words: 'another issuer',
    shownBy: 'keys-or-nonce',
    make: (keys, claims) => keys.sign({ ...claims, iss: 'https://issuer.invalid' }),
  },
  audience: { words: 'another audience', shownBy: 'keys-or-nonce', make: (keys, claims) => keys.sign({ ...claims, aud: 'somebody-else' }) },
  nonce: { words: 'another nonce', shownBy: 'nonce', make: (keys, claims) => keys.sign({ ...claims, nonce: 'injected-by-somebody-else' }) },
  expired: {
    words: 'an end in the past',
    shownBy: 'keys-or-nonce',
    make: (keys, claims, { early }) => keys.sign({ ...claims, iat: early - 2 * hour, exp: early - hour }),
  },
  early: {
    words: 'a beginning in the future',
    shownBy: 'keys',
    make: (keys, claims, { late }) => keys.sign({ ...claims, nbf: late + hour, exp: late + 2 * hour }),
  },
} as const satisfies { readonly [flaw: string]: Wrong }

export type Flaw = keyof typeof wrongs
export const flaws = Object.keys(wrongs) as readonly Flaw[]

/**
 * A client that fetches no keys checks no signature, and need not: OpenID Connect Core 1.0 §3.1.3.7 lets TLS stand for it where the
 * token comes straight from the token endpoint. One that sends no nonce has none to compare.
 */
export const shows = (entries: readonly JournalEntry[], shownBy: ShownBy): boolean => {
  const keys = entries.some(({ operation }) => operation === 'jwks')
  const nonce = authorizations(entries).some((entry) => parametersOf(entry)['nonce'] !== undefined)
  return (keys && shownBy !== 'nonce') || (nonce && shownBy !== 'keys')
}

/** Where the reply to an exchange has an ID token, signed by keys that can be fetched. */
export const givesIdTokens = ({ starts, settings }: Profile): boolean =>
  starts === 'authorize' &&
  settings.idToken !== null &&
  settings.token.reply['id_token'] !== undefined &&
  Object.values(settings.endpoints).some(({ operation }) => operation === 'jwks')
