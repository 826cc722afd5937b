/** What of an exchange is read in more than one place: its client, and what it brought. */

import type { Seen } from './endpoints.js'
import { callbackOf } from './endpoints.js'
import type { Exchange } from './traffic.js'

export interface Members {
  readonly [member: string]: unknown
}

/** Keeps a value with where it was seen; the first one counts. */
export type Keep = (path: string, value: unknown, from: Exchange) => void

export const string = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The client of a token request, and how it said who it is. */
export const clientOf = ({
  requestHeaders,
  params,
}: Exchange): { readonly id?: string; readonly secret?: string; readonly by?: 'basic' | 'body' } => {
  const basic = /^basic (.+)$/i.exec(requestHeaders.get('authorization') ?? '')?.[1]
  if (basic !== undefined) {
    const [id = '', ...rest] = Buffer.from(basic, 'base64').toString().trimEnd().split(':')
    return { id, secret: rest.join(':'), by: 'basic' }
  }
  const [id, secret] = [params.get('client_id'), params.get('client_secret')]
  return { ...(id === undefined ? {} : { id }), ...(secret === undefined ? {} : { secret, by: 'body' as const }) }
}

export const isGranted = ({ exchange: { body, status } }: Seen): boolean => status < 400 && string(body?.['access_token']) !== undefined

/** Client identifiers as they were sent; a Basic user name may be another. */
export const clientsIn = (seen: readonly Seen[]): readonly string[] =>
  [
    ...new Set(
      seen.flatMap(({ exchange }) =>
        [exchange.params.get('client_id'), clientOf(exchange).id].filter((id) => id !== undefined && id !== ''),
      ),
    ),
  ] as readonly string[]

/** All that a recording shows and a file must not: tokens, codes, and whatever else was handed out. */
export const issuedIn = (seen: readonly Seen[]): readonly string[] =>
  [
    ...new Set(
      seen.flatMap(({ exchange }) => [
        ...(exchange.status < 400 ? ['access_token', 'refresh_token', 'id_token'].map((name) => string(exchange.body?.[name])) : []),
        callbackOf(exchange)?.searchParams.get('code') ?? undefined,
        ...['token', 'code', 'refresh_token', 'assertion'].map((name) => exchange.params.get(name)),
      ]),
    ),
  ].filter((one): one is string => one !== undefined && one.length > 8)
