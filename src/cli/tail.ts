/** `authdouble tail`: what crosses the wire of a running server, a line for each exchange, as the console tells it. */

import type { JournalEntry } from '../journal/entry.js'
import type { Command, ParsedArguments } from './args.js'
import { bool, string, UsageError } from './args.js'
import { colouring, printable, toldLine } from './line.js'
import { defaultPort } from './options.js'

type Told = JournalEntry & { readonly told: string }

const filters = ['provider', 'operation', 'outcome', 'reason', 'client'] as const

const causeOf = (error: unknown): string =>
  error instanceof Error ? ((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message) : String(error)

/** @throws UsageError when no server of ours is there, it wants a token, or it does not take a filter */
const connect = async (url: string, given: ParsedArguments, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> => {
  const said = filters.flatMap((name): [string, string][] => {
    const value = string(given, name)
    return value === undefined ? [] : [[name, value]]
  })
  const query = new URLSearchParams(said)
  if (bool(given, 'all')) query.set('since', 'r0')
  const token = string(given, 'admin-token') ?? process.env['AUTHDOUBLE_ADMIN_TOKEN']
  const response = await fetch(`${url.replace(/\/$/, '')}/__admin/events?${query}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal,
  }).catch((error: unknown) => {
    throw new UsageError(`no server at ${url}: ${causeOf(error)}`)
  })
  if (response.status === 401) throw new UsageError(`the server at ${url} asks for its --admin-token`)
  if (!response.ok || !response.body) {
    const { message = `it answered ${response.status}` } = (await response.json().catch(() => ({}))) as { readonly message?: string }
    throw new UsageError(`the server at ${url}: ${message}`)
  }
  return response.body
}

const entriesIn = async function* (body: ReadableStream<Uint8Array>): AsyncGenerator<Told> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '))
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as Told
    }
  }
}

const signals: { readonly [signal: string]: number } = { SIGINT: 130, SIGTERM: 143 }

export const tail: Command = {
  name: 'tail',
  usage: 'authdouble tail [--provider <id>] [--url <url>]',
  help: 'Prints a line for each exchange of a running server, as it happens, until Ctrl-C or the end of the server.',
  flags: {
    url: { type: 'string', value: 'url', help: `the server, or a sandbox of it (http://127.0.0.1:${defaultPort}; AUTHDOUBLE_URL)` },
    'admin-token': { type: 'string', value: 'token', help: 'what the server was started with (AUTHDOUBLE_ADMIN_TOKEN)' },
    provider: { type: 'string', value: 'id', help: 'only what this provider answered' },
    operation: { type: 'string', value: 'name', help: 'only such requests: authorize, token, revoke, ...' },
    outcome: { type: 'string', value: 'name', help: 'only what was answered, refused, redirected, asked, faulted or unknown' },
    reason: { type: 'string', value: 'name', help: 'only what was refused for this reason: refresh_token_rotated, ...' },
    client: { type: 'string', value: 'id', help: 'only what this client sent' },
    all: { type: 'boolean', help: 'what is in the journal first, and then what comes' },
    json: { type: 'boolean', help: 'each exchange as JSON on a line' },
  },
  run: async (given) => {
    if (given.positionals.length > 0) throw new UsageError(`tail takes no ${JSON.stringify(given.positionals[0])}`)
    const url = string(given, 'url') ?? process.env['AUTHDOUBLE_URL'] ?? `http://127.0.0.1:${process.env['AUTHDOUBLE_PORT'] ?? defaultPort}`
    if (!URL.canParse(url)) throw new UsageError(`--url takes a URL, not ${JSON.stringify(url)}`)
    const stop = new AbortController()
    let code = 0
    for (const [signal, number] of Object.entries(signals))
      process.once(signal, () => {
        code = number
        stop.abort()
      })
    // Whoever reads no further, as head does, has seen enough.
    process.stdout.once('error', () => stop.abort())
    const body = await connect(url, given, stop.signal)
    const colours = colouring(process.stdout, process.env)
    try {
      for await (const entry of entriesIn(body))
        process.stdout.write(
          bool(given, 'json') ? `${JSON.stringify(entry)}\n` : `${toldLine({ ...entry, told: printable(entry.told) }, colours)}\n`,
        )
    } catch {
      // The connection broke, or was given up: either way it is over.
    }
    if (stop.signal.aborted) return code
    process.stderr.write(`authdouble: the server at ${url} has gone\n`)
    return 1
  },
}
