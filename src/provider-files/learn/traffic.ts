/** Recorded traffic as it is learned from: a HAR, or a journal of ours. */

import { isObject } from '../../validation/schema.js'

/** One exchange, from whichever recording. */
export interface Exchange {
  /** How the recording counts it, from 1. */
  readonly number: number
  readonly method: string
  readonly url: URL
  readonly requestHeaders: ReadonlyMap<string, string>
  /** What stood in the query and in the body. */
  readonly params: ReadonlyMap<string, string>
  /** Where the parameters that say what is wanted stood. */
  readonly paramsIn: 'query' | 'form' | 'json' | 'none'
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  /** The JSON object that was answered. */
  readonly body: { readonly [member: string]: unknown } | undefined
  /** Epoch seconds. */
  readonly at: number
}

const json = (text: string): Exchange['body'] => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const lower = (pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> =>
  new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]))

interface Raw {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly status: number
  readonly answerHeaders: readonly (readonly [string, string])[]
  readonly answer: string
  readonly at: number
}

const paramsOf = (url: URL, type: string, body: string): Pick<Exchange, 'params' | 'paramsIn'> => {
  const query = [...url.searchParams]
  if (type.includes('json')) {
    const said = Object.entries(json(body) ?? {}).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    )
    return { params: new Map([...query, ...said]), paramsIn: said.length > 0 ? 'json' : 'query' }
  }
  const form = type.includes('urlencoded') ? [...new URLSearchParams(body)] : []
  return { params: new Map([...query, ...form]), paramsIn: form.length > 0 ? 'form' : query.length > 0 ? 'query' : 'none' }
}

const exchangeOf = (raw: Raw, number: number, base: string): Exchange | undefined => {
  if (!URL.canParse(raw.url, base) || raw.status === 0) return undefined
  const url = new URL(raw.url, base)
  const requestHeaders = lower(raw.headers)
  const headers = lower(raw.answerHeaders)
  return {
    number,
    method: raw.method,
    url,
    requestHeaders,
    ...paramsOf(url, requestHeaders.get('content-type') ?? '', raw.body),
    status: raw.status,
    headers,
    text: raw.answer,
    body: json(raw.answer),
    at: raw.at,
  }
}

const pairs = (list: unknown): readonly (readonly [string, string])[] =>
  Array.isArray(list)
    ? list.map((one) => (Array.isArray(one) ? ([text(one[0]), text(one[1])] as const) : ([text(one?.name), text(one?.value)] as const)))
    : []

const contentOf = (content: unknown): string => {
  if (!isObject(content)) return ''
  const said = text(content['text'])
  return content['encoding'] === 'base64' ? Buffer.from(said, 'base64').toString() : said
}

const ofHar = (entry: { readonly [member: string]: unknown }): Raw => {
  const request = isObject(entry['request']) ? entry['request'] : {}
  const response = isObject(entry['response']) ? entry['response'] : {}
  const post = isObject(request['postData']) ? request['postData'] : {}
  const given = text(post['text'])
  return {
    method: text(request['method']),
    url: text(request['url']),
    headers: pairs(request['headers']),
    // Some recorders keep the parameters of a form apart, and no text.
    body:
      given !== '' ? given : new URLSearchParams(pairs(post['params']).map(([name, value]): [string, string] => [name, value])).toString(),
    status: Number(response['status'] ?? 0),
    answerHeaders: pairs(response['headers']),
    answer: contentOf(response['content']),
    at: Math.floor(Date.parse(text(entry['startedDateTime'])) / 1000),
  }
}

const ofJournal = (entry: { readonly [member: string]: unknown }): Raw => {
  const request = isObject(entry['request']) ? entry['request'] : {}
  const response = isObject(entry['response']) ? entry['response'] : {}
  return {
    method: text(request['method']),
    url: text(request['url']),
    headers: pairs(request['headers']),
    body: text(request['body']),
    status: Number(response['status'] ?? 0),
    answerHeaders: pairs(response['headers']),
    answer: text(response['body']),
    at: Number(entry['at'] ?? 0),
  }
}

/** @throws Error when it is neither a HAR nor a journal */
export const readTraffic = (content: string): readonly Exchange[] => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    throw new Error(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const log = isObject(value) ? value['log'] : undefined
  const har = isObject(log) && Array.isArray(log['entries']) ? log['entries'] : undefined
  const journal = Array.isArray(value) ? value : isObject(value) && Array.isArray(value['entries']) ? value['entries'] : undefined
  const entries = har ?? journal
  if (!entries) throw new Error('it is neither a HAR (log.entries) nor a journal (a list of entries)')
  const raw = entries.filter(isObject).map(har ? ofHar : ofJournal)
  return raw.map((one, at) => exchangeOf(one, at + 1, 'http://127.0.0.1')).filter((one) => one !== undefined)
}
