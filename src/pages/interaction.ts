/** The person's side of an authorization: logging in and choosing, on forms of ours. */

import type { MaybePromise } from '../http/maybePromise.js'
import { chain } from '../http/maybePromise.js'
import { parameters } from '../http/parameters.js'
import type { RawRequest, RawResponse } from '../http/raw.js'
import { cookieOf } from '../http/raw.js'
import type { Request } from '../protocol/context.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { authorizationQuery } from './renderPage.js'
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
    const login = context.settings.openid ? { at: context.now, sid: context.mint('{url22}'), request } : {}
    tx.put('session', id, { user: user.id, proof: context.mint('{url22}'), ...login })
    return id
  })
  const name = instance.settings().authorize?.cookie ?? 'session'
  return see(`${base}${path}?${request}`, `${name}=${cookie}; Path=${base === '' ? '/' : base}; HttpOnly; SameSite=Lax`)
}

const isAuthorizePath = (instance: ProviderInstance, path: string): Route | undefined =>
  instance.routes(path).find(({ endpoint }) => endpoint.operation === 'authorize' || endpoint.operation === 'device')

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

/** Adds what the person did at our forms for this request: chose on a consent form that this session was shown, logged in. */
export const applyConsent = (sandbox: Sandbox, instance: ProviderInstance, raw: RawRequest, request: Request): MaybePromise<Request> => {
  const chosen = raw.form?.get('choice')
  const choice = chosen === 'approve' || chosen === 'deny' ? chosen : undefined
  const settings = instance.settings()
  const cookie = choice === undefined && !settings.openid ? undefined : cookieOf(raw, settings.authorize?.cookie ?? 'session')
  if (cookie === undefined) return request
  return chain(
    sandbox.decide(instance, (_, tx) => tx.get('session', cookie)),
    (session) => {
      if (!session) return request
      const loggedIn = session.request !== undefined && session.request === authorizationQuery(raw) ? { loggedIn: true } : {}
      return { ...request, ...loggedIn, ...(choice !== undefined && session.proof === raw.form?.get('proof') ? { choice } : {}) }
    },
  )
}
