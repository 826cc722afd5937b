/** Which endpoints a recording shows, and what each is for. */

import type { Operation } from '../../provider/settings.js'
import type { Exchange } from './traffic.js'

export interface Seen {
  readonly operation: Operation
  readonly exchange: Exchange
  /** Below the provider. */
  readonly path: string
}

const callback = (exchange: Exchange): URL | undefined => {
  const location = exchange.headers.get('location')
  return location !== undefined && URL.canParse(location, exchange.url.href) ? new URL(location, exchange.url) : undefined
}

export const callbackOf = callback

const bearerOf = (exchange: Exchange): string | undefined => {
  const header = exchange.requestHeaders.get('authorization')
  return header !== undefined && !/^basic /i.test(header) ? header : undefined
}

const operationOf = (exchange: Exchange): Operation | undefined => {
  const { method, url, params, body, status } = exchange
  const { pathname } = url
  if (/\/\.well-known\//.test(pathname)) return 'metadata'
  if (Array.isArray(body?.['keys'])) return 'jwks'
  if (params.has('grant_type') || body?.['access_token'] !== undefined || /\/(access_)?token$/.test(pathname)) return 'token'
  const landed = callback(exchange)
  if (
    params.has('client_id') &&
    (landed?.searchParams.has('code') || landed?.searchParams.has('error') || /authori[sz]e|\/auth$/.test(pathname))
  )
    return 'authorize'
  if (method === 'POST' && params.has('token') && /revoke/.test(pathname)) return 'revoke'
  if (method === 'DELETE' && bearerOf(exchange) !== undefined) return 'disconnect'
  if (bearerOf(exchange) !== undefined || params.has('access_token')) return typeof body?.['sub'] === 'string' ? 'userinfo' : 'resource'
  return status === 401 && exchange.headers.has('www-authenticate') ? 'resource' : undefined
}

/** A server on this machine has all providers below it: the first segment is a provider's, and no part of its paths. */
const prefixOf = (exchanges: readonly Exchange[]): string => {
  const near = exchanges.filter(({ url }) => /^(127\.|localhost$|\[::1\]$)/.test(url.hostname))
  if (near.length === 0 || near.length < exchanges.length) return ''
  const firsts = new Set(near.map(({ url }) => url.pathname.split('/')[1] ?? ''))
  const [first = ''] = firsts
  return firsts.size === 1 && near.every(({ url }) => url.pathname.split('/').length > 2) ? `/${first}` : ''
}

/** @returns what was understood, and what was not */
export const readEndpoints = (exchanges: readonly Exchange[]): { readonly seen: readonly Seen[]; readonly left: readonly Exchange[] } => {
  const prefix = prefixOf(exchanges)
  const seen: Seen[] = []
  const left: Exchange[] = []
  for (const exchange of exchanges) {
    const operation = exchange.status >= 500 || exchange.status === 404 ? undefined : operationOf(exchange)
    if (operation === undefined) left.push(exchange)
    else seen.push({ operation, exchange, path: exchange.url.pathname.slice(prefix.length) })
  }
  return { seen, left }
}
