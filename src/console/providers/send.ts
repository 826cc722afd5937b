/** Sends what was shown, from here: the providers answer at the console's own origin. */

import { authorization, base } from '../api/client.js'
import { status } from '../api/status.js'
import type { Wire } from './request.js'

export interface Came {
  readonly status: number
  /** Where the request ended, after redirects that could be followed. */
  readonly url: string
  readonly redirected: boolean
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  /** Of the journal's entry. */
  readonly id: string | undefined
}

/** The server may call itself something else than the name by which this page reached it. */
export const local = (url: string): string => {
  const known = status.get()?.url
  return known !== undefined && url.startsWith(known) ? `${location.origin}${base}${url.slice(known.length)}` : url
}

export const send = async ({ method, url, headers, body }: Wire): Promise<Came> => {
  const to = local(url)
  const own = headers.map(([name, value]): [string, string] => [name, value])
  // A call of the control API takes the token along, which is not shown.
  const all = to.startsWith(`${location.origin}${base}/__admin/`) ? [...own, ...Object.entries(authorization())] : own
  const response = await fetch(to, { method, headers: all, ...(body === undefined ? {} : { body }) })
  return {
    status: response.status,
    url: response.url,
    redirected: response.redirected,
    headers: [...response.headers],
    body: await response.text(),
    id: response.headers.get('x-authdouble-request-id') ?? undefined,
  }
}

const urlSafe = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

export const random = (): string => urlSafe(crypto.getRandomValues(new Uint8Array(32)))

/** A verifier and its challenge; undefined where the browser lends no hash, on plain HTTP beyond this machine. */
export const prove = async (): Promise<{ readonly verifier: string; readonly challenge: string } | undefined> => {
  if (!globalThis.crypto.subtle) return undefined
  const verifier = random()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return { verifier, challenge: urlSafe(new Uint8Array(digest)) }
}

export const memberOf = (body: string, member: string): string | undefined => {
  try {
    const value: unknown = (JSON.parse(body) as { readonly [member: string]: unknown })[member]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
