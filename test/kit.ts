/** A client's and a browser's hands, over HTTP: each provider is spoken to in the way its own documents show. */

import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Double, ProviderId, ServerOptions } from '../src/index.js'
import { createServer } from '../src/index.js'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON object that came; empty when none did. */
  readonly body: { readonly [member: string]: unknown }
}

export type Fields = { readonly [name: string]: string | undefined }

const jsonOf = (text: string): Answer['body'] => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Answer['body']) : {}
  } catch {
    return {}
  }
}

/** Parameters as a query or form writes them; those that are undefined are left out. */
export const query = (fields: Fields): string =>
  new URLSearchParams(Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()

const defined = (fields: Fields): { [name: string]: string } => Object.fromEntries(new URLSearchParams(query(fields)))

export interface Sent {
  readonly method?: string
  readonly headers?: Fields
  readonly body?: string | Uint8Array
}

/** Sends a request as it is, with any Host, and follows nothing. */
export const send = (url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    // Node sends the body of a DELETE without saying how long it is.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = httpRequest(url, { method, headers: { ...length, ...defined(headers) }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const received = new Headers()
        for (let i = 0; i < response.rawHeaders.length; i += 2)
          received.append(response.rawHeaders[i] ?? '', response.rawHeaders[i + 1] ?? '')
        resolve({ status: response.statusCode ?? 0, headers: received, text, body: jsonOf(text) })
      })
    })
    request.on('error', reject)
    request.end(body)
  })

/** Posts a form. */
export const form = (url: string, fields: Fields, headers: Fields = {}): Promise<Answer> =>
  send(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: query(fields) })

/** Posts JSON. */
export const json = (url: string, value: unknown, headers: Fields = {}): Promise<Answer> =>
  send(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) })

export const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** A redirect taken apart. */
export interface Landing extends Answer {
  /** Where to, without the query. */
  readonly at: string
  readonly params: { readonly [name: string]: string }
}

export const landing = (answer: Answer): Landing => {
  const [at = '', sent = ''] = (answer.headers.get('location') ?? '').split('?', 2)
  return { ...answer, at, params: Object.fromEntries(new URLSearchParams(sent)) }
}

/** How each provider's documents say that it is spoken to. */
const ways: {
  readonly [id in ProviderId]: { readonly secret: 'basic' | 'body'; readonly in: 'form' | 'query' | 'json'; readonly scheme: string }
} = {
  plain: { secret: 'basic', in: 'form', scheme: 'Bearer ' },
  ziina: { secret: 'basic', in: 'form', scheme: 'Bearer ' },
  zettle: { secret: 'body', in: 'form', scheme: 'Bearer ' },
  'zoho-payments': { secret: 'body', in: 'query', scheme: 'Zoho-oauthtoken ' },
  zentail: { secret: 'basic', in: 'form', scheme: '' },
  vcita: { secret: 'body', in: 'json', scheme: 'Bearer ' },
}

export interface Connected {
  readonly answer: Answer
  readonly code: string
  readonly access: string
  readonly refresh: string
}

/** One client at one provider. */
export interface Player {
  readonly url: string
  readonly address: ReturnType<Double['provider']>
  /** A token request with the client's credentials where the provider's documents put them. */
  readonly token: (fields: Fields, headers?: Fields) => Promise<Answer>
  readonly authorize: (fields?: Fields, headers?: Fields) => Promise<Landing>
  /** A code: by the authorization endpoint where there is one, else as the provider's own page would hand it out. */
  readonly code: (fields?: Fields) => Promise<string>
  readonly redeem: (code: string, fields?: Fields) => Promise<Answer>
  readonly refresh: (token: string, fields?: Fields) => Promise<Answer>
  /** One call of the resource. */
  readonly call: (token: string, scheme?: string) => Promise<Answer>
  /** A code and its exchange. */
  readonly connect: (fields?: Fields) => Promise<Connected>
  /** A call of the control API. */
  readonly admin: (path: string, body?: unknown, method?: string) => Promise<Answer>
}

const said = (answer: Answer, member: string): string => {
  const value = answer.body[member]
  return typeof value === 'string' ? value : ''
}

export const playing = (double: Double, id: ProviderId): Player => {
  const address = double.provider(id)
  const url = double.url(id)
  const way = ways[id]
  const token: Player['token'] = (fields, headers = {}) => {
    const own =
      way.secret === 'basic'
        ? { authorization: basic(address.username ?? address.clientId, address.password ?? address.clientSecret ?? '') }
        : {}
    const all = way.secret === 'body' ? { client_id: address.clientId, client_secret: address.clientSecret, ...fields } : fields
    if (way.in === 'json') return json(address.tokenUrl, all, headers)
    if (way.in === 'query') return send(`${address.tokenUrl}?${query(all)}`, { method: 'POST', headers })
    return form(address.tokenUrl, all, { ...own, ...headers })
  }
  const authorize: Player['authorize'] = async (fields = {}, headers = {}) => {
    const params = {
      response_type: 'code',
      client_id: address.clientId,
      redirect_uri: address.redirectUri,
      scope: address.scope?.replaceAll(',', ' '),
      ...fields,
    }
    return landing(await send(`${address.authorizeUrl ?? ''}?${query(params)}`, { headers }))
  }
  const admin: Player['admin'] = (path, body, method = body === undefined ? 'GET' : 'POST') =>
    send(`${double.url()}/__admin${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const code: Player['code'] = async (fields = {}) =>
    address.authorizeUrl === undefined
      ? said(await admin(`/providers/${id}/codes`, fields), 'code')
      : ((await authorize(fields)).params['code'] ?? '')
  const redeem: Player['redeem'] = (one, fields = {}) =>
    token({
      grant_type: 'authorization_code',
      code: one,
      ...(address.authorizeUrl === undefined && id !== 'zentail' ? {} : { redirect_uri: address.redirectUri }),
      ...fields,
    })
  return {
    url,
    address,
    token,
    authorize,
    admin,
    code,
    redeem,
    refresh: (refreshToken, fields = {}) => token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...fields }),
    call: (access, scheme = way.scheme) => send(address.resourceUrl ?? '', { headers: { authorization: `${scheme}${access}` } }),
    connect: async (fields = {}) => {
      const one = await code(fields)
      const answer = await redeem(one)
      return { answer, code: one, access: said(answer, 'access_token'), refresh: said(answer, 'refresh_token') }
    },
  }
}

export interface Stage {
  readonly double: Double
  readonly play: Player
}

/** A world as new, in which time stands still until it is moved: a second that passes by itself must not decide a test. */
export const renew = async (double: Double): Promise<void> => {
  await double.reset()
  double.clock.freeze()
}

/** A server for one provider while a file's tests run, as new before each of them. */
export const serving = (id: ProviderId, options: Omit<ServerOptions, 'providers' | 'port'> = {}): Stage => {
  const stage: { double?: Double; play?: Player } = {}
  beforeAll(async () => {
    const double = await createServer({ providers: [id], port: 0, host: '127.0.0.1', ...options })
    Object.assign(stage, { double, play: playing(double, id) })
  })
  beforeEach(() => stage.double && renew(stage.double))
  afterAll(() => stage.double?.close())
  return stage as Stage
}

/** The claims or the header of a JWT, unverified. */
export const jwtPart = (token: string, part: 'header' | 'claims'): { readonly [member: string]: unknown } =>
  jsonOf(Buffer.from(token.split('.')[part === 'header' ? 0 : 1] ?? '', 'base64url').toString())

/** A member of an answer that must be a string. */
export const text = (answer: Answer, member: string): string => {
  const value = answer.body[member]
  if (typeof value !== 'string') throw new Error(`${member} is not in ${answer.status} ${answer.text}`)
  return value
}

/** One provider's records by kind and key, as they are kept. */
export type Kept = { readonly [kind: string]: { [key: string]: { readonly [member: string]: unknown } } }

/** Changes a provider's records through the control API, where no request of a client could. */
export const amend = async (play: Player, id: ProviderId, change: (kept: Kept) => void): Promise<void> => {
  const state = JSON.parse((await play.admin('/state')).text) as { readonly records: { readonly [scope: string]: Kept } }
  const kept = state.records[id]
  if (!kept) throw new Error(`nothing is kept of ${id} yet`)
  change(kept)
  const answer = await play.admin('/state', state, 'PUT')
  if (answer.status !== 204) throw new Error(answer.text)
}

const entities: { readonly [entity: string]: string } = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
const plain = (html: string): string => html.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)

export interface PageForm {
  readonly method: string
  readonly action: string
  readonly fields: { readonly [name: string]: string }
}

/** The forms of a page, with what stands in their fields. */
export const formsOf = (page: string): readonly PageForm[] =>
  [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', inside = '']) => {
    const attribute = (name: string, text: string): string => plain(new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '')
    const inputs = [...inside.matchAll(/<input\b([^>]*)>/g)].map(([, input = '']) => [attribute('name', input), attribute('value', input)])
    return { method: attribute('method', attributes), action: attribute('action', attributes), fields: Object.fromEntries(inputs) }
  })
