/** Keeps secrets out of a report, and what differs from run to run: in the exchanges, and wherever else it may have been said. */

import { createHash } from 'node:crypto'
import type { JournalEntry, ProviderAddress } from '../../index.js'
import { fingerprint, secretsOf } from '../../index.js'
import { redactWith } from '../../journal/redact.js'
import { replyOf } from '../cases/reading.js'

export interface Redaction {
  readonly entries: readonly JournalEntry[]
  readonly text: (text: string) => string
}

const inUrls = /([?&](?:code|access_token|refresh_token|client_secret|assertion|code_verifier|token)=)([^&#\s"']+)/g

/** The modulus of a public key: long, and another in each run. */
const publicKey = /("n":")[\w-]{64,}"/g

/** A beginning that is at least so long is recognised, as clients shorten what they tell. */
const recognised = 8

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const formsOf = (value: string): readonly string[] => [
  ...new Set([value, encodeURIComponent(value), new URLSearchParams({ s: value }).toString().slice(2)]),
]

/** Replaces the beginning of a value, as far as it goes. */
const withoutBeginning = (text: string, value: string, print: string): string => {
  const start = value.slice(0, recognised)
  let at = text.indexOf(start)
  if (at < 0) return text
  let shown = ''
  let from = 0
  for (; at >= 0; at = text.indexOf(start, from)) {
    let length = recognised
    while (length < value.length && text[at + length] === value[length]) length += 1
    shown += `${text.slice(from, at)}${print}`
    from = at + length
  }
  return shown + text.slice(from)
}

/**
 * @param address the demonstration client's own secrets keep the fingerprint that they have everywhere
 * @param seed what names a secret: its place in the case, so that the same run tells the same
 * @param also further values that must not be shown
 */
export const createRedaction = (
  address: ProviderAddress,
  entries: readonly JournalEntry[],
  { seed = '', also = [] }: { readonly seed?: string; readonly also?: readonly string[] } = {},
): Redaction => {
  const fixed = [address.clientSecret, address.password].filter((one): one is string => one !== undefined)
  const prints = new Map<string, string>(fixed.map((secret) => [secret, fingerprint(secret)]))
  const named = (place: string): string => fingerprint(createHash('sha256').update(`${seed}:${place}`).digest('hex'))
  const printOf = (secret: string, place = `elsewhere ${prints.size}`): string => {
    const print = prints.get(secret) ?? named(place)
    prints.set(secret, print)
    return print
  }
  // Named by the place where they were seen first: how many others there are may depend on the time.
  for (const [at, entry] of entries.entries()) for (const [nth, secret] of secretsOf(entry).entries()) printOf(secret, `${at} ${nth}`)
  for (const secret of [...(address.assertion === undefined ? [] : [address.assertion]), ...also]) printOf(secret)
  const secrets = [...prints].sort(([a], [b]) => b.length - a.length).map(([value, print]) => ({ value, print, forms: formsOf(value) }))
  const hosts = [...new Set([address.baseUrl, address.tokenUrl].map((url) => new URL(url).host))]
  const usual = (text: string): string =>
    hosts.reduce(
      (shown, host) => shown.replaceAll(host, '127.0.0.1:4740').replaceAll(encodeURIComponent(host), '127.0.0.1%3A4740'),
      text.replace(publicKey, '$1‹public key›"'),
    )
  const hide = (text: string): string => {
    const whole = secrets.reduce((shown, { forms, print }) => forms.reduce((one, form) => one.replaceAll(form, print), shown), text)
    return usual(secrets.reduce((shown, { value, print }) => withoutBeginning(shown, value, print), whole))
  }
  const headers = (list: JournalEntry['request']['headers']) => list.map(([name, value]) => [name, hide(value)] as const)
  const shown = (entry: JournalEntry, at: number): JournalEntry => {
    // Two that come within the same second are the same text, and no others are.
    const idToken = replyOf(entry)['id_token']
    const { request, response, ...rest } = redactWith(entry, (secret) => (secret === idToken ? named(`${at} ID token`) : printOf(secret)))
    const parameters = Object.fromEntries(Object.entries(request.parameters).map(([name, value]) => [name, hide(value)]))
    return {
      ...rest,
      request: {
        ...request,
        url: hide(request.url),
        headers: headers(request.headers),
        parameters,
        ...(request.body === undefined ? {} : { body: hide(request.body) }),
      },
      response: { ...response, headers: headers(response.headers), ...(response.body === undefined ? {} : { body: hide(response.body) }) },
    }
  }
  return {
    entries: entries.map(shown),
    text: (text) =>
      hide(text).replace(inUrls, (_, name: string, value: string) => `${name}${value.startsWith('‹') ? value : printOf(decode(value))}`),
  }
}
