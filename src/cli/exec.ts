/** `authdouble exec`: starts a server on a free port, runs a command with its environment, stops, and ends as the command did. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { appendFile, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { interceptVariables } from '../intercept/environment.js'
import { isReason, reasons } from '../provider/dialect.js'
import type { Double } from '../server/double.js'
import { suggestion } from '../validation/nearest.js'
import type { Command, Flags, ParsedArguments } from './args.js'
import { bool, string, strings, UsageError } from './args.js'
import { environmentOf } from './environment.js'
import type { Exchanges } from './exchanges.js'
import { recordExchanges } from './exchanges.js'
import { serverFlags, serverOptions } from './options.js'
import { start } from './serve.js'
import { summarize } from './summary.js'

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/**
 * Starts a child to which signals go on, but for Ctrl-C at a terminal, which reaches it by itself. The second of its kind ends
 * a child that does not heed the first; and however this process ends, the child does not outlive it.
 */
const started = (spawned: () => ChildProcess): { readonly child: ChildProcess; readonly done: () => void } => {
  const heard = new Set<NodeJS.Signals>()
  const pass = (signal: NodeJS.Signals): void => {
    const again = heard.has(signal) && !signal.startsWith('SIGUSR')
    heard.add(signal)
    if (again) child.kill('SIGKILL')
    else if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const end = (): void => void child.kill('SIGKILL')
  // Before there is a child: a signal that came in between would end this process and leave the child behind.
  for (const signal of passedOn) process.on(signal, pass)
  const child = spawned()
  process.once('exit', end)
  const done = (): void => {
    for (const signal of passedOn) process.off(signal, pass)
    process.off('exit', end)
  }
  return { child, done }
}

/** The command's own code, or 128 and the number of the signal that ended it, as shells have it. */
const run = (argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = argv
    const { child, done } = started(() => spawn(command, args, { stdio: 'inherit', env }))
    child.on('error', (error: NodeJS.ErrnoException) => {
      done()
      const why = error.code === 'ENOENT' ? 'there is no such command' : error.code === 'EACCES' ? 'it may not be run' : error.message
      reject(new UsageError(`cannot run ${JSON.stringify(command)}: ${why}`))
    })
    child.on('exit', (code, signal) => {
      done()
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })

const variables = async (double: Double, intercepting: boolean): Promise<{ readonly [name: string]: string }> => {
  const where = environmentOf({ url: double.url(), admin: `${double.url()}/__admin`, providers: await double.addresses() })
  const { proxy, ca, tls } = double.endpoints
  if (!intercepting || proxy === undefined || ca === undefined) return where
  return { ...where, ...interceptVariables({ url: double.url(), proxy, tls, caFile: ca, hosts: double.hosts }, process.env) }
}

interface WantedReport {
  readonly format: 'markdown' | 'json'
  readonly file: string | undefined
}

/** `markdown`, `json=report.json`. A file that cannot be written is told before the command has run for minutes. */
const reportsOf = async (given: ParsedArguments): Promise<readonly WantedReport[]> => {
  const wanted = strings(given, 'report').map((one): WantedReport => {
    const [format = '', ...file] = one.split('=')
    if (format !== 'markdown' && format !== 'json') throw new UsageError(`--report takes markdown or json, not ${JSON.stringify(format)}`)
    return { format, file: file.length === 0 ? undefined : file.join('=') }
  })
  if (wanted.filter(({ file }) => file === undefined).length > 1)
    throw new UsageError('only one report can go to stdout: --report format=file')
  for (const { file } of wanted)
    if (file !== undefined)
      await appendFile(file, '').catch((error: Error) => {
        throw new UsageError(`cannot write the report: ${error.message}`)
      })
  return wanted
}

/** Reasons that `--allow` names. */
const allowedOf = (given: ParsedArguments): readonly string[] => {
  const allowed = strings(given, 'allow')
  const wrong = allowed.find((one) => !isReason(one))
  if (wrong !== undefined)
    throw new UsageError(`--allow takes the reason of a refusal, and ${JSON.stringify(wrong)} is none${suggestion(wrong, reasons)}`)
  return allowed
}

const failsOnRefused = (given: ParsedArguments): boolean => {
  const on = string(given, 'fail-on')
  if (on !== undefined && on !== 'refused') throw new UsageError(`--fail-on takes refused, not ${JSON.stringify(on)}`)
  return on !== undefined
}

const report = async (wanted: readonly WantedReport[], exitCode: number, exchanges: Exchanges): Promise<void> => {
  if (wanted.length === 0) return
  const { runFormats } = await import('./execReport.js')
  for (const { format, file } of wanted) {
    const text = runFormats[format]({ exitCode, exchanges })
    if (file === undefined) process.stdout.write(text)
    else await writeFile(file, text)
  }
}

/** What `--fail-on refused` says when it fails a run. */
const complaint = (exchanges: Exchanges): string | undefined => {
  const unexpected = exchanges.refusals().filter((one) => one.unexpected)
  if (unexpected.length === 0) return undefined
  const lines = unexpected.map(({ explained, count }) => `  ${explained}${count > 1 ? ` (${count} times)` : ''}`)
  return `authdouble: refused, though no fault, denial or clock brought it about (--allow <reason> for those that are meant):\n${lines.join('\n')}`
}

/** Those of `serve`; but a command's server takes nothing from the environment, and any free port. */
const ownFlags: Flags = Object.fromEntries(
  Object.entries(serverFlags).map(([name, flag]) => [
    name,
    {
      ...flag,
      help:
        name === 'port'
          ? 'port to listen on (any free one)'
          : flag.help.replace(/;? ?\(?AUTHDOUBLE_(?!CA_DIR)\w+\)?/, (found) => (found.startsWith(';') ? ')' : '')),
    },
  ]),
)

export const exec: Command = {
  name: 'exec',
  usage: 'authdouble exec [flags] -- <command> [argument ...]',
  help: 'Starts a server on a free port and runs the command with AUTHDOUBLE_URL, AUTHDOUBLE_<PROVIDER>_TOKEN_URL and the like in its environment.\nThen stops the server, says what the command did as a client, and ends with its exit code.',
  flags: {
    ...ownFlags,
    intercept: {
      type: 'boolean',
      help: "send requests for the providers' real host names to the double, through a proxy in the environment",
    },
    ui: { type: 'boolean', help: 'print the URL of the console, to watch while the command runs' },
    quiet: { type: 'boolean', short: 'q', help: 'do not say what the command did' },
    report: {
      type: 'string',
      multiple: true,
      value: 'format[=file]',
      help: 'write what the command did, and what was refused and why, as markdown or json; repeatable',
    },
    'fail-on': {
      type: 'string',
      value: 'refused',
      help: 'exit with 1 if a request was refused without a fault, a denial or an expired access token as the cause',
    },
    allow: {
      type: 'string',
      multiple: true,
      value: 'reason',
      help: 'a reason for refusals that --fail-on accepts, such as code_used; repeatable',
    },
  },
  passes: true,
  run: async (given) => {
    if (given.positionals.length > 0) throw new UsageError(`the command comes after --: authdouble exec -- ${given.positionals.join(' ')}`)
    if (given.rest.length === 0) throw new UsageError('exec needs a command after --')
    const intercepting = bool(given, 'intercept')
    const [allowed, failing, wanted] = [allowedOf(given), failsOnRefused(given), await reportsOf(given)]
    const { port, ...options } = await serverOptions(given, {})
    const double = await start({
      ...options,
      port: given.values['port'] === undefined ? 0 : (port ?? 0),
      ...(intercepting ? { proxy: true, tls: options.tls ?? { port: 0 } } : {}),
    })
    const exchanges = recordExchanges(allowed)
    if (bool(given, 'ui')) process.stderr.write(`authdouble: console at ${double.url()}/__admin/ui\n`)
    try {
      const code = await run(given.rest, { ...process.env, ...(await variables(double, intercepting)) })
      const complained = failing ? complaint(exchanges) : undefined
      const exitCode = code === 0 && complained !== undefined ? 1 : code
      if (!bool(given, 'quiet')) process.stderr.write(`${summarize(exchanges.seen(), exchanges.requests())}\n`)
      if (complained !== undefined) process.stderr.write(`${complained}\n`)
      await report(wanted, exitCode, exchanges)
      return exitCode
    } finally {
      exchanges.stop()
      await double.close()
    }
  },
}
