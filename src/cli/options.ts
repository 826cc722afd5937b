/** Where settings of the server come from: flags beat the environment, the environment beats the config file, the file beats the defaults. */

import type { Toggle, Toggles } from '../provider/quirk.js'
import type { ServerOptions } from '../server/createServer.js'
import type { Flags, ParsedArguments } from './args.js'
import { bool, string, strings, UsageError } from './args.js'
import { optionsOfFile } from './config.js'

export const serverFlags: Flags = {
  config: { type: 'string', short: 'c', value: 'file', help: 'config file (authdouble.config.{json,yaml,yml}; AUTHDOUBLE_CONFIG)' },
  port: { type: 'string', short: 'p', value: 'n', help: 'port, 0 for any (4740; AUTHDOUBLE_PORT, PORT)' },
  host: { type: 'string', value: 'address', help: 'address to listen on (127.0.0.1 and ::1; AUTHDOUBLE_HOST)' },
  provider: { type: 'string', value: 'a,b', help: 'only these providers (all)' },
  interactive: { type: 'boolean', help: 'show log-in and consent pages; otherwise the first user approves at once' },
  quirk: { type: 'string', multiple: true, value: 'p/name[=value]', help: 'turn a quirk on, off (=false) or to a value; repeatable' },
  tolerant: { type: 'boolean', help: 'turn all also-takes-... quirks on' },
  'base-url': { type: 'string', value: 'url', help: 'how the server names itself' },
  tls: { type: 'boolean', help: "a second port that speaks TLS under the providers' real host names" },
  'tls-port': { type: 'string', value: 'n', help: 'that port, 0 for any (4743)' },
  proxy: { type: 'boolean', help: "be a forward proxy too, for the providers' real hosts and no others" },
  'ca-dir': { type: 'string', value: 'path', help: 'where the certificate authority is kept (AUTHDOUBLE_CA_DIR)' },
  state: { type: 'string', value: 'file', help: 'keep records in this JSON file (in memory; AUTHDOUBLE_STATE)' },
  store: { type: 'string', value: 'redis://...', help: 'keep records in Redis: all processes there are one double (AUTHDOUBLE_STORE)' },
  'admin-token': { type: 'string', value: 'token', help: 'what control calls must carry as a bearer token (AUTHDOUBLE_ADMIN_TOKEN)' },
  'allow-host': { type: 'string', multiple: true, value: 'name', help: 'a host name under which the control API answers too; repeatable' },
  reveal: { type: 'boolean', help: 'show secrets in the journal instead of fingerprints' },
  seed: { type: 'string', value: 'n', help: 'the same ids, codes and opaque tokens on every run' },
}

export const numberOf = (value: string, what: string, max = Number.MAX_SAFE_INTEGER): number => {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > max) throw new UsageError(`${what} is a number from 0 to ${max}, not ${JSON.stringify(value)}`)
  return number
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

/** What flags and environment say. @throws UsageError */
const spoken = (given: ParsedArguments, env: NodeJS.ProcessEnv): ServerOptions => {
  const port = string(given, 'port') ?? env['AUTHDOUBLE_PORT'] ?? env['PORT']
  const host = string(given, 'host') ?? env['AUTHDOUBLE_HOST']
  const providers = string(given, 'provider')
  const seed = string(given, 'seed')
  const baseUrl = string(given, 'base-url') ?? env['AUTHDOUBLE_BASE_URL']
  const caDirectory = string(given, 'ca-dir') ?? env['AUTHDOUBLE_CA_DIR']
  const tlsPort = string(given, 'tls-port')
  const adminToken = string(given, 'admin-token') ?? env['AUTHDOUBLE_ADMIN_TOKEN']
  const allowedHosts = strings(given, 'allow-host')
  const state = string(given, 'state') ?? env['AUTHDOUBLE_STATE']
  const store = string(given, 'store') ?? env['AUTHDOUBLE_STORE']
  if (store !== undefined && !/^rediss?:\/\/./.test(store))
    throw new UsageError(`--store takes redis://host:port, not ${JSON.stringify(store)}`)
  if (store !== undefined && state !== undefined) throw new UsageError('--state and --store exclude each other')
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) throw new UsageError(`--base-url takes a URL, not ${JSON.stringify(baseUrl)}`)
  return {
    ...(port === undefined ? {} : { port: numberOf(port, '--port', 65_535) }),
    ...(host === undefined ? {} : { host }),
    ...(providers === undefined ? {} : { providers: providers.split(',') as NonNullable<ServerOptions['providers']> }),
    ...(seed === undefined ? {} : { seed }),
    ...(adminToken === undefined ? {} : { adminToken }),
    ...(allowedHosts.length === 0 ? {} : { allowedHosts }),
    ...(state === undefined ? {} : { state }),
    ...(store === undefined ? {} : { store }),
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/$/, '') }),
    ...(bool(given, 'tolerant') ? { tolerant: true } : {}),
    ...(bool(given, 'interactive') ? { interactive: true } : {}),
    ...(bool(given, 'reveal') ? { reveal: true } : {}),
    ...(bool(given, 'tls') || tlsPort !== undefined
      ? { tls: tlsPort === undefined ? {} : { port: numberOf(tlsPort, '--tls-port', 65_535) } }
      : {}),
    ...(bool(given, 'proxy') ? { proxy: true } : {}),
    ...(caDirectory === undefined ? {} : { caDirectory }),
  }
}

/** @throws UsageError, for a config file with its line and field */
export const serverOptions = async (given: ParsedArguments, env: NodeJS.ProcessEnv): Promise<ServerOptions> => {
  const file = await optionsOfFile(string(given, 'config') ?? env['AUTHDOUBLE_CONFIG'])
  const said = spoken(given, env)
  // Chosen on the command line, a provider keeps the clients and users of the file.
  const chosen = said.providers?.map((id) => file.providers?.find((one) => typeof one === 'object' && one.id === id) ?? id)
  const all = { port: defaultPort, ...file, ...said, ...(chosen ? { providers: chosen } : {}) }
  return {
    ...all,
    quirks: { ...file.quirks, ...togglesOf(strings(given, 'quirk')) },
    ...(all.tls ? { tls: { port: defaultTlsPort, ...file.tls, ...said.tls } } : {}),
  }
}
