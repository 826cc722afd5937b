/** `authdouble env`: the environment of a server that is running, as dotenv lines. */

import type { Address } from '../server/addresses.js'
import type { Command } from './args.js'
import { string, UsageError } from './args.js'
import { dotenv, environmentOf } from './environment.js'
import { defaultPort } from './options.js'

interface Glance {
  readonly url: string
  readonly admin: string
  readonly providers: { readonly [provider: string]: Address }
}

const ask = async (url: string, token: string | undefined): Promise<Glance> => {
  try {
    const response = await fetch(
      `${url.replace(/\/$/, '')}/__admin`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    )
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    return (await response.json()) as Glance
  } catch (error) {
    const why = error instanceof Error ? ((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message) : String(error)
    throw new UsageError(`no server at ${url}: ${why}`)
  }
}

export const env: Command = {
  name: 'env',
  usage: 'authdouble env [provider] [--url <url>]',
  help: 'Prints where a running server is and its demo credentials, as dotenv lines: eval "$(authdouble env)" or authdouble env > .env.',
  flags: {
    url: { type: 'string', value: 'url', help: `the server, or a sandbox of it (http://127.0.0.1:${defaultPort}; AUTHDOUBLE_URL)` },
    'admin-token': { type: 'string', value: 'token', help: 'what the server was started with (AUTHDOUBLE_ADMIN_TOKEN)' },
  },
  run: async (given) => {
    const [id, ...more] = given.positionals
    if (more.length > 0) throw new UsageError('env takes one provider')
    const url = string(given, 'url') ?? process.env['AUTHDOUBLE_URL'] ?? `http://127.0.0.1:${process.env['AUTHDOUBLE_PORT'] ?? defaultPort}`
    if (!URL.canParse(url)) throw new UsageError(`--url takes a URL, not ${JSON.stringify(url)}`)
    const { admin, providers, ...rest } = await ask(url, string(given, 'admin-token') ?? process.env['AUTHDOUBLE_ADMIN_TOKEN'])
    if (id !== undefined && !Object.hasOwn(providers, id))
      throw new UsageError(`no provider ${JSON.stringify(id)} is served there: there are ${Object.keys(providers).join(', ')}`)
    const chosen = id === undefined ? providers : Object.fromEntries(Object.entries(providers).filter(([one]) => one === id))
    process.stdout.write(dotenv(environmentOf({ url: rest.url, admin, providers: chosen })))
    return 0
  },
}
