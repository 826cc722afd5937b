/** `authdouble openapi`: prints the description of a provider, or of the control API. */

import { describedAt, descriptionText } from '../control-api/descriptions.js'
import { describeProvider } from '../provider-files/describe.js'
import { providers } from '../providers/index.js'
import type { Command } from './args.js'
import { bool, string, UsageError } from './args.js'
import { namedProvider } from './namedProvider.js'

export const openapi: Command = {
  name: 'openapi',
  usage: 'authdouble openapi [provider or file] [--json] [--url <url>]',
  help: 'Prints the OpenAPI 3.1 description of a provider. Without a provider, prints that of the control API.',
  flags: {
    json: { type: 'boolean', help: 'print JSON, not YAML' },
    url: { type: 'string', value: 'url', help: 'print JSON with the URLs of this running server, not those of the real hosts' },
  },
  run: async (given) => {
    const [id, ...more] = given.positionals
    if (more.length > 0) throw new UsageError(`openapi takes one provider, not also ${JSON.stringify(more[0])}`)
    const provider = id === undefined ? undefined : await namedProvider(id)
    const url = string(given, 'url')?.replace(/\/+$/, '')
    if (url !== undefined && !URL.canParse(url)) throw new UsageError(`--url takes a URL, not ${JSON.stringify(url)}`)
    const name = id ?? 'control'
    // A provider of a file has no description but what its settings say.
    if (provider && !providers.some((one) => one.id === id)) {
      const document = describeProvider(provider, url === undefined ? undefined : `${url}/${provider.id}`)
      const asJson = bool(given, 'json') || url !== undefined
      process.stdout.write(asJson ? `${JSON.stringify(document, null, 2)}\n` : (await import('yaml')).stringify(document))
      return 0
    }
    if (url !== undefined) {
      const document = await describedAt(name, id === undefined ? url : `${url}/${id}`)
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
      return 0
    }
    const text = (await descriptionText(name)) ?? ''
    process.stdout.write(bool(given, 'json') ? `${JSON.stringify((await import('yaml')).parse(text), null, 2)}\n` : text)
    return 0
  },
}
