/** The secrets of a history, each with what it is, and the forms in which it may be seen. */

import type { JournalEntry } from '../../index.js'
import { fine, header, parametersOf, replyOf, tokenRequests } from '../cases/reading.js'

export type SecretKind = 'client secret' | 'authorization code' | 'access token' | 'refresh token' | 'ID token' | 'verifier' | 'API key'

export interface Secret {
  readonly kind: SecretKind
  readonly value: string
}

/** Shorter values would be found by chance. */
const shortest = 8

const inRequests: { readonly [parameter: string]: SecretKind } = {
  client_secret: 'client secret',
  code: 'authorization code',
  authorization_code: 'authorization code',
  code_verifier: 'verifier',
  refresh_token: 'refresh token',
  assertion: 'API key',
}

const inReplies: { readonly [member: string]: SecretKind } = {
  access_token: 'access token',
  refresh_token: 'refresh token',
  id_token: 'ID token',
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString()

/** Both readings of Basic: as it stands, and decoded as a form (RFC 6749 §2.3.1). */
const fromBasic = (entry: JournalEntry): readonly string[] => {
  const [, value] = /^basic\s+(.+)$/i.exec(header(entry, 'authorization') ?? '') ?? []
  if (value === undefined) return []
  const pair = decoded(value)
  const password = pair.slice(pair.indexOf(':') + 1)
  try {
    return [password, decodeURIComponent(password.replaceAll('+', ' '))]
  } catch {
    return [password]
  }
}

/** What was sent to the token endpoint as a secret, and what came from it. */
export const secretsIn = (entries: readonly JournalEntry[], credentials: readonly string[] = []): readonly Secret[] => {
  const found = new Map<string, SecretKind>()
  const add = (value: unknown, kind: SecretKind): void => {
    if (typeof value === 'string' && value.length >= shortest && !found.has(value)) found.set(value, kind)
  }
  for (const value of credentials) add(value, 'client secret')
  for (const entry of tokenRequests(entries)) {
    for (const value of fromBasic(entry)) add(value, 'client secret')
    const sent = parametersOf(entry)
    for (const [name, kind] of Object.entries(inRequests)) add(sent[name], kind)
    if (!fine(entry)) continue
    const reply = replyOf(entry)
    for (const [name, kind] of Object.entries(inReplies)) add(reply[name], kind)
  }
  return [...found].map(([value, kind]) => ({ kind, value }))
}

const base64Forms = (value: string): readonly string[] => {
  const plain = Buffer.from(value).toString('base64').replace(/=+$/, '')
  return [plain, plain.replaceAll('+', '-').replaceAll('/', '_')]
}

/** As it is, percent-encoded once and twice, and in base64. */
export const formsOf = (value: string): readonly string[] => {
  const once = encodeURIComponent(value)
  const form = new URLSearchParams({ s: value }).toString().slice(2)
  return [...new Set([value, once, form, encodeURIComponent(once), ...base64Forms(value)])]
}

/** Many texts are searched for the same secrets. */
const formsKept = new WeakMap<Secret, readonly string[]>()

const keptFormsOf = (secret: Secret): readonly string[] => {
  const kept = formsKept.get(secret) ?? formsOf(secret.value)
  formsKept.set(secret, kept)
  return kept
}

/** The first secret that a text shows in any form. */
export const shownIn = (text: string, secrets: readonly Secret[]): Secret | undefined =>
  text === '' ? undefined : secrets.find((secret) => keptFormsOf(secret).some((form) => text.includes(form)))
