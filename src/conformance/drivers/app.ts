/** Drives an application that is already running: the runner plays its user, over HTTP. */

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { ClientEnd } from '../runner/verdict.js'
import type { Jar } from './browser.js'
import { createJar, fetchPage, visit } from './browser.js'
import type { Answer, Asked, ClientEnvironment, Driver, Session } from './driver.js'
import { stepLimit } from './driver.js'

/** A request that makes the application do something: a URL to get, or more than that. */
export type Trigger =
  | string
  | { readonly url: string; readonly method?: string; readonly headers?: { readonly [name: string]: string }; readonly body?: string }

/** What `--app` reads. */
export interface AppDescription {
  /** What it calls itself. */
  readonly name?: string
  /** The port on which it expects authdouble; 4740 by default. */
  readonly port?: number
  /** Its redirect URI, as it is registered. */
  readonly redirectUri: string
  /** The link that a user follows to connect; left out where connections begin at the provider. */
  readonly connect?: string
  readonly call?: Trigger
  readonly refresh?: Trigger
  readonly revoke?: Trigger
  readonly assertion?: Trigger
  /** Makes it forget all connections, before each case. */
  readonly reset?: Trigger
  /** A regular expression: a page that fits it tells the user of a failure, whatever its status. */
  readonly failure?: string
}

const triggers = ['call', 'refresh', 'revoke', 'assertion', 'reset'] as const
const members = ['name', 'port', 'redirectUri', 'connect', 'failure', ...triggers]

/** What is wrong with a description, or it. @throws Error that names the member */
export const appDescriptionOf = (value: unknown): AppDescription => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('an application is described by an object')
  const said = value as { readonly [member: string]: unknown }
  const stranger = Object.keys(said).find((member) => !members.includes(member))
  if (stranger !== undefined) throw new Error(`unknown member ${JSON.stringify(stranger)}; it takes ${members.join(', ')}`)
  if (typeof said['redirectUri'] !== 'string' || !URL.canParse(said['redirectUri'])) throw new Error('redirectUri is a URL')
  for (const member of ['connect', ...triggers]) {
    const given = said[member]
    const url = typeof given === 'object' && given !== null ? (given as { url?: unknown }).url : given
    if (given !== undefined && (typeof url !== 'string' || !URL.canParse(url))) throw new Error(`${member} is a URL, or an object with url`)
  }
  return value as AppDescription
}

/** What a page's status and text tell. */
const told = (status: number, page: string, failure: RegExp | undefined): Answer => {
  if (status === 0) return { state: 'failed', error: { kind: 'network', code: 'unreachable', message: page } }
  if (status >= 200 && status < 400 && !failure?.test(page)) return { state: 'ok' }
  return { state: 'failed', error: { kind: 'other', code: `http_${status}`, message: page.slice(0, 200) } }
}

const reason = (error: unknown): string =>
  error instanceof Error ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}` : String(error)

/** The places that belong to the application: those that its description names. */
const originsOf = (app: AppDescription): ReadonlySet<string> =>
  new Set(
    [app.redirectUri, app.connect, ...triggers.map((trigger) => app[trigger])].flatMap((one) => {
      const url = typeof one === 'object' ? one.url : one
      return url === undefined ? [] : [new URL(url).origin]
    }),
  )

const sessionOf = (app: AppDescription, given: ClientEnvironment, jar: Jar, limit: number): Session => {
  const failure = app.failure === undefined ? undefined : new RegExp(app.failure)
  const provider = new URL(given.baseUrl).origin
  const signal = (): AbortSignal => AbortSignal.timeout(limit)
  const origins = originsOf(app)
  const browser = { jar, within: limit, allows: (url: URL) => origins.has(url.origin) }
  const pull = async (trigger: Trigger): Promise<{ readonly status: number; readonly page: string }> => {
    const { url, method = 'GET', headers = {}, body } = typeof trigger === 'string' ? { url: trigger } : trigger
    const response = await fetchPage(new URL(url), jar, { method, headers, signal: signal(), ...(body === undefined ? {} : { body }) })
    return { status: response.status, page: await response.text() }
  }
  const steps = [
    ...(app.connect === undefined ? [] : ['authorize']),
    'callback',
    ...triggers.filter((step) => step !== 'reset' && app[step] !== undefined),
  ]
  const perform = async ({ step, url = '' }: Asked): Promise<Answer> => {
    if (step === 'hello') {
      if (app.reset !== undefined) await pull(app.reset)
      return { state: 'ok', client: app.name ?? 'application', steps }
    }
    if (step === 'authorize' && app.connect !== undefined) {
      const landing = await visit(app.connect, { ...browser, stops: (each) => each.origin === provider })
      return landing.url === undefined
        ? told(landing.status || 500, `no way to the provider: ${landing.page ?? ''}`, /./)
        : { state: 'ok', url: landing.url }
    }
    if (step === 'callback') {
      const landing = await visit(url, browser)
      return told(landing.status, landing.page ?? '', failure)
    }
    const trigger = triggers.find((each) => each === step)
    const options = trigger && app[trigger]
    if (options === undefined) return { state: 'unsupported' }
    const { status, page } = await pull(options)
    const answer = told(status, page, failure)
    return step === 'call' && answer.state === 'ok' ? { ...answer, status } : answer
  }
  let silent = false
  return {
    ask: async (asked) => {
      try {
        return await perform(asked)
      } catch (error) {
        silent ||= error instanceof Error && error.name === 'TimeoutError'
        if (error instanceof Error && error.name === 'TimeoutError')
          return { state: 'silent', note: `no answer to ${asked.step} within ${limit / 1000} s` }
        return asked.step === 'hello' ? { state: 'ended', note: reason(error) } : told(0, reason(error), undefined)
      }
    },
    kill: async () => ({ state: 'unsupported' }),
    restart: async () => ({ state: 'unsupported' }),
    leave: async (): Promise<ClientEnd> => ({ how: silent ? 'timeout' : 'own' }),
    stderr: () => '',
    written: () => ({ stdout: '', stderr: '' }),
  }
}

/** @param flags as on the command line @param limit milliseconds that a step may take */
export const appDriverOf = (app: AppDescription, flags: readonly string[] = [], limit = stepLimit): Driver => ({
  kind: 'app',
  port: app.port ?? 4740,
  redirectUri: app.redirectUri,
  flags,
  start: async (given) => sessionOf(app, given, createJar(), limit),
})

/** @throws Error when the file cannot be read or describes no application */
export const appDriver = async (file: string, limit = stepLimit): Promise<Driver> => {
  const text = await readFile(file, 'utf8')
  try {
    return appDriverOf(appDescriptionOf(parse(text)), ['--app', file], limit)
  } catch (error) {
    throw new Error(`${file}: ${reason(error)}`)
  }
}
