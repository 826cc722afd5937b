/** `authdouble init`: writes a commented starter config. */

import { existsSync, writeFileSync } from 'node:fs'
import type { Command } from './args.js'
import { bool, UsageError } from './args.js'
import { configNames } from './config.js'

const file = 'authdouble.config.yaml'

const starter = `# yaml-language-server: $schema=./node_modules/authdouble/openapi/config.schema.json

# Where the server listens; 0 takes any free port. Flags beat the environment, the environment beats this file.
port: 4740
# host: 127.0.0.1

# Only these providers; all of them when left out.
# providers: [zettle, zoho-payments]

# Show log-in and consent pages. Otherwise the first demo user approves everything at once.
interactive: false

# Also accept what a provider may tolerate but does not document (the quirks named also-takes-...).
tolerant: false

# Quirks by provider/name: true as the provider does, false as a plain server would, a variant's name, or a value.
# \`authdouble providers zettle\` lists those of Zettle.
quirks: {}
#  zettle/may-rotate-at-any-time: same
#  vcita/code-lifetime: 5

# Your own clients and users; the first of a provider takes the place of the demo's.
# clients:
#   - provider: zettle
#     clientId: 7d2f1c3e-6a0b-4e57-9a35-1f0c2b3d4e5f
#     clientSecret: not-a-secret
#     redirectUris: [http://localhost:3000/callback]
# users:
#   - provider: zettle
#     id: 11111111-2222-4333-8444-555555555555
#     email: kim@example.com

# The same ids, codes and opaque tokens on every run.
# seed: 1

# Keep clients, codes and tokens in this file over restarts; in memory when left out.
# state: ./authdouble.state.json
`

const writeProvider = async (name: string | undefined, force: boolean): Promise<number> => {
  if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name))
    throw new UsageError(
      `init provider takes a name of lower-case words joined by hyphens${name === undefined ? '' : `, not ${JSON.stringify(name)}`}`,
    )
  const path = `${name}.yaml`
  if (existsSync(path) && !force) throw new UsageError(`there is a ${path} already; --force writes over it`)
  const { starterProvider } = await import('./starterProvider.js')
  writeFileSync(path, starterProvider(name))
  process.stdout.write(`wrote ${path}; authdouble serve --provider ./${path} serves it\n`)
  return 0
}

export const init: Command = {
  name: 'init',
  usage: 'authdouble init [--force]\n       authdouble init provider <name> [--force]',
  help: `Writes ${file}, with every setting explained. With provider <name>, writes <name>.yaml: a provider of your own to begin with.`,
  flags: { force: { type: 'boolean', help: 'replace an existing file' } },
  run: async (given) => {
    const [what, name, ...more] = given.positionals
    if (what === 'provider' && more.length === 0) return writeProvider(name, bool(given, 'force'))
    if (given.positionals.length > 0) throw new UsageError(`init takes no ${JSON.stringify(given.positionals[0])}`)
    const there = configNames.find((name) => existsSync(name))
    if (there !== undefined && !bool(given, 'force')) throw new UsageError(`${there} exists already; --force writes ${file} anyway`)
    writeFileSync(file, starter)
    process.stdout.write(`wrote ${file}; authdouble reads it from this folder\n`)
    return 0
  },
}
