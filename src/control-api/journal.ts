/** `/journal` and `/events`: what crossed the wire. */

import type { JournalEntry, JournalOutcome } from '../journal/entry.js'
import { explain } from '../journal/explain.js'
import { harOf } from '../journal/har.js'
import type { Journal, JournalFilter } from '../journal/journal.js'
import { redact } from '../journal/redact.js'
import { historiesOf, tell } from '../journal/tell.js'
import { version } from '../package/version.js'
import { operationNames } from '../provider/operations.js'
import type { Call, Resource } from './call.js'
import { noContent, ok, requestedInstance } from './call.js'
import type { Members } from './check.js'
import { ControlError, count, fitting, notFound, oneOf, parameters, present, text, timeout } from './check.js'

export const outcomes: readonly JournalOutcome[] = ['answered', 'refused', 'redirected', 'asked', 'faulted', 'unknown']
const filtering = ['provider', 'operation', 'outcome', 'reason', 'client', 'grantType', 'since']

const filterIn = (call: Call, said: Members): JournalFilter =>
  present({
    provider: requestedInstance(call, said)?.provider.id,
    operation: oneOf(operationNames)(said, 'operation'),
    outcome: oneOf(outcomes)(said, 'outcome'),
    reason: fitting(/^[a-z][a-z0-9_]*$/, 'a reason such as code_expired')(said, 'reason'),
    client: text(said, 'client'),
    grantType: text(said, 'grantType'),
    since: fitting(/^(r\d+|\d+(\.\d+)?)$/, 'the id of an entry, or a time in epoch seconds')(said, 'since'),
  })

/** Shows entries to a caller: without secrets unless they are revealed, and with what happened in words. */
const showing = ({ sandbox, reveal }: Call) => {
  const histories = historiesOf(() => sandbox.journal.entries())
  return (entry: JournalEntry) => {
    histories.add(entry)
    const view = reveal ? entry : redact(entry)
    const name = entry.provider === undefined ? undefined : sandbox.instances.get(entry.provider)?.provider.name
    return { ...view, told: tell(entry, name, histories), explained: explain(view) }
  }
}

/** The first so many entries that fit, as soon as they are there; undefined when they do not come in time. */
const gathered = (journal: Journal, filter: JournalFilter, wanted: number, seconds: number, gone: AbortSignal) =>
  new Promise<readonly JournalEntry[] | undefined>((resolve) => {
    const look = (): void => {
      const entries = journal.entries(filter)
      if (entries.length >= wanted) finish(entries.slice(0, wanted))
    }
    const finish = (entries: readonly JournalEntry[] | undefined): void => {
      clearTimeout(timer)
      stop()
      resolve(entries)
    }
    const timer = setTimeout(() => finish(undefined), seconds * 1000)
    const stop = journal.subscribe(look)
    gone.addEventListener('abort', () => finish(undefined))
    look()
  })

const awaited = async (call: Call) => {
  const said = parameters(call.query, [...filtering, 'count', 'timeout'])
  const filter = filterIn(call, said)
  const wanted = count(said, 'count') ?? 1
  const seconds = timeout(said)
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  const { closed } = call.sandbox
  closed.addEventListener('abort', leave)
  call.context.res.once('close', () => {
    closed.removeEventListener('abort', leave)
    leave()
  })
  const entries = await gathered(call.sandbox.journal, filter, wanted, seconds, gone.signal)
  if (closed.aborted) throw notFound(`the sandbox ${call.sandbox.name} has gone meanwhile`)
  if (entries) return ok({ entries: entries.map(showing(call)) })
  const came = call.sandbox.journal.entries(filter).length
  const last = call.sandbox.journal.last()
  const note = last ? `; the last exchange was ${explain(last)}` : '; there was no exchange at all'
  throw new ControlError(408, 'timeout', `${came} of ${wanted} came within ${seconds} seconds${note}`)
}

/** Milliseconds: proxies cut a connection that is silent for longer. */
const heartbeat = 15_000

const streamed = (call: Call) => {
  const { context, sandbox } = call
  const shown = showing(call)
  const said = parameters(call.query, filtering)
  const from = context.get('last-event-id')
  const filter = filterIn(call, { ...said, ...(from === '' ? {} : { since: from }) })
  const { res } = context
  context.respond = false
  res.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-authdouble-request-id': context.response.get('x-authdouble-request-id'),
  })
  res.write(': the journal\n\n')
  const send = (entry: JournalEntry): void => {
    res.write(`id: ${entry.id}\nevent: exchange\ndata: ${JSON.stringify(shown(entry))}\n\n`)
  }
  if (filter.since !== undefined) for (const entry of sandbox.journal.entries(filter)) send(entry)
  const stop = sandbox.journal.subscribe((entry) => {
    if (sandbox.journal.fits(entry, filter)) send(entry)
  })
  const beat = setInterval(() => res.write(': still here\n\n'), heartbeat).unref()
  const end = (): void => void res.end()
  sandbox.closed.addEventListener('abort', end)
  res.once('close', () => {
    sandbox.closed.removeEventListener('abort', end)
    clearInterval(beat)
    stop()
  })
  return 'streaming' as const
}

export const journal: Resource = {
  'GET /journal': (call) => {
    const said = parameters(call.query, [...filtering, 'limit', 'format'])
    const format = oneOf(['json', 'har'])(said, 'format')
    const entries = call.sandbox.journal.entries(filterIn(call, said)).slice(-(count(said, 'limit') ?? 10_000))
    const views = entries.map(showing(call))
    return ok(format === 'har' ? harOf(views, call.sandbox.url(), version) : { entries: views })
  },
  'DELETE /journal': ({ sandbox }) => {
    sandbox.journal.clear()
    return noContent
  },
  'GET /journal/await': awaited,
  'GET /journal/:id': (call) => {
    const entry = call.sandbox.journal.get(call.part('id'))
    if (!entry) throw notFound(`there is no entry ${call.part('id')}`)
    return ok(showing(call)(entry))
  },
  'GET /events': streamed,
}
