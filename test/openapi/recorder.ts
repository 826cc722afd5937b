/** Runs in every test file: keeps what servers in this process were asked and answered, for exchanges.test.ts to look at in the end. */

import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync, mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import type { JournalEntry } from '../../src/index.js'

type Headers = readonly (readonly [string, string])[]

/** One exchange, with a provider or with the control API. */
export interface Exchange {
  readonly test: string
  readonly provider?: string
  readonly method: string
  readonly url: string
  readonly requestHeaders: Headers
  readonly requestBody: string
  /** The request did what it asked for. */
  readonly accepted: boolean
  readonly status: number
  readonly responseHeaders: Headers
  readonly responseBody: string
}

/** Enough of each kind; some tests send thousands. */
const mostOfAKind = 20
const longest = 300_000

/** What is sent at random need not be as described where it is taken all the same: a body that nobody reads, say. Its answer must. */
const atRandom = /\/fuzz\.test\.ts$/

/** Much of what crosses the wire there comes from servers that are broken or changed on purpose. */
const broken = /\/(statements|explore\/\w+)\.test\.ts$/

const folder = process.env['AUTHDOUBLE_TEST_EXCHANGES']
const kept: Exchange[] = []
const counts = new Map<string, number>()
const test = expect.getState().testPath ?? ''

const keep = (exchange: Exchange): void => {
  const shape = exchange.url
    .replace(/\?.*/, '')
    .replace(/^\/~[^/]*/, '')
    .replace(/[A-Za-z0-9_-]{16,}|r?\d+/g, '*')
  const kind = `${exchange.method} ${shape} ${exchange.status} ${exchange.accepted}`
  const count = counts.get(kind) ?? 0
  counts.set(kind, count + 1)
  if (count < mostOfAKind && exchange.requestBody.length + exchange.responseBody.length < longest) kept.push(exchange)
}

/** What a fault answered, lost or cut is no answer of the provider's; nor is the 404 for a path that nobody serves. */
const ofProvider = (message: unknown): void => {
  const entry = message as JournalEntry
  const { request, response, outcome, provider } = entry
  if (broken.test(test) || provider === undefined || entry.fault !== undefined || !response.complete || response.status === undefined)
    return
  keep({
    test,
    provider,
    method: request.method,
    url: request.url,
    requestHeaders: request.headers,
    requestBody: request.body ?? '',
    accepted:
      !atRandom.test(test) &&
      ((outcome === 'answered' && response.status < 400) ||
        (outcome === 'redirected' && !/[?&]error=/.test(String(response.headers.find(([name]) => name === 'location')?.[1])))),
    status: response.status,
    responseHeaders: response.headers,
    responseBody: response.body ?? '',
  })
}

const health = /^\/(healthz|readyz)$/
const control = /^(\/~[^/]+)?\/__admin(\/|\?|$)/
const root = /^(\/~[^/]+)?\/(\?|$)/

/** Of an argument of `writeHead`: a record, or names and values in turn. */
const headersIn = (argument: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(argument)) return argument.flatMap((name, at) => (at % 2 === 0 ? [[String(name), argument[at + 1]] as const] : []))
  return typeof argument === 'object' && argument !== null ? Object.entries(argument) : []
}

const ofControl = (message: unknown): void => {
  const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse }
  const url = request.url ?? ''
  const common = health.test(url) || root.test(url)
  if (!(control.test(url) || common)) return
  const asked: Buffer[] = []
  const answered: Buffer[] = []
  const push = request.push.bind(request)
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) asked.push(chunk)
    return push(chunk, encoding)
  }
  // What goes to the wire past `setHeader` and in pieces counts too: a proxy of a test hands answers on like that.
  const head: { [name: string]: string } = {}
  const writeHead = response.writeHead.bind(response) as (...args: readonly unknown[]) => ServerResponse
  response.writeHead = ((...args: readonly unknown[]) => {
    for (const [name, value] of args.flatMap(headersIn)) head[name.toLowerCase()] = String(value)
    return writeHead(...args)
  }) as typeof response.writeHead
  const write = response.write.bind(response) as (chunk: unknown, ...rest: never[]) => boolean
  response.write = ((chunk: unknown, ...rest: never[]) => {
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) answered.push(Buffer.from(chunk as string))
    return write(chunk, ...rest)
  }) as typeof response.write
  const end = response.end.bind(response)
  response.end = ((chunk?: unknown, ...rest: never[]) => {
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) answered.push(Buffer.from(chunk))
    return end(chunk, ...rest)
  }) as typeof response.end
  // A stream of events is never finished: it is over when its reader goes.
  response.once(url.includes('/__admin/events') ? 'close' : 'finish', () => {
    // Other servers in this process have such paths too; theirs do not say who they are.
    if (common && !response.hasHeader('x-authdouble') && !('x-authdouble' in head)) return
    keep({
      test,
      method: request.method ?? '',
      url,
      requestHeaders: Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
      requestBody: Buffer.concat(asked).toString(),
      accepted: response.statusCode < 400,
      status: response.statusCode,
      responseHeaders: Object.entries({ ...response.getHeaders(), ...head }).map(([name, value]) => [name, String(value)] as const),
      responseBody: Buffer.concat(answered).toString(),
    })
  })
}

if (folder !== undefined) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${process.pid}.jsonl`)
  const write = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`)
  // At once, because hooks are not called where a whole file is skipped.
  write({ test })
  subscribe('authdouble:exchange', ofProvider)
  subscribe('http.server.request.start', ofControl)
  afterAll(() => kept.forEach(write))
}
