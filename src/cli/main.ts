#!/usr/bin/env node
/** The command line: finds the command, runs it, and turns what happened into an exit code. */

import type { Command } from './args.js'
import { bool, helpOf, parse, UsageError } from './args.js'

/** Each command is loaded when it is called for: `serve` must not pay for the others. */
const commands: { readonly [name: string]: { readonly says: string; readonly load: () => Promise<Command> } } = {
  serve: { says: 'start the server (what happens without a command)', load: async () => (await import('./serve.js')).serve },
  exec: { says: 'run a command beside a server, with its environment', load: async () => (await import('./exec.js')).exec },
  env: { says: 'the environment of a running server, as dotenv lines', load: async () => (await import('./env.js')).env },
  tail: { says: 'what crosses the wire of a running server, a line for each exchange', load: async () => (await import('./tail.js')).tail },
  init: { says: 'write a commented starter config', load: async () => (await import('./init.js')).init },
  validate: { says: 'check a config file', load: async () => (await import('./validate.js')).validate },
  conform: {
    says: 'put a client through what its provider can do to it, and give a verdict',
    load: async () => (await import('./conform.js')).conform,
  },
  healthcheck: { says: 'whether a server is up', load: async () => (await import('./healthcheck.js')).healthcheck },
  ca: { says: 'the path of the certificate authority that --tls and --proxy use', load: async () => (await import('./ca.js')).ca },
  providers: { says: 'the providers, their endpoints and quirks', load: async () => (await import('./providers.js')).providers },
  openapi: { says: 'the description of a provider, or of the control API', load: async () => (await import('./openapi.js')).openapi },
}

const usage = (): string =>
  `authdouble: a test double for OAuth authorization servers\n\nauthdouble [command] [flags]\n\n${Object.entries(commands)
    .map(([name, { says }]) => `  ${name.padEnd(12)} ${says}`)
    .join('\n')}\n\nauthdouble <command> --help tells more.\n`

const run = async (argv: readonly string[]): Promise<number> => {
  const [first, ...others] = argv
  if (first === '--version' || first === '-V') {
    const { version } = await import('../package/version.js')
    process.stdout.write(`${version}\n`)
    return 0
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    process.stdout.write(usage())
    return 0
  }
  const named = first !== undefined && !first.startsWith('-')
  const found = Object.hasOwn(commands, named ? first : 'serve') ? commands[named ? first : 'serve'] : undefined
  if (!found) throw new UsageError(`no command is named ${JSON.stringify(first)}: there are ${Object.keys(commands).join(', ')}`)
  const command = await found.load()
  const given = parse(command, named ? others : argv)
  if (bool(given, 'help')) {
    process.stdout.write(helpOf(command))
    return 0
  }
  return command.run(given)
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const usageProblem = error instanceof UsageError
  process.stderr.write(`authdouble: ${error instanceof Error ? (usageProblem ? error.message : error.stack) : String(error)}\n`)
  process.exitCode = usageProblem ? 2 : 4
}
