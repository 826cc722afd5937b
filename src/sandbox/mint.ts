/** Fills the random parts of patterns: from the machine's randomness, or the same every time from a seed. */

import { createHash, randomFillSync } from 'node:crypto'

/** Fills a pattern such as `1000.{hex32}.{hex32}`; see `provider/formats.ts` for the parts. */
export type Mint = (pattern: string) => string

export interface Mints {
  /** A mint for one request. `rewind` makes it say the same again, for a decision that is run again. */
  readonly take: () => { readonly mint: Mint; readonly rewind: () => void }
}

/** Bytes one after another. */
type Bytes = (count: number) => Buffer

const pool = Buffer.alloc(4096)
let used = pool.length
const random: Bytes = (count) => {
  if (count > pool.length - used) {
    randomFillSync(pool)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

const seeded = (seed: string): Bytes => {
  let block = new Uint8Array(0)
  let counter = 0
  let at = 0
  return (count) => {
    const out = Buffer.alloc(count)
    for (let i = 0; i < count; i += 1) {
      if (at >= block.length) {
        block = createHash('sha256').update(`${seed}:${counter}`).digest()
        counter += 1
        at = 0
      }
      out[i] = block[at] ?? 0
      at += 1
    }
    return out
  }
}

const lower = 'abcdefghijklmnopqrstuvwxyz0123456789'
const upper = lower.toUpperCase()
// 36 divides 252: bytes above it are drawn again, so that every letter is as likely as the next.
const lettersOf = (alphabet: string, count: number, bytes: Bytes): string => {
  let out = ''
  while (out.length < count) for (const byte of bytes(count - out.length)) if (byte < 252) out += alphabet[byte % 36]
  return out
}

const mixed = `${lower}${upper.slice(0, 26)}`

/** Letters of any alphabet, each as likely as the next. */
const drawn = (alphabet: string, count: number, bytes: Bytes): string => {
  const most = 256 - (256 % alphabet.length)
  let out = ''
  while (out.length < count) for (const byte of bytes(count - out.length)) if (byte < most) out += alphabet[byte % alphabet.length]
  return out
}

const digitsOf = (count: number, bytes: Bytes): string => {
  let out = ''
  while (out.length < count)
    for (const byte of bytes(count - out.length)) if (byte < 250) out += String(out === '' ? 1 + (byte % 9) : byte % 10)
  return out
}

const uuid = (bytes: Buffer): string => {
  const text = bytes.toString('hex')
  const variant = '89ab'[(bytes[8] ?? 0) & 3]
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`
}

type Part = string | ((bytes: Bytes) => string)

const part = (name: string, count: number): Part => {
  if (name === 'hex')
    return (bytes) =>
      bytes(Math.ceil(count / 2))
        .toString('hex')
        .slice(0, count)
  if (name === 'uuid') return (bytes) => uuid(bytes(16))
  if (name === 'alnum') return (bytes) => lettersOf(lower, count, bytes)
  if (name === 'upper') return (bytes) => lettersOf(upper, count, bytes)
  if (name === 'mixed') return (bytes) => drawn(mixed, count, bytes)
  // RFC 8628 §6.1: consonants, so that no word comes out.
  if (name === 'letters') return (bytes) => drawn('BCDFGHJKLMNPQRSTVWXZ', count, bytes)
  if (name === 'digits') return (bytes) => digitsOf(count, bytes)
  if (name === 'url')
    return (bytes) =>
      bytes(Math.ceil((count * 3) / 4))
        .toString('base64url')
        .slice(0, count)
  if (name === 'base64:') return (bytes) => bytes(count).toString('base64')
  throw new Error(`no pattern part is named ${name}`)
}

const read = (pattern: string): readonly Part[] =>
  pattern
    .split(/(\{[a-z0-9]+:?\d*\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const named = /^\{(base64:|[a-z]+)(\d*)\}$/.exec(piece)
      return named?.[1] === undefined ? piece : part(named[1], Number(named[2]))
    })

const readings = new Map<string, readonly Part[]>()

const fillWith =
  (bytes: Bytes): Mint =>
  (pattern) => {
    let parts = readings.get(pattern)
    if (!parts) {
      parts = read(pattern)
      readings.set(pattern, parts)
    }
    let out = ''
    for (const one of parts) out += typeof one === 'string' ? one : one(bytes)
    return out
  }

const fromMachine = { mint: fillWith(random), rewind: () => {} }

/** @param seed undefined for the machine's randomness; else the same values on every run, request by request */
export const createMints = (seed?: string): Mints => {
  if (seed === undefined) return { take: () => fromMachine }
  let requests = 0
  return {
    take: () => {
      // A request that mints nothing does not count: health checks must not change what comes after them.
      let number: number | undefined
      let inner: Mint | undefined
      return {
        mint: (pattern) => {
          number ??= requests++
          inner ??= fillWith(seeded(`${seed}:${number}`))
          return inner(pattern)
        },
        rewind: () => {
          inner = undefined
        },
      }
    },
  }
}
