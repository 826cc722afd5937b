/** `authdouble healthcheck`: whether a server is up, for containers and scripts that have no curl. */

import { get } from 'node:http'
import type { Command } from './args.js'
import { string, UsageError } from './args.js'
import { defaultPort } from './options.js'

/** Milliseconds: a server that is up answers in a few. */
const patience = 2_000

/** What is wrong, or undefined where the server is up. By node:http, for a fetch costs each check 30 ms more. */
const problem = (url: URL): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = get(new URL('/healthz', url), { timeout: patience }, (response) => {
      response.resume()
      resolve(response.statusCode === 200 ? undefined : `answered ${response.statusCode}`)
    })
    request.on('timeout', () => request.destroy(new Error(`gave no answer within ${patience / 1000} seconds`)))
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'is not there' : error.message))
  })

export const healthcheck: Command = {
  name: 'healthcheck',
  usage: 'authdouble healthcheck [--url <url>]',
  help: 'Exits with 0 if the server is up, and with 1 if it is not.',
  flags: {
    url: { type: 'string', value: 'url', help: `the server (http://127.0.0.1:${defaultPort}; AUTHDOUBLE_URL, AUTHDOUBLE_PORT, PORT)` },
  },
  run: async (given) => {
    const { AUTHDOUBLE_URL, AUTHDOUBLE_PORT, PORT } = process.env
    const text = string(given, 'url') ?? AUTHDOUBLE_URL ?? `http://127.0.0.1:${AUTHDOUBLE_PORT ?? PORT ?? defaultPort}`
    if (given.positionals.length > 0) throw new UsageError(`healthcheck takes no ${JSON.stringify(given.positionals[0])}`)
    if (!URL.canParse(text) || !text.startsWith('http:')) throw new UsageError(`--url takes an http URL, not ${JSON.stringify(text)}`)
    const wrong = await problem(new URL(text))
    if (wrong !== undefined) process.stderr.write(`authdouble: the server at ${text} ${wrong}\n`)
    return wrong === undefined ? 0 : 1
  },
}
