/** The person's side of an authorization: logging in and choosing, on forms of ours. */

import type { MaybePromise } from '../http/maybePromise.js'
import { chain } from '../http/maybePromise.js'
import { parameters } from '../http/parameters.js'
import type { RawRequest, RawResponse } from '../http/raw.js'
import { cookieOf } from '../http/raw.js'
import type { Request } from '../protocol/context.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { loginPage, pageHeaders } from './templates.js'

/** Paths of our forms, below the provider. */
export const formPaths = ['/__login', '/__consent'] as const

const form = async (raw: RawRequest): Promise<ReadonlyMap<string, string>> => {
  const read = await parameters(
    raw,
    { query: false, form: true, multipart: false, json: false },
    { repeated: 'first', brokenEscapes: 'refused' },
  )
  return 'problem' in read ? new Map() : read
}

const see = (to: string, cookie?: string): RawResponse => ({
  status: 303,
  headers: { location: to, 'cache-control': 'no-store', ...(cookie === undefined ? {} : { 'set-cookie': cookie }) },
  body: '',
})

/** The request as it goes on: the log-in that it asked for has been. */
const withoutLogin = (query: string): string =>
  query
    .split('&')
    .flatMap((piece) => {
      if (!piece.startsWith('prompt=')) return [piece]
      const left = (new URLSearchParams(piece).get('prompt') ?? '').split(' ').filter((prompt) => prompt !== 'login')
      return left.length === 0 ? [] : [`prompt=${encodeURIComponent(left.join(' '))}`]
    })
    .join('&')

/** Logs a user in by e-mail (any password will do) and goes on with the authorization request. */
const login = async (sandbox: Sandbox, instance: ProviderInstance, raw: RawRequest, base: string): Promise<RawResponse> => {
  const fields = await form(raw)
  const email = (fields.get('email') ?? '').toLowerCase()
  const request = fields.get('request') ?? ''
  const path = fields.get('path') ?? ''
  const users = Object.values(await sandbox.list(instance, 'user'))
  const user = users.find((one) => one.email.toLowerCase() === email && !one.removed)
  if (!user) {
    const problem = 'Nobody has this e-mail address.'
    const page = loginPage({ provider: instance.provider.name }, { action: `${base}/__login`, fields: { request, path }, email, problem })
    return { status: 401, headers: pageHeaders, body: page }
  }
  const cookie = await sandbox.decide(instance, (context, tx) => {
    const id = context.mint('{uuid}')
    tx.put('session', id, { user: user.id, proof: context.mint('{url22}') })
    return id
  })
  const name = instance.settings().authorize?.cookie ?? 'session'
  return see(`${base}${path}?${withoutLogin(request)}`, `${name}=${cookie}; Path=${base === '' ? '/' : base}; HttpOnly; SameSite=Lax`)
}

const isAuthorizePath = (instance: ProviderInstance, path: string): Route | undefined =>
  instance.routes(path).find(({ endpoint }) => endpoint.operation === 'authorize')

/** Whether one of our own pages sent this. */
export const isForm = (raw: RawRequest): boolean => raw.method === 'POST' && formPaths.some((path) => path === raw.path)

/** Answers our own forms; undefined when the request is none of them. */
export const answerForm = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  raw: RawRequest,
  base: string,
): Promise<{ readonly response: RawResponse } | { readonly route: Route; readonly raw: RawRequest } | undefined> => {
  const fields = await form(raw)
  const route = isAuthorizePath(instance, fields.get('path') ?? '')
  if (!route) return undefined
  if (raw.path === '/__login') return { response: await login(sandbox, instance, raw, base) }
  return { route, raw: { ...raw, method: 'GET', path: route.endpoint.path, query: fields.get('request') ?? '', form: fields } }
}

/** Adds what was chosen on the consent form, if the form was one that this session was shown. */
export const applyConsent = (sandbox: Sandbox, instance: ProviderInstance, raw: RawRequest, request: Request): MaybePromise<Request> => {
  const choice = raw.form?.get('choice')
  if (choice !== 'approve' && choice !== 'deny') return request
  const cookie = cookieOf(raw, instance.settings().authorize?.cookie ?? 'session')
  if (cookie === undefined) return request
  return chain(
    sandbox.decide(instance, (_, tx) => tx.get('session', cookie)),
    (session) => (session && session.proof === raw.form?.get('proof') ? { ...request, choice } : request),
  )
}
