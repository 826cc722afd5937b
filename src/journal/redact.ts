/** Keeps secrets out of what leaves the process: each becomes a fingerprint, the same for the same secret. */

import { createHash } from 'node:crypto'
import type { JournalEntry, TokenReference } from './entry.js'
import type { Where } from './secretNames.js'
import { isCredentialsHeader, isSecretHeader, isSecretName } from './secretNames.js'

/** Short enough to read, long enough to tell two secrets of one journal apart. */
export const fingerprint = (secret: string): string => `‹${createHash('sha256').update(secret).digest('hex').slice(0, 8)}›`

/** What becomes of a secret, and of all other text. */
interface Rewriting {
  readonly secret: (value: string) => string
  readonly rest: (text: string) => string
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** A query, a form or a fragment: what is no secret stays as it was written. */
const pairs = (text: string, where: Where, { secret, rest }: Rewriting): string =>
  text
    .split('&')
    .map((piece) => {
      const at = piece.indexOf('=')
      if (at < 0 || at === piece.length - 1 || !isSecretName(decoded(piece.slice(0, at)), where)) return rest(piece)
      return `${piece.slice(0, at + 1)}${secret(decoded(piece.slice(at + 1)))}`
    })
    .join('&')

/** Path, query and fragment. */
const url = (text: string, rewriting: Rewriting, where: Where = 'sent'): string =>
  text
    .split(/(?=[?#])/)
    .map((part) => (/^[?#]/.test(part) ? part[0] + pairs(part.slice(1), where, rewriting) : rewriting.rest(part)))
    .join('')

const json = (value: unknown, named: boolean, where: Where, rewriting: Rewriting): unknown => {
  if (typeof value === 'string') return value === '' ? value : named ? rewriting.secret(value) : rewriting.rest(value)
  if (typeof value === 'number' && named) return rewriting.secret(String(value))
  if (Array.isArray(value)) return value.map((one) => json(one, named, where, rewriting))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, json(inner, isSecretName(name, where), where, rewriting)] as const),
  )
}

/** JSON that was cut off, and so is none: its strings, one by one. */
const brokenJson = (text: string, where: Where, { secret, rest }: Rewriting): string =>
  rest(text).replace(/("([^"\\]{1,64})"\s*:\s*")((?:[^"\\]|\\.)*)/g, (all, before: string, name: string, value: string) =>
    value !== '' && isSecretName(name, where) ? `${before}${secret(value)}` : all,
  )

const jsonText = (text: string, where: Where, rewriting: Rewriting): string => {
  try {
    const value: unknown = JSON.parse(text)
    const shown = json(value, false, where, rewriting)
    return JSON.stringify(shown) === JSON.stringify(value) ? text : JSON.stringify(shown)
  } catch {
    return brokenJson(text, where, rewriting)
  }
}

const multipart = (text: string, where: Where, { secret, rest }: Rewriting): string =>
  text
    .split(/(?=\r?\n?--)/)
    .map((part) => {
      const head = /^[\s\S]{0,400}?\bname="?([^";\r\n]{1,64})"?[\s\S]{0,400}?\r?\n\r?\n/i.exec(part)
      if (!head || !isSecretName(head[1] ?? '', where)) return rest(part)
      return `${head[0]}${secret(part.slice(head[0].length).trimEnd())}`
    })
    .join('')

const html = (text: string, { secret, rest }: Rewriting): string =>
  rest(text).replace(/( data-secret>)([^<]+)(?=<)/g, (_, before: string, value: string) => `${before}${secret(value)}`)

/** A body by what it is written in; without a word about that, by what it looks like. */
const body = (text: string, type: string, where: Where, rewriting: Rewriting): string => {
  if (/^multipart\//i.test(type)) return multipart(text, where, rewriting)
  if (/^text\/html/i.test(type) || /^\s*</.test(text)) return html(text, rewriting)
  if (/^\s*[[{]/.test(text)) return jsonText(text, where, rewriting)
  return /=/.test(text) && !/\s/.test(text) ? pairs(text, where, rewriting) : brokenJson(text, where, rewriting)
}

const cookies = (value: string, { secret }: Rewriting): string =>
  value.replace(/(=\s*)([^;]+)/g, (_, before: string, held: string) => `${before}${secret(held.trim())}`)

const header = (name: string, value: string, { secret, rest }: Rewriting): string => {
  const space = value.indexOf(' ')
  if (value === '') return value
  if (isCredentialsHeader(name)) return space < 0 ? secret(value) : `${value.slice(0, space + 1)}${secret(value.slice(space + 1))}`
  if (isSecretHeader(name)) return secret(value)
  if (/^cookie$/i.test(name)) return cookies(value, { secret, rest })
  if (/^set-cookie$/i.test(name)) return value.replace(/^([^=;]*=)([^;]+)/, (_, before: string, held: string) => `${before}${secret(held)}`)
  return /^(?:location|referer)$/i.test(name) ? url(value, { secret, rest }) : rest(value)
}

const typeOf = (headers: JournalEntry['request']['headers']): string => headers.find(([name]) => /^content-type$/i.test(name))?.[1] ?? ''

/** As many bytes as announced, and wrong ones: most of a token could still be read out of them. */
const unreadable = (text: string): string => `‹${Buffer.byteLength(text)} bytes that a fault garbled›`

const rewritten = (entry: JournalEntry, rewriting: Rewriting): JournalEntry => {
  const { request, response } = entry
  // An API has codes of its own; a page that hands out codes answers with them.
  const sent: Where = entry.operation === 'resource' || entry.operation === 'userinfo' ? 'answered' : 'sent'
  const replied: Where = entry.operation === 'portal' ? 'sent' : 'answered'
  const headers = (list: JournalEntry['request']['headers']) => list.map(([name, value]) => [name, header(name, value, rewriting)] as const)
  const reference = (token: TokenReference): TokenReference => ({
    ...token,
    id: rewriting.secret(token.id),
    ...(token.from === undefined ? {} : { from: rewriting.rest(token.from) }),
  })
  const answered = response.body
  return {
    ...entry,
    request: {
      ...request,
      url: url(request.url, rewriting, sent),
      headers: headers(request.headers),
      parameters: Object.fromEntries(
        Object.entries(request.parameters).map(([name, value]) => [
          name,
          value !== '' && isSecretName(name, sent) ? rewriting.secret(value) : rewriting.rest(value),
        ]),
      ),
      ...(request.body === undefined ? {} : { body: body(request.body, typeOf(request.headers), sent, rewriting) }),
    },
    response: {
      ...response,
      headers: headers(response.headers),
      ...(answered === undefined
        ? {}
        : {
            body: entry.fault?.kind === 'garble' ? unreadable(answered) : body(answered, typeOf(response.headers), replied, rewriting),
          }),
    },
    ...(entry.presented ? { presented: reference(entry.presented) } : {}),
    ...(entry.issued ? { issued: entry.issued.map(reference) } : {}),
    ...(entry.ended ? { ended: entry.ended.map(rewriting.secret) } : {}),
  }
}

/** What a client sends that has no token. */
const placeholders = /^(undefined|null|\[object Object\])$/

/** What is redacted already is shown as it is. */
const isPrint = (text: string): boolean => /^‹[^›]{1,40}›$/.test(text)

/** Everything in an entry that must not be shown, longest first. */
export const secretsOf = (entry: JournalEntry): readonly string[] => {
  const found = new Set<string>()
  const secret = (value: string): string => {
    if (!isPrint(value) && !placeholders.test(value)) found.add(value)
    return value
  }
  rewritten(entry, { secret, rest: (text) => text })
  return [...found].filter((value) => value.length > 3).sort((a, b) => b.length - a.length)
}

/** So many secrets, each at least so long, are looked for in all other text: a word would be found in every sentence. */
const [mostLookedFor, leastLength] = [200, 8]

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Finds secrets wherever else they stand, as they are and percent-encoded, in one walk over the text. */
const hiding = (secrets: readonly string[], printOf: (secret: string) => string): ((text: string) => string) => {
  const prints = new Map<string, string>()
  for (const secret of secrets.filter(({ length }) => length >= leastLength).slice(0, mostLookedFor)) {
    const print = printOf(secret)
    prints.set(secret, print)
    if (secret.isWellFormed()) prints.set(encodeURIComponent(secret), print)
  }
  if (prints.size === 0) return (text) => text
  const any = new RegExp([...prints.keys()].map(escaped).join('|'), 'g')
  return (text) => text.replace(any, (secret) => prints.get(secret) ?? secret)
}

/** The entry with every secret in it replaced by its fingerprint. Its cost grows with the length of the entry, and no faster. */
export const redact = (entry: JournalEntry): JournalEntry => redactWith(entry, fingerprint)

/** @param printOf names a secret, by the same text each time */
export const redactWith = (entry: JournalEntry, printOf: (secret: string) => string): JournalEntry => {
  const secret = (value: string): string => (isPrint(value) || placeholders.test(value) ? value : printOf(value))
  return rewritten(entry, { secret, rest: hiding(secretsOf(entry), printOf) })
}
