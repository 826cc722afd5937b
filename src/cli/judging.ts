/** What the commands that judge a client have in common: which client, which provider, which reports. */

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { appDriver } from '../conformance/drivers/app.js'
import type { Driver } from '../conformance/drivers/driver.js'
import { execDriver } from '../conformance/drivers/exec.js'
import { moduleDriver } from '../conformance/drivers/moduleProcess.js'
import type { ReportFormat } from '../conformance/reports/formats.js'
import { formats } from '../conformance/reports/formats.js'
import { wantsColour } from '../conformance/reports/text.js'
import type { Report } from '../conformance/runner/verdict.js'
import type { Provider, Toggles } from '../index.js'
import { providers } from '../index.js'
import { loadProviderFile } from '../provider-files/load.js'
import { toggleProblem } from '../sandbox/togglesSchema.js'
import { suggestion } from '../validation/nearest.js'
import type { ParsedArguments } from './args.js'
import { bool, string, strings, UsageError } from './args.js'
import { countOf, togglesOf } from './options.js'

export const ids: readonly string[] = providers.map(({ id }) => id)

/** A shipped provider by its id, or one of your own by the path of its file. */
export const providerOf = async (given: ParsedArguments): Promise<Provider> => {
  const wanted = string(given, 'provider')
  const found = providers.find(({ id }) => id === wanted)
  if (found) return found
  if (wanted === undefined || !/[./\\]/.test(wanted))
    throw new UsageError(`--provider is one of ${ids.join(', ')}, or a file such as ./acme.mjs${suggestion(wanted ?? '', ids)}`)
  return usage(() => loadProviderFile(wanted))
}

/** What `--quirk` says of the provider. @throws UsageError with the nearest right name */
export const quirksGiven = (given: ParsedArguments, provider: Provider): Toggles => {
  const toggles = togglesOf(strings(given, 'quirk'))
  for (const [name, toggle] of Object.entries(toggles)) {
    const problem = toggleProblem([provider], name, toggle)
    if (problem !== undefined) throw new UsageError(`--quirk ${name}: ${problem}`)
  }
  return toggles
}

/** Whatever is wrong with a file that the command line names is the user's to put right. @param file told where the error does not */
export const usage = async <T>(work: () => Promise<T> | T, file = ''): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UsageError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(message.includes(file) ? message : `${file}: ${message}`)
  }
}

export const driverOf = async (given: ParsedArguments): Promise<Driver> => {
  const [file, app] = [string(given, 'module'), string(given, 'app')]
  const limit = string(given, 'timeout')
  const milliseconds = limit === undefined ? undefined : countOf(limit, '--timeout') * 1000
  const exec = bool(given, 'exec')
  if ([exec, file !== undefined, app !== undefined].filter(Boolean).length !== 1)
    throw new UsageError('name one client: --exec -- <cmd ...>, --module <file>, --app <app.json> or --passive <journal.json>')
  if (file !== undefined) return usage(() => moduleDriver(file, milliseconds))
  if (app !== undefined) return usage(() => appDriver(app, milliseconds))
  const [command] = given.rest
  if (command === undefined) throw new UsageError('--exec needs the client after --')
  return execDriver(given.rest, milliseconds)
}

interface Wanted {
  readonly format: ReportFormat
  readonly file: string | undefined
}

/** `junit=report.xml`, `html`, ...; text on stdout when nothing is said. */
export const reportsOf = (given: ParsedArguments): readonly Wanted[] => {
  const said = strings(given, 'report')
  const wanted = said.map((one): Wanted => {
    const at = one.indexOf('=')
    const format = at < 0 ? one : one.slice(0, at)
    if (!Object.hasOwn(formats, format))
      throw new UsageError(`--report takes ${Object.keys(formats).join(', ')}, not ${JSON.stringify(format)}`)
    const file = at < 0 ? undefined : one.slice(at + 1)
    // Told before the run, not after it.
    if (file !== undefined && !existsSync(dirname(file))) throw new UsageError(`--report ${one}: there is no folder ${dirname(file)}`)
    return { format: format as ReportFormat, file }
  })
  if (wanted.filter(({ file }) => file === undefined).length > 1)
    throw new UsageError('only one report can go to stdout: --report format=file')
  return wanted.some(({ file }) => file === undefined) ? wanted : [{ format: 'text', file: undefined }, ...wanted]
}

export const write = async (report: Report, wanted: readonly Wanted[], location: string | undefined): Promise<void> => {
  for (const { format, file } of wanted) {
    const colour = file === undefined && wantsColour(process.stdout, process.env)
    const columns = process.stdout.columns
    const text = formats[format](report, { colour, ...(columns ? { columns } : {}), ...(location === undefined ? {} : { location }) })
    if (file === undefined) process.stdout.write(text)
    else await usage(() => writeFile(file, text))
  }
}

/** Ended from outside, it takes the clients it started with it. */
const signals: { readonly [signal: string]: number } = { SIGINT: 130, SIGTERM: 143 }

/** Ends the command when somebody says so, below the line that tells how far it has come. @param code the exit code where it has one already */
export const endOnSignals = (code: () => number | undefined): void => {
  for (const [signal, otherwise] of Object.entries(signals))
    process.once(signal, () => {
      if (process.stderr.isTTY) process.stderr.write('\n')
      process.exit(code() ?? otherwise)
    })
}
