/** The keys that sign a provider's tokens: made once, remembered in the store, rotated on demand (RFC 7517). */

import type { JsonWebKey, KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKey } from '../protocol/records.js'

type Jose = typeof import('jose')

/** jose is loaded when the first token is verified, not when the server starts. */
let jose: Promise<Jose> | undefined
const loadJose = (): Promise<Jose> => {
  jose ??= import('jose')
  return jose
}

export type Jwk = { readonly [member: string]: unknown }

const generatePair = promisify(generateKeyPair)

const generate = async (): Promise<Jwk> => {
  const { privateKey } = await generatePair('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }) }
}

/** One key for the whole process: making an RSA key takes longer than everything else a sandbox needs. */
let shared: Promise<Jwk> | undefined
export const sharedKey = (): Promise<Jwk> => {
  shared ??= generate()
  return shared
}

const publicMembers = ['kty', 'n', 'e', 'crv', 'x', 'y']
const publicPart = (jwk: Jwk, kid: string): Jwk => ({
  ...Object.fromEntries(Object.entries(jwk).filter(([member]) => publicMembers.includes(member))),
  kid,
  use: 'sig',
  alg: 'RS256',
})

/** How keys are remembered. `save` keeps the first key that is offered and gives back the one that counts. */
export interface KeyStorage {
  readonly load: () => Promise<SigningKey | undefined>
  readonly save: (key: SigningKey, replace: boolean) => Promise<SigningKey>
  readonly newKid: () => string
}

export interface ProviderKeys {
  readonly sign: (header: Jwk, claims: Jwk, by?: 'stranger') => Promise<string>
  /** The claims of a JWT, and what is wrong with its signature. */
  readonly verify: (
    token: string,
  ) => Promise<{ readonly claims: Jwk; readonly problem?: 'signature' | 'key'; readonly kid?: string } | undefined>
  /** The public keys (RFC 7517 §5); never a private member. */
  readonly jwks: () => Promise<{ readonly keys: readonly Jwk[] }>
  readonly rotate: (old: 'published' | 'gone') => Promise<string>
  readonly kid: () => Promise<string>
  /** Forgets what was loaded, after the store was replaced. */
  readonly reload: () => void
}

const imported = (jwk: Jwk): KeyObject => createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Signs (RFC 7515 §3.1, RFC 7518 §3.3). A signature is nine tenths of what a signed token costs: it is made on the thread
 * pool, with a key that stays imported, and by node:crypto, where it takes a tenth less than by way of WebCrypto.
 */
const compact = (header: string, claims: Jwk, key: KeyObject): Promise<string> => {
  const input = `${header}.${base64url(claims)}`
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(input), key, (error, signature) => {
      if (error) reject(error)
      else resolve(`${input}.${signature.toString('base64url')}`)
    })
  })
}

/** So many of the last tokens, or up to twice as many, are known again by their text; the signature of any other is checked. */
const mostOwn = 1000

interface Loaded {
  readonly record: SigningKey
  readonly current: KeyObject
  readonly public: ReadonlyMap<string, KeyObject>
}

export const createProviderKeys = (table: KeyStorage): ProviderKeys => {
  /** The claims of what the current key signed last, and what it signed before. */
  let own = new Map<string, Jwk>()
  let before: ReadonlyMap<string, Jwk> = new Map()
  const remember = (token: string, claims: Jwk): void => {
    if (own.size >= mostOwn) {
      before = own
      own = new Map()
    }
    own.set(token, claims)
  }
  const forget = (): void => {
    before = own = new Map()
  }
  let loaded: Promise<Loaded> | undefined
  let stranger: Promise<KeyObject> | undefined

  const prepare = (record: SigningKey): Loaded => {
    const known = [{ kid: record.kid, jwk: record.jwk }, ...(record.retired ?? [])]
    const keys = known.map(({ kid, jwk }) => [kid, createPublicKey({ key: publicPart(jwk, kid) as JsonWebKey, format: 'jwk' })] as const)
    return { record, current: imported(record.jwk), public: new Map(keys) }
  }
  const load = (): Promise<Loaded> => {
    loaded ??= (async () => {
      const kept = await table.load()
      return prepare(kept ?? (await table.save({ kid: table.newKid(), jwk: await sharedKey() }, false)))
    })()
    return loaded
  }
  /** Encoded headers, by what they are made of: a format says the same one until the key changes. */
  const headers = new WeakMap<Jwk, { readonly kid: string; readonly text: string }>()
  const headerOf = (header: Jwk, current: string): string => {
    const known = headers.get(header)
    if (known?.kid === current) return known.text
    const kid = header['kid'] === '{kid}' ? current : header['kid']
    const text = base64url({ ...header, ...(kid === undefined ? {} : { kid: String(kid) }), alg: 'RS256' })
    headers.set(header, { kid: current, text })
    return text
  }
  const strange = (): Promise<KeyObject> => {
    stranger ??= generate().then(imported)
    return stranger
  }

  return {
    sign: async (header, claims, by) => {
      const { record, current } = await load()
      const inUse = loaded
      const text = headerOf(header, record.kid)
      if (by === 'stranger') return compact(text, claims, await strange())
      const token = await compact(text, claims, current)
      // Only what names this key, or none, is judged by it; and it may have been replaced while it signed.
      if (loaded === inUse && [undefined, '{kid}', '0', record.kid].some((kid) => kid === header['kid'])) remember(token, claims)
      return token
    },
    verify: async (token) => {
      const known = own.get(token) ?? before.get(token)
      if (known) return { claims: known }
      const { compactVerify, decodeProtectedHeader, decodeJwt } = await loadJose()
      let claims: Jwk
      let kid: unknown
      try {
        claims = decodeJwt(token) as Jwk
        kid = decodeProtectedHeader(token).kid
      } catch {
        return undefined
      }
      const { record, public: keys } = await load()
      // "0" is how a provider may name the key of its long-lived keys: it is the same key here.
      const key = keys.get(kid === '0' || kid === undefined ? record.kid : String(kid))
      if (!key) return { claims, problem: 'key', kid: String(kid) }
      try {
        await compactVerify(token, key, { algorithms: ['RS256'] })
        return { claims }
      } catch {
        return { claims, problem: 'signature' }
      }
    },
    jwks: async () => ({
      keys: [...((await load()).record.retired ?? []), (await load()).record].map(({ jwk, kid }) => publicPart(jwk, kid)),
    }),
    rotate: async (old) => {
      const { record } = await load()
      const retired = old === 'published' ? [...(record.retired ?? []), { kid: record.kid, jwk: record.jwk }] : []
      const next = await table.save({ kid: table.newKid(), jwk: await generate(), retired }, true)
      loaded = Promise.resolve(prepare(next))
      forget()
      return next.kid
    },
    kid: async () => (await load()).record.kid,
    reload: () => {
      loaded = undefined
      forget()
    },
  }
}
