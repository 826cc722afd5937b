/** The control API: the instruments of a sandbox over HTTP, under `/__admin`. Each resource is a table in a file of its own. */

import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Sandbox } from '../sandbox/sandbox.js'
import { Unavailable } from '../store/store.js'
import { ConflictError, ValidationError } from '../validation/errors.js'
import { isWellFormed } from '../validation/wellFormed.js'
import { approvals } from './approvals.js'
import type { ControlOptions, Resource } from './call.js'
import { ControlError, invalid, notFound } from './check.js'
import { clients } from './clients.js'
import { clock } from './clock.js'
import { connections } from './connections.js'
import { describe } from './describe.js'
import { faults } from './faults.js'
import { guard } from './guard.js'
import { journal } from './journal.js'
import { providers } from './providers.js'
import { quirks } from './quirks.js'
import { reports } from './reports.js'
import { sandboxes } from './sandboxes.js'
import { status } from './status.js'
import { tokens } from './tokens.js'
import { users } from './users.js'

const resources: readonly Resource[] = [
  sandboxes,
  describe,
  status,
  providers,
  connections,
  clock,
  clients,
  users,
  tokens,
  quirks,
  faults,
  approvals,
  journal,
  reports,
]

interface State extends Koa.DefaultState {
  sandbox: Sandbox
}

const routerOf = (options: ControlOptions): Router<State> => {
  const router = new Router<State>()
  for (const resource of resources) {
    for (const [route, run] of Object.entries(resource)) {
      const [method = '', path = ''] = route.split(' ')
      router.register(path === '/' ? '/__admin' : `/__admin${path}`, [method], async (context) => {
        const reply = await run({
          ...options,
          sandbox: context.state.sandbox,
          part: (name) => context.params[name] ?? '',
          query: context.query,
          body: bodyOf(context as unknown as Koa.Context),
          context: context as unknown as Koa.Context,
        })
        if (reply === 'streaming') return
        context.status = reply.status
        if (reply.status !== 204) context.body = reply.value
      })
    }
  }
  return router
}

/** What was parsed, if anything came: the parser makes an empty object of nothing. */
const bodyOf = ({ request }: Koa.Context): unknown => {
  const { rawBody } = request
  if (!rawBody) return undefined
  if (/\\ud[89a-f]/i.test(String(rawBody)) && !isWellFormed(request.body))
    throw invalid('the body has half a surrogate pair, which is no character')
  return request.body
}

const parse = bodyParser({
  enableTypes: ['json'],
  jsonLimit: '64mb',
  strict: false,
  onerror: (error) => {
    const status = (error as Error & { status?: number }).status
    throw status === 413
      ? new ControlError(413, 'too_large', 'the body is too large')
      : new ControlError(400, 'not_json', `the body is no JSON: ${error.message}`)
  },
})

/** What is sent in another type would go unread. @throws ControlError */
const onlyJson = (context: Koa.Context): void => {
  const { 'content-length': length, 'transfer-encoding': coding } = context.req.headers
  if ((coding === undefined && (length === undefined || length === '0')) || context.is('json', '+json')) return
  throw new ControlError(415, 'not_json', 'the body is JSON: say so with Content-Type: application/json')
}

const known = (error: unknown): ControlError => {
  if (error instanceof ControlError) return error
  if (error instanceof ConflictError) return new ControlError(409, 'exists', error.detail, error.field)
  if (error instanceof ValidationError) return invalid(error.detail, error.field)
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof Unavailable ? new ControlError(503, 'store_unavailable', message) : new ControlError(500, 'failed', message)
}

const problem = (context: Koa.Context, error: unknown): void => {
  const { status, error: word, message, field } = known(error)
  context.status = status
  context.body = { error: word, message, ...(field === undefined ? {} : { field }) }
}

let serial = 0

/** Runs a call as a sandbox demands that other processes may share. */
const shared = async ({ registry }: ControlOptions, sandbox: Sandbox, method: string, call: () => Promise<void>): Promise<void> => {
  const { sync } = sandbox
  const settled = async (): Promise<void> => {
    await call()
    await registry.publish?.()
  }
  if (!sync) return settled()
  await sync.begin()
  await sync.control(method, settled)
}

/** @returns what answers every request below `/__admin` of a sandbox */
export const createControl = (options: ControlOptions): RequestListener => {
  const router = routerOf(options)
  const dispatch = router.routes() as unknown as Koa.Middleware
  const allowed = router.allowedMethods() as unknown as Koa.Middleware
  const run = async (context: Koa.Context): Promise<void> => {
    guard(context, options)
    onlyJson(context)
    await parse(context as never, async () => {
      await allowed(context as never, () => dispatch(context as never, async () => {}) as Promise<void>)
    })
    if (context.body != null || context.status === 204 || context.respond === false) return
    if (context.status === 405 || context.status === 501 || context.method === 'OPTIONS')
      throw new ControlError(405, 'method_not_allowed', `${context.method} is not for ${context.path}`)
    throw notFound(`nothing is at ${context.path}`)
  }
  const app = new Koa()
  app.silent = true
  app.use(async (context) => {
    const [path = '/'] = (context.req.url ?? '/').split('?', 1)
    const { sandbox } = options.registry.locate(path, context.req.headers.host)
    if (!sandbox) throw new Error('the control API is that of a sandbox')
    serial += 1
    context.set('x-authdouble-request-id', `c${serial}`)
    context.state['sandbox'] = sandbox
    context.path = context.path.slice(context.path.indexOf('/__admin')).replace(/(.)\/$/, '$1')
    const answered = () => run(context).catch((error: unknown) => problem(context, error))
    await shared(options, sandbox, context.method, answered).catch((error: unknown) => problem(context, error))
  })
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}
