/** Replies of the token endpoint in other formats than JSON: a form, or XML. */

import type { Settings } from '../provider/settings.js'
import type { RawRequest, RawResponse } from './raw.js'

type ReplyFormat = Settings['token']['formats'][number]

const types: { readonly [F in ReplyFormat]: RegExp } = {
  json: /\bapplication\/(?:[\w.-]+\+)?json\b/i,
  form: /\bapplication\/x-www-form-urlencoded\b/i,
  xml: /\b(?:application|text)\/xml\b/i,
}

const words: { readonly [word: string]: ReplyFormat } = { json: 'json', urlencoded: 'form', form: 'form', xml: 'xml' }

const chosen = ({ token }: Settings, raw: RawRequest, params: ReadonlyMap<string, string> | undefined): ReplyFormat => {
  const asked = token.formatParameter === null ? undefined : words[params?.get(token.formatParameter) ?? '']
  if (asked !== undefined && token.formats.includes(asked)) return asked
  const accept = raw.headers['accept'] ?? ''
  return token.formats.find((format) => types[format].test(accept)) ?? token.formats[0] ?? 'json'
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const escaped = (value: string): string => value.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)

/** The same members in the format that was asked for; what is no JSON object stays as it is. */
export const inFormat = (
  settings: Settings,
  raw: RawRequest,
  params: ReadonlyMap<string, string> | undefined,
  response: RawResponse,
): RawResponse => {
  const format = chosen(settings, raw, params)
  if (format === 'json' || !types.json.test(response.headers['content-type'] ?? '')) return response
  const members = Object.entries(JSON.parse(response.body) as { readonly [member: string]: unknown })
  const written = (type: string, body: string): RawResponse => ({
    ...response,
    headers: { ...response.headers, 'content-type': type },
    body,
  })
  if (format === 'form')
    return written(
      'application/x-www-form-urlencoded; charset=utf-8',
      new URLSearchParams(members.map(([name, value]): [string, string] => [name, text(value)])).toString(),
    )
  const inside = members.map(([name, value]) => `<${name}>${escaped(text(value))}</${name}>`).join('')
  return written('application/xml; charset=utf-8', `<?xml version="1.0" encoding="UTF-8"?><OAuth>${inside}</OAuth>`)
}
