/** Calls of the control API, with the admin token where one is asked for. */

import { createStore } from '../store.js'

/** The sandbox's path: empty for the default one, else `/~name`. */
export const base = location.pathname.replace(/\/__admin\/ui\/?$/, '').replace(/\/$/, '')

export class CallError extends Error {
  readonly status: number
  readonly field: string | undefined
  constructor(status: number, message: string, field?: string) {
    super(message)
    this.status = status
    this.field = field
  }
}

const place = 'authdouble-admin-token'

/** Kept for this tab alone. */
export const token = createStore<string | undefined>(sessionStorage.getItem(place) ?? undefined)

/** Whether calls are refused for want of the token, and whether one was tried. */
export const locked = createStore<'no' | 'asks' | 'wrong'>('no')

export const useToken = (value: string): void => {
  sessionStorage.setItem(place, value)
  token.set(value)
  locked.set('no')
}

export const authorization = (): { readonly [name: string]: string } => {
  const value = token.get()
  return value === undefined ? {} : { authorization: `Bearer ${value}` }
}

export const refused = (): void => locked.set(token.get() === undefined ? 'asks' : 'wrong')

const failure = async (response: Response): Promise<CallError> => {
  const said = (await response.json().catch(() => ({}))) as { readonly message?: string; readonly field?: string }
  if (response.status === 401) refused()
  return new CallError(response.status, said.message ?? `the server answered ${response.status}`, said.field)
}

/** @throws CallError, with status 0 when the server is not there */
export const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${base}/__admin${path}`, {
    method,
    headers: { ...authorization(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new CallError(0, 'The server does not answer.')
  })
  if (!response.ok) throw await failure(response)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path)
