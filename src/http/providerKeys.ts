/** The keys that sign a provider's tokens: made once, remembered in the store, rotated on demand (RFC 7517). */

import type { JsonWebKey, KeyObject } from 'node:crypto'
import { constants, createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto'
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
const publicPart = (jwk: Jwk, kid: string, alg = 'RS256'): Jwk => ({
  ...Object.fromEntries(Object.entries(jwk).filter(([member]) => publicMembers.includes(member))),
  kid,
  use: 'sig',
  alg,
})

/** A key of another algorithm; one of RSA signs with PSS padding as well. */
const generateFor = async (alg: string): Promise<Jwk> => {
  if (alg === 'ES256') return { ...(await generatePair('ec', { namedCurve: 'P-256' })).privateKey.export({ format: 'jwk' }) }
  if (alg === 'EdDSA') return { ...(await generatePair('ed25519', {})).privateKey.export({ format: 'jwk' }) }
  return sharedKey()
}

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
const compact = (header: string, claims: Jwk, key: KeyObject, alg = 'RS256'): Promise<string> => {
  const input = `${header}.${base64url(claims)}`
  const { digest, ...how } = algorithms[alg] ?? { digest: 'RSA-SHA256' }
  return new Promise((resolve, reject) => {
    sign(digest, Buffer.from(input), { key, ...how }, (error, signature) => {
      if (error) reject(error)
      else resolve(`${input}.${signature.toString('base64url')}`)
    })
  })
}

interface HowToSign {
  readonly digest: string | null
  readonly padding?: number
  readonly saltLength?: number
  readonly dsaEncoding?: 'ieee-p1363'
}

/** RFC 7518 §3.3 to §3.5, RFC 8037 §3.1. */
const algorithms: { readonly [alg: string]: HowToSign } = {
  RS256: { digest: 'RSA-SHA256' },
  PS256: { digest: 'RSA-SHA256', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  ES256: { digest: 'sha256', dsaEncoding: 'ieee-p1363' },
  EdDSA: { digest: null },
}

/** So many of the last tokens, or up to twice as many, are known again by their text; the signature of any other is checked. */
const mostOwn = 1000

interface Loaded {
  readonly record: SigningKey
  readonly current: KeyObject
  /** By key id. */
  readonly public: ReadonlyMap<string, { readonly key: KeyObject; readonly alg: string }>
  /** By algorithm, besides RS256. */
  readonly others: ReadonlyMap<string, { readonly kid: string; readonly key: KeyObject }>
}

const knownKeys = ({
  kid,
  jwk,
  retired = [],
  others = [],
}: SigningKey): readonly { readonly kid: string; readonly jwk: Jwk; readonly alg: string }[] => [
  ...retired.map((one) => ({ alg: 'RS256', ...one })),
  { kid, jwk, alg: 'RS256' },
  ...others,
]

/** @param wanted algorithms besides RS256 that the provider signs with */
export const createProviderKeys = (table: KeyStorage, wanted: () => readonly string[] = () => []): ProviderKeys => {
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
    const keys = knownKeys(record).map(
      ({ kid, jwk, alg }) => [kid, { key: createPublicKey({ key: publicPart(jwk, kid) as JsonWebKey, format: 'jwk' }), alg }] as const,
    )
    const others = (record.others ?? []).map(({ alg, kid, jwk }) => [alg, { kid, key: imported(jwk) }] as const)
    return { record, current: imported(record.jwk), public: new Map(keys), others: new Map(others) }
  }
  const othersFor = async (): Promise<Pick<SigningKey, 'others'>> => {
    const missing = wanted().filter((alg) => alg !== 'RS256')
    if (missing.length === 0) return {}
    return { others: await Promise.all(missing.map(async (alg) => ({ alg, kid: table.newKid(), jwk: await generateFor(alg) }))) }
  }
  const load = (): Promise<Loaded> => {
    loaded ??= (async () => {
      const kept = await table.load()
      if (kept && (kept.others ?? []).length >= wanted().filter((alg) => alg !== 'RS256').length) return prepare(kept)
      if (kept) return prepare(await table.save({ ...kept, ...(await othersFor()) }, true))
      return prepare(await table.save({ kid: table.newKid(), jwk: await sharedKey(), ...(await othersFor()) }, false))
    })()
    return loaded
  }
  /** Encoded headers, by what they are made of: a format says the same one until the key changes. */
  const headers = new WeakMap<Jwk, { readonly kid: string; readonly text: string }>()
  const headerOf = (header: Jwk, current: string, alg = 'RS256'): string => {
    const known = headers.get(header)
    if (known?.kid === current) return known.text
    const kid = header['kid'] === '{kid}' ? current : header['kid']
    const text = base64url({ ...header, ...(kid === undefined ? {} : { kid: String(kid) }), alg })
    headers.set(header, { kid: current, text })
    return text
  }
  const strange = (): Promise<KeyObject> => {
    stranger ??= generate().then(imported)
    return stranger
  }

  return {
    sign: async (header, claims, by) => {
      const { record, current, others } = await load()
      const inUse = loaded
      const other = typeof header['alg'] === 'string' && header['alg'] !== 'RS256' ? others.get(header['alg']) : undefined
      if (other) {
        const alg = String(header['alg'])
        return compact(headerOf(header, other.kid, alg), claims, by === 'stranger' ? imported(await generateFor(alg)) : other.key, alg)
      }
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
        await compactVerify(token, key.key, { algorithms: [key.alg] })
        return { claims }
      } catch {
        return { claims, problem: 'signature' }
      }
    },
    jwks: async () => ({ keys: knownKeys((await load()).record).map(({ jwk, kid, alg }) => publicPart(jwk, kid, alg)) }),
    rotate: async (old) => {
      const { record } = await load()
      const before = { kid: record.kid, jwk: record.jwk }
      const retired = old === 'published' ? [...(record.retired ?? []), before, ...(record.others ?? [])] : []
      const next = await table.save({ kid: table.newKid(), jwk: await generate(), retired, ...(await othersFor()) }, true)
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
