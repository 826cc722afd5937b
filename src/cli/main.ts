#!/usr/bin/env node

/** The command line: finds the command, runs it, and turns what happened into an exit code. */

import { suggestion } from '../validation/nearest.js'
import type { Command } from './args.js'
import { bool, helpOf, parse, UsageError } from './args.js'

/** Each command is loaded when it is called for: `serve` must not pay for the others. */
const commands: { readonly [name: string]: { readonly says: string; readonly load: () => Promise<Command> } } = {
  serve: { says: 'start the server (the default command)', load: async () => (await import('./serve.js')).serve },
  exec: {
    says: 'start a server, run a command with its addresses in the environment, stop',
    load: async () => (await import('./exec.js')).exec,
  },
  env: {
    says: 'print the addresses and credentials of a running server, as dotenv lines',
    load: async () => (await import('./env.js')).env,
  },
  tail: {
    says: 'print a line for each exchange of a running server, as it happens',
    load: async () => (await import('./tail.js')).tail,
  },
  init: { says: 'write a config file or a provider file, with each setting explained', load: async () => (await import('./init.js')).init },
  validate: { says: 'check a config file or a provider file', load: async () => (await import('./validate.js')).validate },
  conform: {
    says: 'test an OAuth client, and say what it does right and wrong',
    load: async () => (await import('./conform.js')).conform,
  },
  explore: {
    says: 'search for a sequence of steps, faults and crashes that breaks a client',
    load: async () => (await import('./explore.js')).explore,
  },
  learn: { says: 'write a provider file from recorded traffic', load: async () => (await import('./learn.js')).learn },
  healthcheck: { says: 'exit with 0 if a server is up', load: async () => (await import('./healthcheck.js')).healthcheck },
  ca: {
    says: 'print the path of the certificate that clients have to trust for --tls and --proxy',
    load: async () => (await import('./ca.js')).ca,
  },
  providers: {
    says: 'list the providers, or the endpoints and quirks of one',
    load: async () => (await import('./providers.js')).providers,
  },
  openapi: {
    says: 'print the OpenAPI description of a provider, or of the control API',
    load: async () => (await import('./openapi.js')).openapi,
  },
}

const usage = (): string =>
  `authdouble: a test double for OAuth authorization servers\n\nauthdouble [command] [flags]\n\n${Object.entries(commands)
    .map(([name, { says }]) => `  ${name.padEnd(12)} ${says}`)
    .join('\n')}\n\nauthdouble <command> --help shows the flags of a command.\n`

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
  if (!found)
    throw new UsageError(
      `there is no command ${JSON.stringify(first)}. The commands are ${Object.keys(commands).join(', ')}${suggestion(first ?? '', Object.keys(commands))}`,
    )
  const command = await found.load()
  const given = parse(command, named ? others : argv)
  if (bool(given, 'help')) {
    process.stdout.write(helpOf(command))
    return 0
  }
  return command.run(given)
}

// Whoever reads only the beginning (`| head`) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 4))

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const usageProblem = error instanceof UsageError
  process.stderr.write(`authdouble: ${error instanceof Error ? (usageProblem ? error.message : error.stack) : String(error)}\n`)
  process.exitCode = usageProblem ? 2 : 4
}
