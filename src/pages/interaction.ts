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
import { consoleOf, usersAt } from './surroundings.js'
import { loginPage, pageHeaders, tickPrefix } from './templates.js'

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
  // The form says where it goes on: what a header cannot carry is percent-encoded, as a browser would.
  headers: {
    location: to.replace(/[^\x21-\x7e]/gu, encodeURIComponent),
    'cache-control': 'no-store',
    ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
  },
  body: '',
})

/** What a person wrote into the field for claims: undefined where the form had none, null where it is no JSON object. */
const claimsIn = (text: string | undefined): { readonly [claim: string]: unknown } | undefined | null => {
  if (text === undefined) return undefined
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [claim: string]: unknown }) : null
  } catch {
    return null
  }
}

/** Logs a user in by e-mail (any password will do) and goes on with the authorization request. */
const login = async (sandbox: Sandbox, instance: ProviderInstance, raw: RawRequest, base: string): Promise<RawResponse> => {
  const fields = await form(raw)
  const email = (fields.get('email') ?? '').toLowerCase()
  const request = fields.get('request') ?? ''
  const path = fields.get('path') ?? ''
  const users = Object.values(await sandbox.list(instance, 'user'))
  const user = users.find((one) => one.email.toLowerCase() === email && !one.removed)
  // An empty field is no parameter: the form says beside it that it had one.
  const claims = claimsIn(fields.get('claims') ?? (fields.has('claiming') ? '' : undefined))
  if (!user || claims === null) {
    const frame = { provider: instance.provider.name, console: consoleOf(sandbox) }
    const wrong = user ? { claimsProblem: 'These claims are no JSON object.' } : { problem: 'Nobody has this e-mail address.' }
    const page = loginPage(frame, {
      action: `${base}/__login`,
      fields: { request, path },
      email,
      claims: fields.get('claims') ?? '',
      users: await usersAt(sandbox, instance),
      ...wrong,
    })
    return { status: user ? 400 : 401, headers: pageHeaders, body: page }
  }
  const cookie = await sandbox.decide(instance, (context, tx) => {
    const id = context.mint('{uuid}')
    const { openid, authorize } = context.settings
    // Where a request may ask for a log-in, it must be known which one has had it.
    const login = openid ? { at: context.now, sid: context.mint('{url22}'), request } : authorize?.prompts ? { request } : {}
    tx.put('session', id, { user: user.id, proof: context.mint('{url22}'), ...login })
    if (claims !== undefined) {
      const { claims: _, ...rest } = user
      tx.put('user', user.id, Object.keys(claims).length > 0 ? { ...rest, claims } : rest)
    }
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

/** The scopes whose boxes stayed ticked: a browser leaves the others out. */
const tickedIn = (form: ReadonlyMap<string, string>): readonly string[] =>
  [...form.keys()].filter((name) => name.startsWith(tickPrefix)).map((name) => name.slice(tickPrefix.length))

/** Adds what the person did at our forms for this request: chose on a consent form that this session was shown, logged in. */
export const applyConsent = (sandbox: Sandbox, instance: ProviderInstance, raw: RawRequest, request: Request): MaybePromise<Request> => {
  const chosen = raw.form?.get('choice')
  const choice = chosen === 'approve' || chosen === 'deny' ? chosen : undefined
  const settings = instance.settings()
  const mayLogIn = settings.openid !== null || Boolean(settings.authorize?.prompts)
  const cookie = choice === undefined && !mayLogIn ? undefined : cookieOf(raw, settings.authorize?.cookie ?? 'session')
  if (cookie === undefined) return request
  return chain(
    sandbox.decide(instance, (_, tx) => tx.get('session', cookie)),
    (session) => {
      if (!session) return request
      const loggedIn = session.request !== undefined && session.request === authorizationQuery(raw) ? { loggedIn: true } : {}
      if (choice === undefined || session.proof !== raw.form?.get('proof')) return { ...request, ...loggedIn }
      return { ...request, ...loggedIn, choice, ...(settings.authorize?.partialConsent ? { ticked: tickedIn(raw.form) } : {}) }
    },
  )
}
