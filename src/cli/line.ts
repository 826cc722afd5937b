/** A line for each request, for a person at a terminal. */

import type { JournalEntry } from '../journal/entry.js'
import { explain } from '../journal/explain.js'
import type { SandboxRegistry } from '../sandbox/sandboxRegistry.js'
import type { RequestObserver } from '../server/requestObserver.js'

/** Colours only where somebody sees them, and has not asked for none (https://no-color.org). */
export const colouring = (stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean =>
  stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'

const codes = { green: 32, yellow: 33, red: 31, dim: 2 } as const

const painter =
  (on: boolean) =>
  (text: string, colour: keyof typeof codes): string =>
    on ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text

/** The error word that the client was told. */
const errorOf = ({ response }: JournalEntry): string | undefined => {
  const location = response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  const query = location === undefined ? undefined : new URLSearchParams(location.slice(location.indexOf('?') + 1)).get('error')
  if (query) return query
  try {
    const { error } = JSON.parse(response.body ?? '') as { error?: unknown }
    return typeof error === 'string' ? error : undefined
  } catch {
    return undefined
  }
}

/** `zettle POST /token -> 400 invalid_grant (refresh_token_rotated) 3 ms` */
export const requestLine = (entry: JournalEntry | undefined, seen: Parameters<RequestObserver>[0], colours: boolean): string => {
  const paint = painter(colours)
  const { method, status, took, sandbox } = seen
  const full = seen.path.replace(/^\/~[^/]+/, '')
  const provider = entry?.provider
  const path = provider !== undefined && full.startsWith(`/${provider}/`) ? full.slice(provider.length + 1) : full
  const where = [sandbox === 'default' || sandbox === '' ? '' : `~${sandbox}`, provider ?? ''].filter((part) => part !== '').join(' ')
  const bad = status >= 400 || entry?.outcome === 'refused'
  const shown = entry?.fault ? `${status} by fault ${entry.fault.kind}` : String(status)
  const error = entry?.outcome === 'refused' ? [errorOf(entry), `(${entry.reason})`].filter((part) => part !== undefined).join(' ') : ''
  const result = paint([shown, error].filter((part) => part !== '').join(' '), status >= 500 ? 'red' : bad ? 'yellow' : 'green')
  return `${where === '' ? '' : `${where} `}${method} ${path} -> ${result} ${paint(`${took.toFixed(0)} ms`, 'dim')}`
}

/** What a client sent must not steer the terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd')

/** `14:03:22 r41 400 Zettle refused the refresh: this token was rotated out 12 s ago by r40`; times are the sandbox's, in UTC. */
export const toldLine = (entry: JournalEntry & { readonly told: string }, colours: boolean): string => {
  const paint = painter(colours)
  const { id, at, outcome, response, fault, told } = entry
  const date = new Date(at * 1000)
  const time = Number.isNaN(date.getTime()) ? '--:--:--' : date.toISOString().slice(11, 19)
  const status = response.status === undefined ? '---' : String(response.status)
  const colour = outcome === 'refused' || outcome === 'unknown' ? 'red' : fault ? 'yellow' : 'green'
  return `${paint(`${time} ${id.padEnd(5)}`, 'dim')} ${paint(status, colour)} ${told}`
}

/** From the quietest to the one that tells most. */
export const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const

export type Level = (typeof levels)[number]

export const isLogged = (level: Level, what: Level): boolean => levels.indexOf(level) >= levels.indexOf(what)

/** What authdouble could not do is an error, what a provider refused (some with status 200) or a fault spoiled is a warning. */
const gravityOf = (entry: JournalEntry | undefined, { status }: Parameters<RequestObserver>[0]): Level => {
  if (status >= 500 && !entry?.fault) return 'error'
  return status >= 400 || entry?.outcome === 'refused' || entry?.fault ? 'warn' : 'info'
}

const mistakeOf = (mistake: unknown): string => (mistake instanceof Error ? (mistake.stack ?? mistake.message) : String(mistake))

/** Writes the lines of a level; the house is there only once the server is. */
export const logRequests =
  (registry: () => SandboxRegistry | undefined, write: (text: string) => void, colours: boolean, level: Level): RequestObserver =>
  (seen) => {
    const sandboxes = registry()
    const sandbox = seen.sandbox === 'default' ? sandboxes?.main : sandboxes?.sandboxes.get(seen.sandbox)
    const entry = seen.id === undefined ? undefined : sandbox?.journal.get(seen.id)
    if (!isLogged(level, gravityOf(entry, seen))) return
    write(`${new Date().toTimeString().slice(0, 8)} ${requestLine(entry, seen, colours)}\n`)
    if (seen.mistake !== undefined) write(`  ${mistakeOf(seen.mistake)}\n`)
    if (entry && isLogged(level, 'debug')) write(`  ${explain(entry)}\n`)
  }
