/** Where settings of the server come from: flags beat the environment, the environment beats the config file, the file beats the defaults. */

import type { Toggle, Toggles } from '../provider/quirk.js'
import type { ServerOptions } from '../server/serverOptions.js'
import type { Flag, Flags, ParsedArguments } from './args.js'
import { bool, string, strings, UsageError } from './args.js'
import type { WatchedFile } from './config.js'
import { optionsOfFile, watchedFiles } from './config.js'

export const numberOf = (value: string, what: string, max = Number.MAX_SAFE_INTEGER): number => {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > max) throw new UsageError(`${what} is a number from 0 to ${max}, not ${JSON.stringify(value)}`)
  return number
}

/** A number of things of which there is at least one. */
export const countOf = (value: string, what: string): number => {
  if (!/^\d+$/.test(value) || Number(value) < 1) throw new UsageError(`${what} is a number from 1, not ${JSON.stringify(value)}`)
  return Number(value)
}

interface OptionSource {
  readonly flag: string
  /** Variables that say the same, the first that is set counts. */
  readonly env?: readonly string[]
  readonly taken: Flag
  /** A variable that is set to nothing is a mistake, and not one that is left out. */
  readonly emptyIsWrong?: true
  /** What a text stands for. A flag that is there or not, and a list, need no reading. @throws UsageError */
  readonly read?: (text: string, flag: string) => unknown
}

const providersOf = (text: string): readonly string[] => text.split(',').filter((id) => id !== '')
const portOf = (text: string, flag: string): number => numberOf(text, `--${flag}`, 65_535)
const urlOf = (text: string, flag: string): string => {
  if (!URL.canParse(text)) throw new UsageError(`--${flag} takes a URL, not ${JSON.stringify(text)}`)
  return text
}
const storeOf = (text: string, flag: string): string => {
  if (!/^rediss?:\/\/./.test(text)) throw new UsageError(`--${flag} takes redis://host:port, not ${JSON.stringify(text)}`)
  return text
}
const notEmpty = (text: string, flag: string): string => {
  if (text === '') throw new UsageError(`--${flag} is empty`)
  return text
}

/** Each option of the server, and how it is said on the command line and in the environment. The compiler knows when one is left out. */
const sources: { readonly [O in Exclude<keyof ServerOptions, 'watch'>]: OptionSource } = {
  port: {
    flag: 'port',
    env: ['AUTHDOUBLE_PORT', 'PORT'],
    read: portOf,
    taken: { type: 'string', short: 'p', value: 'n', help: 'port to listen on, 0 for any free one (4740; AUTHDOUBLE_PORT, PORT)' },
  },
  host: {
    flag: 'host',
    env: ['AUTHDOUBLE_HOST'],
    read: notEmpty,
    taken: { type: 'string', value: 'address', help: 'address to listen on (127.0.0.1 and ::1; AUTHDOUBLE_HOST)' },
  },
  providers: {
    flag: 'provider',
    read: providersOf,
    taken: { type: 'string', value: 'a,b', help: 'serve only these providers, by id or file (all)' },
  },
  interactive: {
    flag: 'interactive',
    taken: { type: 'boolean', help: 'show log-in and consent pages; without it the first user approves at once' },
  },
  quirks: {
    flag: 'quirk',
    taken: { type: 'string', multiple: true, value: 'p/name[=value]', help: 'switch a quirk on, off (=false) or to a value; repeatable' },
  },
  tolerant: { flag: 'tolerant', taken: { type: 'boolean', help: 'switch on all quirks named also-takes-...' } },
  baseUrl: {
    flag: 'base-url',
    env: ['AUTHDOUBLE_BASE_URL'],
    read: urlOf,
    taken: {
      type: 'string',
      value: 'url',
      help: 'the URL under which clients reach the server, if a proxy stands before it (AUTHDOUBLE_BASE_URL)',
    },
  },
  tls: { flag: 'tls', taken: { type: 'boolean', help: "listen on a second port, with TLS, under the providers' real host names" } },
  proxy: { flag: 'proxy', taken: { type: 'boolean', help: "also be a forward proxy, for the providers' real hosts and no others" } },
  caDirectory: {
    flag: 'ca-dir',
    env: ['AUTHDOUBLE_CA_DIR'],
    read: notEmpty,
    taken: { type: 'string', value: 'path', help: 'the folder of the certificate authority (AUTHDOUBLE_CA_DIR)' },
  },
  state: {
    flag: 'state',
    env: ['AUTHDOUBLE_STATE'],
    read: notEmpty,
    taken: { type: 'string', value: 'file', help: 'keep records in this JSON file, not in memory (AUTHDOUBLE_STATE)' },
  },
  fsync: { flag: 'fsync', taken: { type: 'boolean', help: 'with --state, wait for the disk: a power cut loses nothing (slower)' } },
  store: {
    flag: 'store',
    env: ['AUTHDOUBLE_STORE'],
    read: storeOf,
    taken: { type: 'string', value: 'redis://...', help: 'keep records in Redis, shared by all processes that name it (AUTHDOUBLE_STORE)' },
  },
  adminToken: {
    flag: 'admin-token',
    env: ['AUTHDOUBLE_ADMIN_TOKEN'],
    emptyIsWrong: true,
    read: notEmpty,
    taken: { type: 'string', value: 'token', help: 'the bearer token that the control API asks for (AUTHDOUBLE_ADMIN_TOKEN)' },
  },
  allowedHosts: {
    flag: 'allow-host',
    taken: { type: 'string', multiple: true, value: 'name', help: 'another host name under which the control API answers; repeatable' },
  },
  reveal: { flag: 'reveal', taken: { type: 'boolean', help: 'show secrets in the journal instead of fingerprints' } },
  seed: {
    flag: 'seed',
    read: notEmpty,
    taken: { type: 'string', value: 'n', help: 'make the same ids, codes and opaque tokens on every run' },
  },
  journalLimit: {
    flag: 'journal-limit',
    read: (text, flag) => numberOf(text, `--${flag}`),
    taken: { type: 'string', value: 'n', help: 'how many exchanges the journal keeps (10000)' },
  },
  journalBytes: {
    flag: 'journal-bytes',
    read: (text, flag) => numberOf(text, `--${flag}`),
    taken: { type: 'string', value: 'n', help: 'how many bytes of them it keeps (67108864)' },
  },
}

export const serverFlags: Flags = {
  config: { type: 'string', short: 'c', value: 'file', help: 'config file (authdouble.config.{json,yaml,yml}; AUTHDOUBLE_CONFIG)' },
  ...Object.fromEntries(Object.values(sources).map(({ flag, taken }) => [flag, taken])),
  'tls-port': { type: 'string', value: 'n', help: 'the port of --tls, 0 for any free one (4743)' },
}

const toggleOf = (text: string): Toggle => {
  if (text === 'true' || text === 'on') return true
  if (text === 'false' || text === 'off') return false
  if (text === 'null') return null
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** `zettle/may-rotate-at-any-time=same` and the like. @throws UsageError */
export const togglesOf = (quirks: readonly string[]): Toggles =>
  Object.fromEntries(
    quirks.map((one) => {
      const at = one.indexOf('=')
      const name = at < 0 ? one : one.slice(0, at)
      if (!/^[a-z][a-z0-9-]*\/[a-z0-9-]+$/.test(name))
        throw new UsageError(`--quirk takes provider/name or provider/name=value, not ${JSON.stringify(one)}`)
      return [name, at < 0 ? true : toggleOf(one.slice(at + 1))]
    }),
  )

export const defaultPort = 4740
export const defaultTlsPort = 4743

/** What one option is, on the command line or else in the environment; undefined where neither says anything. */
const saidOf = (
  { flag, env = [], taken, read, emptyIsWrong }: OptionSource,
  given: ParsedArguments,
  variables: NodeJS.ProcessEnv,
): unknown => {
  if (taken.type === 'boolean') return bool(given, flag) ? true : undefined
  if (taken.multiple) return strings(given, flag).length > 0 ? strings(given, flag) : undefined
  const said =
    string(given, flag) ??
    env.map((name) => variables[name]).find((value) => value !== undefined && (value !== '' || emptyIsWrong === true))
  return said === undefined || !read ? said : read(said, flag)
}

/** What flags and environment say. @throws UsageError */
const spoken = (given: ParsedArguments, env: NodeJS.ProcessEnv): ServerOptions => {
  const { tls: _tls, quirks: _quirks, ...plain } = sources
  const said = Object.entries(plain).map(([option, source]) => [option, saidOf(source, given, env)] as const)
  const options = Object.fromEntries(said.filter(([, value]) => value !== undefined)) as ServerOptions
  if (options.store !== undefined && options.state !== undefined) throw new UsageError('--state and --store exclude each other')
  const tlsPort = string(given, 'tls-port')
  if (!bool(given, 'tls') && tlsPort === undefined) return options
  return { ...options, tls: tlsPort === undefined ? {} : { port: portOf(tlsPort, 'tls-port') } }
}

const configNamed = (given: ParsedArguments, env: NodeJS.ProcessEnv): string | undefined =>
  string(given, 'config') ?? env['AUTHDOUBLE_CONFIG']

/** @throws UsageError, for a config file with its line and field */
export const serverOptions = async (given: ParsedArguments, env: NodeJS.ProcessEnv): Promise<ServerOptions> => {
  const { providers, ...said } = spoken(given, env)
  // Chosen on the command line, a provider keeps the clients and users of the file.
  const file = await optionsOfFile(configNamed(given, env), providers as readonly string[] | undefined)
  const all = { port: defaultPort, ...file, ...said }
  return {
    ...all,
    quirks: { ...file.quirks, ...togglesOf(strings(given, 'quirk')) },
    ...(all.tls ? { tls: { port: defaultTlsPort, ...file.tls, ...said.tls } } : {}),
  }
}

/** The provider files among what is served, for whoever reads them again. */
export const providerFiles = (given: ParsedArguments, env: NodeJS.ProcessEnv): Promise<readonly WatchedFile[]> =>
  watchedFiles(configNamed(given, env), spoken(given, env).providers as readonly string[] | undefined)
