/** `authdouble env`: the environment of a server that is running, as dotenv lines. */

import type { ProviderAddress } from '../issuance/providerAddress.js'
import { isPath } from '../provider-files/load.js'
import type { Command } from './args.js'
import { string, UsageError } from './args.js'
import { dotenv, environmentOf } from './environment.js'
import { namedProvider } from './namedProvider.js'
import { defaultPort } from './options.js'

interface Glance {
  readonly url: string
  readonly admin: string
  readonly providers: { readonly [provider: string]: ProviderAddress }
}

/** @throws UsageError when no server of ours is there, or it wants a token */
const ask = async (url: string, method: 'GET' | 'POST', path: string, token: string | undefined): Promise<Response> => {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/__admin${path}`, {
      method,
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    })
    if (response.status === 401) throw new Error('it asks for its --admin-token')
    if (!response.ok && method === 'GET') throw new Error(`it answered ${response.status}`)
    return response
  } catch (error) {
    const why = error instanceof Error ? ((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message) : String(error)
    throw new UsageError(`no server at ${url}: ${why}`)
  }
}

export const env: Command = {
  name: 'env',
  usage: 'authdouble env [provider or file] [--url <url>]',
  help: 'Prints the addresses and demo credentials of a running server, as dotenv lines: eval "$(authdouble env)" or authdouble env > .env.',
  flags: {
    url: { type: 'string', value: 'url', help: `the server, or a sandbox of it (http://127.0.0.1:${defaultPort}; AUTHDOUBLE_URL)` },
    'admin-token': { type: 'string', value: 'token', help: 'the --admin-token of the server (AUTHDOUBLE_ADMIN_TOKEN)' },
  },
  run: async (given) => {
    const [asked, ...more] = given.positionals
    if (more.length > 0) throw new UsageError('env takes one provider')
    const id = asked !== undefined && isPath(asked) ? (await namedProvider(asked)).id : asked
    const url = string(given, 'url') ?? process.env['AUTHDOUBLE_URL'] ?? `http://127.0.0.1:${process.env['AUTHDOUBLE_PORT'] ?? defaultPort}`
    if (!URL.canParse(url)) throw new UsageError(`--url takes a URL, not ${JSON.stringify(url)}`)
    const token = string(given, 'admin-token') ?? process.env['AUTHDOUBLE_ADMIN_TOKEN']
    const { admin, providers, ...rest } = (await (await ask(url, 'GET', '', token)).json()) as Glance
    if (id !== undefined && !Object.hasOwn(providers, id))
      throw new UsageError(`the server has no provider ${JSON.stringify(id)}. It has ${Object.keys(providers).join(', ')}`)
    const chosen = Object.entries(providers).filter(([one]) => id === undefined || one === id)
    const full = chosen.map(async ([one, address]): Promise<readonly [string, ProviderAddress]> => {
      const made = await ask(url, 'POST', `/providers/${one}/assertions`, token)
      // A provider without API keys refuses, and has none in its environment.
      return [one, made.ok ? { ...address, assertion: ((await made.json()) as { readonly assertion: string }).assertion } : address]
    })
    process.stdout.write(dotenv(environmentOf({ url: rest.url, admin, providers: Object.fromEntries(await Promise.all(full)) })))
    return 0
  },
}
