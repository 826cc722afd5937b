/** The lines that do by hand what the console does: for a shell, and for the library. */

/** One word of a POSIX shell. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

export interface Request {
  readonly method: string
  readonly url: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string | undefined
}

/** What a client adds by itself. */
const implied = /^(host|connection|content-length|accept-encoding|user-agent|accept|transfer-encoding|keep-alive|sec-.*|accept-language)$/i

export const curlOf = ({ method, url, headers = [], body }: Request): string => {
  const parts = ['curl -i']
  if (method !== (body === undefined || body === '' ? 'GET' : 'POST')) parts.push(`-X ${method}`)
  parts.push(quoted(url))
  for (const [name, value] of headers) if (!implied.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
  if (body !== undefined && body !== '') parts.push(`--data-raw ${quoted(body)}`)
  return parts.join(' ')
}

/** A call of the control API as a line for a shell; a token is never written out. */
export const adminCurl = (url: string, method: string, path: string, body: unknown, withToken: boolean): string => {
  const data = typeof body === 'object' && body !== null && 'file' in body ? `@${String(body.file)}` : JSON.stringify(body)
  const parts = ['curl']
  if (method !== (body === undefined ? 'GET' : 'POST')) parts.push(`-X ${method}`)
  parts.push(quoted(`${url}/__admin${path}`))
  if (withToken) parts.push('-H "authorization: Bearer $AUTHDOUBLE_ADMIN_TOKEN"')
  if (body !== undefined) parts.push("-H 'content-type: application/json'", `-d ${quoted(data)}`)
  return parts.join(' ')
}

const identifier = /^[A-Za-z_$][\w$]*$/

/** A value as a person would write it in TypeScript. */
export const literal = (value: unknown): string => {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).filter(([, one]) => one !== undefined)
  return members.length === 0
    ? '{}'
    : `{ ${members.map(([name, one]) => `${identifier.test(name) ? name : literal(name)}: ${literal(one)}`).join(', ')} }`
}
