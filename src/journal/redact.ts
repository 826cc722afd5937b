/** Keeps secrets out of what leaves the process: each becomes a fingerprint, the same for the same secret. */

import { createHash } from 'node:crypto'
import type { JournalEntry, TokenReference } from './entry.js'

/** Short enough to read, long enough to tell two secrets of one journal apart. */
export const fingerprint = (secret: string): string => `‹${createHash('sha256').update(secret).digest('hex').slice(0, 8)}›`

const sensitive =
  /^(code|access_token|refresh_token|id_token|client_secret|password|assertion|client_assertion|code_verifier|token|username)$/

/** Names of secrets in an exchange: `code` is one where codes are exchanged, and an error's number elsewhere. */
const secretIn =
  (codes: boolean) =>
  (name: string): boolean =>
    sensitive.test(name) && (codes || name !== 'code')

const fromJson = (body: string | undefined, found: Set<string>, isSecret: (name: string) => boolean): void => {
  if (!body?.startsWith('{')) return
  try {
    const walk = (value: unknown, name: string): void => {
      if (typeof value === 'string') {
        if (isSecret(name)) found.add(value)
      } else if (typeof value === 'object' && value !== null) for (const [member, inner] of Object.entries(value)) walk(inner, member)
    }
    walk(JSON.parse(body), '')
  } catch {
    // cut short or garbled, it can still hold most of a token
    for (const [, name = '', value = ''] of body.matchAll(/"(\w+)"\s*:\s*"([^"]*)/g)) if (isSecret(name)) found.add(value)
  }
}

const fromQuery = (text: string, found: Set<string>, isSecret = secretIn(true)): void => {
  const at = text.indexOf('?')
  for (const [name, value] of new URLSearchParams(at < 0 ? text : text.slice(at + 1))) if (isSecret(name)) found.add(value)
}

/** What our own pages mark as secret. */
const fromPage = (body: string | undefined, found: Set<string>): void => {
  for (const [, secret] of body?.matchAll(/ data-secret>([^<]*)</g) ?? []) if (secret !== undefined) found.add(secret)
}

/** What a client sends that has no token. */
const placeholders = /^(undefined|null|\[object Object\])$/

/** Everything in an entry that must not be shown, longest first. */
export const secretsOf = (entry: JournalEntry): readonly string[] => {
  const found = new Set<string>()
  const isSecret = secretIn(entry.operation !== 'resource' && entry.operation !== 'userinfo')
  for (const [name, value] of Object.entries(entry.request.parameters)) if (isSecret(name)) found.add(value)
  for (const [name, value] of entry.request.headers) {
    if (/^(authorization|proxy-authorization)$/i.test(name)) found.add(value.includes(' ') ? value.slice(value.indexOf(' ') + 1) : value)
    if (/^cookie$/i.test(name)) for (const piece of value.split(';')) found.add(piece.slice(piece.indexOf('=') + 1).trim())
  }
  for (const [name, value] of entry.response.headers) {
    if (/^location$/i.test(name)) fromQuery(value, found)
    if (/^set-cookie$/i.test(name)) found.add((value.split(';', 1)[0] ?? '').slice(value.indexOf('=') + 1))
  }
  for (const { id } of [...(entry.presented ? [entry.presented] : []), ...(entry.issued ?? [])]) found.add(id)
  for (const id of entry.ended ?? []) found.add(id)
  if (entry.request.url.includes('?')) fromQuery(entry.request.url, found, isSecret)
  fromJson(entry.request.body, found, isSecret)
  // a form that nobody read, as that of our log-in page
  if (entry.request.body !== undefined) fromQuery(`?${entry.request.body}`, found, isSecret)
  fromPage(entry.response.body, found)
  // No reply but that of a page that hands out codes has one.
  fromJson(entry.response.body, found, secretIn(entry.operation === 'portal'))
  return [...found].filter((secret) => secret.length > 3 && !placeholders.test(secret)).sort((a, b) => b.length - a.length)
}

/** The entry with every secret in it replaced by its fingerprint. */
export const redact = (entry: JournalEntry): JournalEntry => redactWith(entry, fingerprint)

/** @param printOf names a secret, by the same text each time */
export const redactWith = (entry: JournalEntry, printOf: (secret: string) => string): JournalEntry => {
  const pairs = secretsOf(entry).flatMap((secret) => {
    const print = printOf(secret)
    return [...new Set([secret, encodeURIComponent(secret), new URLSearchParams({ s: secret }).toString().slice(2)])].map(
      (form) => [form, print] as const,
    )
  })
  const hide = (text: string): string => pairs.reduce((shown, [secret, print]) => shown.replaceAll(secret, print), text)
  const headers = (list: JournalEntry['request']['headers']) => list.map(([name, value]) => [name, hide(value)] as const)
  const reference = (token: TokenReference): TokenReference => ({
    ...token,
    id: hide(token.id),
    ...(token.from === undefined ? {} : { from: hide(token.from) }),
  })
  const { request, response } = entry
  return {
    ...entry,
    request: {
      ...request,
      url: hide(request.url),
      headers: headers(request.headers),
      parameters: Object.fromEntries(Object.entries(request.parameters).map(([name, value]) => [name, hide(value)])),
      ...(request.body === undefined ? {} : { body: hide(request.body) }),
    },
    response: { ...response, headers: headers(response.headers), ...(response.body === undefined ? {} : { body: hide(response.body) }) },
    ...(entry.presented ? { presented: reference(entry.presented) } : {}),
    ...(entry.issued ? { issued: entry.issued.map(reference) } : {}),
    ...(entry.ended ? { ended: entry.ended.map(hide) } : {}),
  }
}
