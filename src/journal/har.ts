/** The journal as an HTTP Archive 1.2, for the tools that read those. */

import type { JournalEntry } from './entry.js'

const pairs = (list: Iterable<readonly [string, string]>): readonly { readonly name: string; readonly value: string }[] =>
  [...list].map(([name, value]) => ({ name, value }))

const headerOf = (headers: JournalEntry['request']['headers'], wanted: string): string =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''

const size = (body: string | undefined): number => (body === undefined ? 0 : Buffer.byteLength(body))

/** A request target is a path (RFC 9112 §3.2), whatever a URL parser would make of `//host`. */
const urlOf = (target: string, base: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target : `${new URL(base).origin}${target}`

/** JavaScript's dates end; a clock that was moved beyond them is shown as their end. */
const dateOf = (seconds: number): string => new Date(Math.max(-8.64e15, Math.min(8.64e15, seconds * 1000))).toISOString()

const requestOf = ({ request }: JournalEntry, base: string) => {
  const url = urlOf(request.url, base)
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  return {
    method: request.method,
    url,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(request.headers),
    queryString: pairs(new URLSearchParams(query)),
    ...(request.body === undefined
      ? {}
      : { postData: { mimeType: headerOf(request.headers, 'content-type'), text: request.body, params: [] } }),
    headersSize: -1,
    bodySize: size(request.body),
  }
}

/** A HAR has status 0 for an answer that never came. */
const responseOf = ({ response }: JournalEntry) => ({
  status: response.status ?? 0,
  statusText: '',
  httpVersion: 'HTTP/1.1',
  cookies: [],
  headers: pairs(response.headers),
  content: { size: size(response.body), mimeType: headerOf(response.headers, 'content-type'), text: response.body ?? '' },
  redirectURL: headerOf(response.headers, 'location'),
  headersSize: -1,
  bodySize: size(response.body),
})

/** @param base where the paths of the entries count from */
export const harOf = (entries: readonly JournalEntry[], base: string, version: string) => ({
  log: {
    version: '1.2',
    creator: { name: 'authdouble', version },
    entries: entries.map((entry) => ({
      startedDateTime: dateOf(entry.at),
      time: entry.took,
      request: requestOf(entry, base),
      response: responseOf(entry),
      cache: {},
      timings: { send: 0, wait: entry.took, receive: 0 },
      _authdouble: entry,
    })),
  },
})
