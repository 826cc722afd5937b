/** `authdouble serve`: starts the server and waits. */

import type { ProviderAddress } from '../issuance/providerAddress.js'
import { version } from '../package/version.js'
import { providers as shipped } from '../providers/index.js'
import { createServer } from '../server/createServer.js'
import type { Double } from '../server/double.js'
import { ValidationError } from '../validation/errors.js'
import type { Command } from './args.js'
import { bool, string, UsageError } from './args.js'
import { colouring, isLogged, levels, logRequests } from './line.js'
import { providerFiles, serverFlags, serverOptions } from './options.js'

interface Ready {
  readonly event: 'ready'
  readonly url: string
  readonly admin: string
  readonly pid: number
  readonly version: string
  readonly providers: { readonly [provider: string]: ProviderAddress }
  /** Where `--tls`, `--proxy` or both were asked for. */
  readonly tls?: string
  readonly proxy?: string
  readonly ca?: string
}

const readyOf = async (double: Double): Promise<Ready> => ({
  event: 'ready',
  url: double.url(),
  admin: `${double.url()}/__admin`,
  pid: process.pid,
  version,
  providers: await double.addresses(),
  ...double.endpoints,
})

const banner = (double: Double): string => {
  const lines = double.registry.providers.map(({ id, name }) => {
    const { baseUrl, clientId, clientSecret, username, password } = double.provider(id)
    return `  ${name.padEnd(15)} ${baseUrl}\n  ${''.padEnd(15)} client ${clientId}, ${username ? `username ${username}, password ${password}` : `secret ${clientSecret}`}`
  })
  const { tls, proxy, ca } = double.endpoints
  if (proxy) lines.push(`  ${'as a proxy'.padEnd(15)} HTTPS_PROXY=${proxy} NO_PROXY=localhost,127.0.0.1`)
  if (tls) lines.push(`  ${'with TLS'.padEnd(15)} ${tls}`)
  if (ca) lines.push(`  ${'authority'.padEnd(15)} ${ca}`)
  return `authdouble ${version} at ${double.url()} (control: ${double.url()}/__admin)\n${lines.join('\n')}\n`
}

/** Starts a server, or explains in a sentence why it cannot. */
export const start = async (options: Parameters<typeof createServer>[0]): Promise<Double> => {
  try {
    return await createServer(options)
  } catch (error) {
    const { code, port = options?.port } = error as NodeJS.ErrnoException & { readonly port?: number }
    const flag = port === options?.port ? '--port' : '--tls-port'
    if (code === 'EADDRINUSE') throw new UsageError(`port ${port} is in use; choose another with ${flag}, or any free one with ${flag} 0`)
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new UsageError(`cannot listen on ${options?.host ?? 'this host'}, port ${port}: ${code}`)
    // What the library calls the argument is no name on the command line.
    if (error instanceof ValidationError) throw new UsageError(error.detail)
    throw error instanceof Error && code === undefined ? new UsageError(error.message) : error
  }
}

const signals: { readonly [signal: string]: number } = { SIGINT: 130, SIGTERM: 143 }

const ended = (): Promise<number> =>
  new Promise((resolve) => {
    for (const [signal, code] of Object.entries(signals)) process.once(signal, () => resolve(code))
  })

const loopback = /^(127\.|::1$|localhost$)/

export const serve: Command = {
  name: 'serve',
  usage: 'authdouble serve [flags]',
  help: `Starts the server. It answers as these do: ${shipped.map(({ name }) => name).join(', ')}.`,
  flags: {
    ...serverFlags,
    watch: { type: 'boolean', help: 'read provider files again when they change; what was issued stays' },
    json: { type: 'boolean', help: 'print one ready line as JSON on stdout' },
    'log-level': {
      type: 'string',
      value: 'level',
      help: 'silent, error, warn (refused requests), info (all requests; the default), debug (with reasons)',
    },
  },
  run: async (given) => {
    const options = await serverOptions(given, process.env)
    const asked = string(given, 'log-level') ?? process.env['AUTHDOUBLE_LOG_LEVEL'] ?? 'info'
    const level = levels.find((one) => one === asked)
    if (level === undefined) throw new UsageError(`--log-level is one of ${levels.join(', ')}, not ${JSON.stringify(asked)}`)
    if (given.positionals.length > 0) throw new UsageError(`serve takes no ${JSON.stringify(given.positionals[0])}`)
    let started: Double | undefined
    const double = await start({
      ...options,
      ...(level === 'silent'
        ? {}
        : {
            watch: logRequests(
              () => started?.registry,
              (text) => void process.stderr.write(text),
              colouring(process.stderr, process.env),
              level,
            ),
          }),
    })
    started = double
    const unwatch = bool(given, 'watch')
      ? await (await import('./watchProviders.js')).watchProviders(
          double,
          await providerFiles(given, process.env),
          (text) => void process.stderr.write(text),
        )
      : undefined
    const stop = ended()
    if (typeof options.host === 'string' && !loopback.test(options.host) && options.adminToken === undefined)
      process.stderr.write('warning: other machines can reach this server, and its control API asks for no token: set --admin-token\n')
    if (bool(given, 'json')) process.stdout.write(`${JSON.stringify(await readyOf(double))}\n`)
    else if (isLogged(level, 'info')) process.stderr.write(banner(double))
    const code = await stop
    unwatch?.()
    await double.close()
    return code
  },
}
