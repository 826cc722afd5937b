/** The control API: the instruments of a sandbox over HTTP, under `/__admin`. */

import Router from '@koa/router'
import type Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Clock } from '../../instruments/clock.js'
import { lengthOf } from '../../instruments/clock.js'
import { explain } from '../../instruments/explain.js'
import type { JournalEntry, JournalFilter } from '../../instruments/journal.js'
import { redact } from '../../instruments/redact.js'
import { Unavailable } from '../../store/store.js'
import type { Control } from '../app.js'
import { giveApiKey, giveCode, giveTokens, Unfit } from '../give.js'
import type { Place } from '../place.js'
import type { Sandbox } from '../sandbox.js'
import { exportState, importState } from '../state.js'
import { ControlError, invalid, length, members, text } from './check.js'

interface State extends Koa.DefaultState {
  sandbox: Sandbox
}

type Context = Koa.ParameterizedContext<State> & { params: { [name: string]: string } }

const placeOf = ({ sandbox }: State, id: string): Place => {
  const place = sandbox.places.get(id)
  if (!place) throw new ControlError(404, 'not_found', `there is no provider ${id} here`)
  return place
}

const clockOf = (clock: Clock, machine = Date.now() / 1000) => {
  const { frozen } = clock.state()
  return { now: clock.now(), frozen: frozen !== null, offset: Math.round(clock.now() - machine), skew: 0 }
}

const shown = (entry: JournalEntry, reveal: boolean): object => {
  const view = reveal ? entry : redact(entry)
  return { ...view, explained: explain(view) }
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

const filters = ['provider', 'operation', 'outcome', 'reason', 'client', 'grantType', 'since'] as const

const filterOf = ({ query }: Context): JournalFilter =>
  Object.fromEntries(filters.map((name) => [name, one(query[name])] as const).filter(([, value]) => value !== undefined))

const setClock = (clock: Clock, body: unknown): void => {
  const said = members(body, ['advance', 'freeze', 'run', 'reset'])
  if (Object.keys(said).length !== 1) throw invalid('say one of advance, freeze, run, reset')
  const advance = length(said, 'advance', lengthOf)
  if (advance !== undefined) clock.advance(advance)
  const { freeze } = said
  if (freeze === true) clock.freeze()
  else if (typeof freeze === 'number' && Number.isFinite(freeze) && freeze >= 0) clock.freeze(freeze)
  else if (freeze !== undefined) throw invalid('freeze is a time in epoch seconds, or true', 'freeze')
  if (said['run'] === true) clock.run()
  if (said['reset'] === true) clock.reset()
}

const routes = (reveal: boolean): Router<State> => {
  const router = new Router<State>({ prefix: '/__admin' })
  router.get('/clock', (ctx) => {
    ctx.body = clockOf(ctx.state.sandbox.clock)
  })
  router.post('/clock', (ctx) => {
    setClock(ctx.state.sandbox.clock, ctx.request.body)
    ctx.body = clockOf(ctx.state.sandbox.clock)
  })
  router.get('/journal', (ctx) => {
    const limit = Number(one(ctx.query['limit']) ?? 10_000)
    ctx.body = {
      entries: ctx.state.sandbox.journal
        .entries(filterOf(ctx as unknown as Context))
        .slice(-limit)
        .map((entry) => shown(entry, reveal)),
    }
  })
  router.delete('/journal', (ctx) => {
    ctx.state.sandbox.journal.clear()
    ctx.status = 204
  })
  router.get('/journal/:id', (ctx) => {
    const entry = ctx.state.sandbox.journal.get(ctx.params['id'] ?? '')
    if (!entry) throw new ControlError(404, 'not_found', `there is no entry ${ctx.params['id']}`)
    ctx.body = shown(entry, reveal)
  })
  router.post('/providers/:id/codes', async (ctx) => {
    const said = members(ctx.request.body, ['clientId', 'user', 'scope', 'redirectUri', 'lifetime', 'state', 'code'])
    ctx.body = await giveCode(ctx.state.sandbox, placeOf(ctx.state, ctx.params['id'] ?? ''), {
      clientId: text(said, 'clientId'),
      user: text(said, 'user'),
      scope: text(said, 'scope'),
      redirectUri: text(said, 'redirectUri'),
      lifetime: length(said, 'lifetime', lengthOf),
      state: text(said, 'state'),
      code: text(said, 'code'),
    })
    ctx.status = 201
  })
  router.post('/providers/:id/assertions', async (ctx) => {
    const said = members(ctx.request.body, ['clientId', 'user', 'scope', 'name'])
    ctx.body = await giveApiKey(ctx.state.sandbox, placeOf(ctx.state, ctx.params['id'] ?? ''), {
      clientId: text(said, 'clientId'),
      user: text(said, 'user'),
      scope: text(said, 'scope'),
      name: text(said, 'name'),
    })
    ctx.status = 201
  })
  router.post('/tokens/mint', async (ctx) => {
    const said = members(ctx.request.body, ['provider', 'clientId', 'user', 'scope', 'lifetime'])
    const provider = text(said, 'provider')
    if (provider === undefined) throw invalid('provider is missing', 'provider')
    const wish = {
      clientId: text(said, 'clientId'),
      user: text(said, 'user'),
      scope: text(said, 'scope'),
      lifetime: length(said, 'lifetime', lengthOf),
    }
    ctx.body = { provider, ...(await giveTokens(ctx.state.sandbox, placeOf(ctx.state, provider), wish)) }
    ctx.status = 201
  })
  router.post('/reset', async (ctx) => {
    await ctx.state.sandbox.reset()
    ctx.status = 204
  })
  router.get('/state', async (ctx) => {
    ctx.body = await exportState(ctx.state.sandbox)
  })
  router.put('/state', async (ctx) => {
    await importState(ctx.state.sandbox, ctx.request.body)
    ctx.status = 204
  })
  return router
}

const problem = (context: Koa.Context, error: unknown): void => {
  const known =
    error instanceof ControlError
      ? error
      : error instanceof Unfit
        ? invalid(error.message, error.field)
        : error instanceof Unavailable
          ? new ControlError(503, 'store_unavailable', error.message)
          : new ControlError(500, 'failed', error instanceof Error ? error.message : String(error))
  context.status = known.status
  context.body = { error: known.error, message: known.message, ...(known.field === undefined ? {} : { field: known.field }) }
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

/** @param reveal show secrets in the journal instead of their fingerprints */
export const createControl = (reveal: boolean): Control => {
  const router = routes(reveal)
  const dispatch = router.routes() as unknown as Koa.Middleware
  const allowed = router.allowedMethods() as unknown as Koa.Middleware
  return {
    middleware: async (context, sandbox) => {
      context.state['sandbox'] = sandbox
      const path = context.path
      const below = path.indexOf('/__admin')
      context.path = path.slice(below)
      try {
        await parse(
          context as never,
          () =>
            Promise.resolve(allowed(context as never, () => Promise.resolve(dispatch(context as never, async () => {})))) as Promise<void>,
        )
        if (context.status === 404 && context.body === undefined) throw new ControlError(404, 'not_found', `nothing is at ${context.path}`)
      } catch (error) {
        problem(context, error)
      }
    },
  }
}
