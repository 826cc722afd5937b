/** Client credentials as they stand in a request (RFC 6749 §2.3.1, RFC 7617). */

import type { Credentials } from '../protocol/context.js'
import type { RawRequest } from './raw.js'

interface Reading {
  readonly user: string
  readonly password: string
}

const split = (text: string): Reading => {
  const at = text.indexOf(':')
  return { user: text.slice(0, at), password: text.slice(at + 1) }
}

const formDecoded = (reading: Reading): Reading | undefined => {
  try {
    const decode = (part: string): string => decodeURIComponent(part.replaceAll('+', ' '))
    return { user: decode(reading.user), password: decode(reading.password) }
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Libraries disagree on whether the parts are form-encoded first, and in which character set they are: the raw reading
 * is tried first, because most send raw and a raw `+` must stay one.
 */
const readings = (bytes: Uint8Array, trim: boolean): Credentials['basic'] => {
  const latin = Buffer.from(bytes).toString('latin1')
  const texts = [...new Set([textOf(bytes), latin])]
    .filter((one) => one !== undefined)
    .map((one) => (trim ? one.replace(/\r?\n$/, '') : one))
  if (texts.some((one) => !one.includes(':'))) return 'malformed'
  const raw = texts.map(split)
  const decoded = raw.map(formDecoded)
  return { readings: [...raw, ...decoded.filter((one) => one !== undefined)], undecodable: decoded.includes(undefined) }
}

const basicOf = (header: string | undefined, trim: boolean): Credentials['basic'] => {
  if (header === undefined || header === '') return 'absent'
  const match = /^basic +([A-Za-z0-9+/\-_]+={0,2})$/i.exec(header.trim())
  return match?.[1] === undefined ? 'malformed' : readings(Buffer.from(match[1], 'base64'), trim)
}

export const credentialsOf = (raw: RawRequest, params: ReadonlyMap<string, string>, trimsNewline: boolean): Credentials => ({
  basic: basicOf(raw.headers['authorization'], trimsNewline),
  id: params.get('client_id'),
  secret: params.get('client_secret'),
})
