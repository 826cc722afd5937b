/** HTTP: from a request to the room that answers it. */

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { MaybePromise } from '../http/maybePromise.js'
import { chain, recover } from '../http/maybePromise.js'
import { placesInHost } from '../http/places.js'
import type { RawRequest, RawResponse } from '../http/raw.js'
import { demoCallback } from '../issuance/providerAddress.js'
import type { JournalEntry } from '../journal/entry.js'
import type { ReceivedRequest } from '../journal/journalCodec.js'
import { keptBody, toPairs } from '../journal/journalCodec.js'
import { observed } from '../journal/observed.js'
import { version } from '../package/version.js'
import { answerForm, isForm } from '../pages/interaction.js'
import type { Endpoint } from '../provider/settings.js'
import type { InstrumentSync } from '../sandbox/instrumentSync.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Located, SandboxRegistry } from '../sandbox/sandboxRegistry.js'
import { Unavailable } from '../store/store.js'
import { readBody } from './body.js'
import { deliver } from './deliverResponse.js'
import { handleRequest } from './handleRequest.js'
import { nearestEndpoint } from './nearestEndpoint.js'
import type { RequestObserver } from './requestObserver.js'

const healthPaths = new Set(['/healthz', '/readyz', '/health', '/isalive'])

/** Why a provider could not answer now. */
const unready = async (sandbox: Sandbox): Promise<string | undefined> => {
  try {
    for (const instance of sandbox.instances.values()) await sandbox.decide(instance, () => undefined)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const single = (headers: IncomingMessage['headers']): { readonly [name: string]: string | undefined } =>
  headers as { readonly [name: string]: string | undefined }

const json = (status: number, body: unknown, headers: { readonly [name: string]: string } = {}): RawResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
})

interface Arrival {
  readonly url: string
  readonly request: IncomingMessage
  readonly started: number
}

/** Keeps an exchange that no endpoint of a provider answered in the journal. */
const journalUnrouted = (
  sandbox: Sandbox,
  raw: RawRequest,
  { url, request, started }: Arrival,
  what: Pick<JournalEntry, 'provider' | 'reason'> & Partial<Pick<JournalEntry, 'outcome'>>,
  response: RawResponse,
): RawResponse => {
  const id = sandbox.journal.nextId()
  const at = sandbox.clock.now()
  const { rawHeaders } = request
  const took = performance.now() - started
  const entry: JournalEntry = {
    id,
    at,
    took,
    outcome: 'unknown',
    ...what,
    request: {
      method: raw.method,
      url,
      headers: toPairs(rawHeaders),
      parameters: {},
      ...(raw.body === '' ? {} : keptBody(raw.body)),
    },
    response: { status: response.status, headers: Object.entries(response.headers), body: response.body, complete: true },
    quirks: [],
  }
  sandbox.journal.addEntry(entry)
  return { id, ...response }
}

/** Nobody serves this: say so, name what is near, and keep it in the journal, because a wrong URL is what people look for there. */
const notServed = ({ sandbox, path }: Located, raw: RawRequest, arrived: Arrival): RawResponse => {
  if (!sandbox) return json(404, { error: 'not_found', message: `there is no sandbox ${path.slice(2).split('/', 1)[0]}` })
  const asked = arrived.url.split('?', 1)[0] ?? ''
  const near = nearestEndpoint(sandbox.instances.values(), asked)
  const message = `no provider serves ${raw.method} ${asked}${near ? `; the nearest endpoint is ${near.method} ${near.path}` : ''}`
  return journalUnrouted(sandbox, raw, arrived, {}, json(404, { error: 'not_found', message, ...(near ? { nearest: near } : {}) }))
}

/** The store cannot keep what the answer would have promised: nothing has happened, and it may be asked again. */
const storeUnavailableResponse = ({ message }: Unavailable): RawResponse =>
  json(503, { error: 'store_unavailable', message }, { 'retry-after': '1', 'cache-control': 'no-store' })

const storeUnavailable = (sandbox: Sandbox | undefined, raw: RawRequest, arrived: Arrival, error: unknown): RawResponse => {
  if (!sandbox || !(error instanceof Unavailable)) throw error
  return journalUnrouted(sandbox, raw, arrived, { reason: 'store_unavailable' }, storeUnavailableResponse(error))
}

/** Beside the provider's own paths: what they are, for tools that read it. */
const described = async (sandbox: Sandbox, { provider: { id } }: ProviderInstance): Promise<object | undefined> =>
  (await import('../control-api/descriptions.js')).describedAt(id, `${sandbox.url()}/${id}`)

/** Answers a form of ours, or goes on with the request that it stands for. */
const form = async (
  located: Located,
  sandbox: Sandbox,
  instance: ProviderInstance,
  raw: RawRequest,
  arrived: Arrival,
): Promise<RawResponse> => {
  const base = located.host === undefined ? `${new URL(sandbox.url()).pathname.replace(/\/$/, '')}/${instance.provider.id}` : ''
  const answer = await answerForm(sandbox, instance, raw, base)
  if (!answer) return provider(located, sandbox, instance, raw, arrived)
  if ('response' in answer)
    return journalUnrouted(sandbox, raw, arrived, { provider: instance.provider.id, outcome: 'answered' }, answer.response)
  return handleRequest(sandbox, instance, [answer.route], arrivedWith(answer.raw, arrived))
}

const isServedAt = ({ host, alsoHosts = [] }: Endpoint, asked: string): boolean => {
  const is = (one: string): boolean => one === asked || (one.includes('{') && placesInHost(one, asked) !== undefined)
  return is(host) || alsoHosts.some(is)
}

const arrivedWith = (raw: RawRequest, { url, request, started }: Arrival): ReceivedRequest => ({
  raw,
  url,
  rawHeaders: request.rawHeaders,
  started,
})

const provider = (
  located: Located,
  sandbox: Sandbox,
  instance: ProviderInstance,
  raw: RawRequest,
  arrived: Arrival,
): MaybePromise<RawResponse> => {
  const at = instance.routes(raw.path)
  // Under a real host name only what that host serves is there.
  const { host } = raw
  const routes = host === undefined ? at : at.filter(({ endpoint }) => isServedAt(endpoint, host))
  if (routes.length > 0) return handleRequest(sandbox, instance, routes, arrivedWith(raw, arrived))
  if (raw.method !== 'GET' || raw.path !== '/openapi.json') return notServed(located, raw, arrived)
  return described(sandbox, instance).then((document) =>
    document ? journalUnrouted(sandbox, raw, arrived, { outcome: 'answered' }, json(200, document)) : notServed(located, raw, arrived),
  )
}

const answered = (located: Located, raw: RawRequest, arrived: Arrival): MaybePromise<RawResponse> => {
  const { sandbox, instance } = located
  if (!sandbox || !instance) return notServed(located, raw, arrived)
  return (isForm(raw) ? form : provider)(located, sandbox, instance, raw, arrived)
}

/** Answers as a sandbox would that other processes may share. */
const answeredInSync = async (sync: InstrumentSync, located: Located, raw: RawRequest, arrived: Arrival): Promise<RawResponse> => {
  await sync.begin()
  const response = await answered(located, raw, arrived)
  await sync.end()
  return response
}

/** Liveness says that the process answers; readiness that its providers can. */
const health = async (path: string, registry: SandboxRegistry): Promise<RawResponse> => {
  const problem = path === '/readyz' ? await unready(registry.main) : undefined
  const own = { 'x-authdouble': version }
  return problem === undefined
    ? json(200, { status: 'ok', version }, own)
    : json(503, { status: 'unavailable', version, message: problem }, own)
}

/** The console and the index are loaded when somebody comes to see them. */
const visit = async ({ sandbox, path }: Located, accept: string | undefined): Promise<RawResponse> => {
  if (!sandbox) throw new Error('nobody visits a sandbox that is not there')
  return (await import('./door.js')).atDoor(sandbox, path, accept)
}

const isControl = ({ sandbox, instance, path }: Located): boolean =>
  sandbox !== undefined && !instance && (path === '/__admin' || path.startsWith('/__admin/'))

/** A visitor of the root, or of the console. */
const isVisit = ({ sandbox, instance, path }: Located, method: string): boolean =>
  !instance && sandbox !== undefined && (path === '/' || /^\/__admin\/ui\/?$/.test(path)) && (method === 'GET' || method === 'HEAD')

/** Without its store it is not known whether there is such a sandbox; all else is a mistake of ours, and the process goes on. */
const failed = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent || response.destroyed) response.destroy()
  else if (error instanceof Unavailable) deliver(response, storeUnavailableResponse(error))
  else deliver(response, json(500, { error: 'server_error', message: 'authdouble failed to answer: this is a mistake in authdouble' }))
}

/**
 * Providers are answered on the bare server: a framework would cost as much again as all that is decided here. The control
 * API is a web application, and one is loaded for it when it is first called.
 */
export const createRequestHandler = (
  registry: SandboxRegistry,
  control: () => Promise<RequestListener>,
  /** Resolves once a browser can be sent to a URL at the demonstration callback. */
  awaitCallback: (located: Located, raw: RawRequest, location: string) => Promise<void>,
  watch?: RequestObserver,
): RequestListener => {
  const reply = (located: Located, raw: RawRequest, arrived: Arrival): MaybePromise<RawResponse> => {
    const sync = located.sandbox?.sync
    return recover(
      () => (sync ? answeredInSync(sync, located, raw, arrived) : answered(located, raw, arrived)),
      (error) => storeUnavailable(located.sandbox, raw, arrived, error),
    )
  }
  const answer = (request: IncomingMessage, response: ServerResponse, path: string, query: string): MaybePromise<void> => {
    const started = performance.now()
    const { headers, method = 'GET', url = '/' } = request
    const located = registry.locate(path, headers.host)
    if (isVisit(located, method)) return visit(located, headers.accept).then((whole) => deliver(response, whole))
    if (isControl(located)) return control().then((listener) => listener(request, response))
    return chain(readBody(request), ({ text, problem }) => {
      const raw: RawRequest = { method, path: located.path, host: located.host, query, headers: single(headers), body: text, problem }
      return chain(reply(located, raw, { url, request, started }), (whole) => {
        const { location } = whole.headers
        if (location?.startsWith(demoCallback) && headers.accept?.includes('text/html'))
          void awaitCallback(located, raw, location).finally(() => deliver(response, whole))
        else deliver(response, whole)
        if (watch)
          observed(() =>
            watch({
              sandbox: located.sandbox?.name ?? '',
              method,
              path,
              status: whole.status,
              id: whole.id,
              took: performance.now() - started,
            }),
          )
      })
    })
  }
  return (request, response) => {
    const url = request.url ?? '/'
    const at = url.indexOf('?')
    const path = at < 0 ? url : url.slice(0, at)
    const query = at < 0 ? '' : url.slice(at + 1)
    void recover(
      () => {
        if (healthPaths.has(path)) return health(path, registry).then((whole) => deliver(response, whole))
        return registry.refresh
          ? registry.refresh(path).then(() => answer(request, response, path, query))
          : answer(request, response, path, query)
      },
      (mistake) => {
        failed(response, mistake)
        const { method = 'GET' } = request
        watch?.({ sandbox: '', method, path, status: response.statusCode, id: undefined, took: 0, mistake })
      },
    )
  }
}
