/** HTTP as it comes and goes, without any framework's types. */

import type { Method } from '../provider/settings.js'

export interface RawRequest {
  readonly method: string
  /** Below the provider: `/oauth/token`. */
  readonly path: string
  /** The real host that was meant, when the request named one. */
  readonly host?: string | undefined
  /** Without the question mark, undecoded. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: string
  /** What a form of ours carried, when this request stands for one. */
  readonly form?: ReadonlyMap<string, string>
  /** What went wrong while the body was read. */
  readonly problem?: 'too-large' | 'unreadable' | undefined
}

export interface RawResponse {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
  /** How it goes out, where not simply whole. */
  readonly delivery?: Delivery | undefined
  /** Of its journal entry: what `x-authdouble-request-id` says. */
  readonly id?: string
}

/** What becomes of an answer on its way; lengths of time are real seconds. */
export type Delivery =
  /** Nothing is sent and the connection ends: at once, or never but for the client's patience (null). `abruptly`: by a TCP reset. */
  | { readonly how: 'dropped'; readonly abruptly: boolean; readonly after: number | null }
  /** So many bytes of the body are sent, then the connection ends. */
  | { readonly how: 'cut'; readonly after: number }
  /** Content-Length is wrong by so much. */
  | { readonly how: 'miscounted'; readonly by: number }
  | { readonly how: 'garbled' }
  | { readonly how: 'dripped'; readonly pause: number }

export const isMethod = (method: string): method is Method => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method)

/** The value of a cookie (RFC 6265 §5.4). */
export const cookieOf = (raw: RawRequest, name: string): string | undefined => {
  for (const piece of (raw.headers['cookie'] ?? '').split(';')) {
    const at = piece.indexOf('=')
    if (at > 0 && piece.slice(0, at).trim() === name) return piece.slice(at + 1).trim()
  }
  return undefined
}
