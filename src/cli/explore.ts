/** `authdouble explore`: makes up schedules, plays them with a client, and tells the shortest ones that break it. */

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stage } from '../conformance/explore/play.js'
import type { Finding, SearchProgress, SearchResult } from '../conformance/explore/search.js'
import type { OpenStage } from '../conformance/explore/stage.js'
import { readBaseline } from '../conformance/runner/baseline.js'
import type { Provider } from '../index.js'
import { providers } from '../index.js'
import type { Command, ParsedArguments } from './args.js'
import { bool, string, strings, UsageError } from './args.js'
import { driverOf, providerOf, quirksGiven, reportsOf, signals, usage, write } from './judging.js'
import { countOf } from './options.js'

const stageOf = async (given: ParsedArguments, provider: Provider, seed: string): Promise<OpenStage> => {
  const driver = await driverOf(given)
  const timeout = string(given, 'timeout')
  const quirks = quirksGiven(given, provider)
  const { openStage } = await import('../conformance/explore/stage.js')
  return usage(() =>
    openStage({
      provider,
      driver,
      seed,
      quirks,
      ...(timeout === undefined ? {} : { limit: countOf(timeout, '--timeout') * 1000 }),
      ...(bool(given, 'tolerant') ? { tolerant: true } : {}),
    }),
  )
}

const clear = '\r\u001b[2K'

/** One line at the bottom of a terminal; on anything else it keeps quiet. */
const progressOn = (terminal: NodeJS.WriteStream) => {
  if (terminal.isTTY !== true) return { shown: () => {}, over: () => {} }
  return {
    shown: ({ played, of, findings, situations }: SearchProgress): void => {
      const share = Number.isFinite(of) ? `${played}/${of}` : String(played)
      const line = `[${share}] ${situations} situations, ${findings} ${findings === 1 ? 'finding' : 'findings'}`
      terminal.write(`${clear}${line.slice(0, (terminal.columns ?? 80) - 1)}`)
    },
    over: (): void => void terminal.write(clear),
  }
}

const quoted = (flag: string): string => (/^[\w@%+=:,./-]+$/.test(flag) ? flag : `'${flag.replaceAll("'", "'\\''")}'`)

/** How the provider was said to differ, and the client's own flags: they end a command line. */
const commonFlags = (given: ParsedArguments, stage: Stage): readonly string[] => [
  ...strings(given, 'quirk').flatMap((quirk) => ['--quirk', quirk]),
  ...(bool(given, 'tolerant') ? ['--tolerant'] : []),
  ...stage.driver.flags,
]

/** The provider as it was named: the path of a file stays one. */
const named = (given: ParsedArguments, { id }: Provider): string => string(given, 'provider') ?? id

const commandLine = (command: string, flags: readonly string[]): string => [`authdouble ${command}`, ...flags.map(quoted)].join(' ')

/** `always.code-once` in `found/code-once.json`, and further ones with a number. */
const save = async (folder: string, findings: readonly Finding[]): Promise<ReadonlyMap<Finding, string>> => {
  await usage(() => mkdir(folder, { recursive: true }))
  const files = new Map<Finding, string>()
  for (const finding of findings) {
    const name = finding.violation.invariant.replace(/^always\./, '')
    const same = [...files.keys()].filter(({ violation }) => violation.invariant === finding.violation.invariant).length
    const file = join(folder, `${name}${same === 0 ? '' : `-${same + 1}`}.json`)
    await usage(() => writeFile(file, `${JSON.stringify(finding.schedule, null, 2)}\n`))
    files.set(finding, file)
  }
  return files
}

const baselineOf = async (given: ParsedArguments) => {
  const file = string(given, 'expect')
  return file === undefined ? [] : usage(async () => readBaseline(await readFile(file, 'utf8')), file)
}

/** @returns what sets the exit code of a search that is over, and whose console is still looked at */
const endOnSignals = (): ((exitCode: number) => void) => {
  let ended: number | undefined
  for (const [signal, code] of Object.entries(signals)) process.once(signal, () => process.exit(ended ?? code))
  return (exitCode) => {
    ended = exitCode
  }
}

/** What a code scanner pins findings to. */
const location = (given: ParsedArguments): string | undefined =>
  string(given, 'sarif-source') ?? string(given, 'module') ?? string(given, 'app')

/** Plays one schedule again. */
export const replay = async (given: ParsedArguments, file: string): Promise<number> => {
  for (const other of ['case', 'passive', 'repeat', 'list', 'bail'] as const)
    if (given.values[other] !== undefined) throw new UsageError(`--schedule and --${other} exclude each other`)
  const { readSchedule } = await import('../conformance/explore/readSchedule.js')
  const schedule = await usage(async () => {
    try {
      return readSchedule(await readFile(file, 'utf8'))
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  const wanted = reportsOf(given)
  const provider = await providerOf({ ...given, values: { provider: schedule.provider, ...given.values } })
  const expect = await baselineOf(given)
  endOnSignals()
  const started = new Date()
  const stage = await stageOf(given, provider, string(given, 'seed') ?? schedule.seed)
  try {
    const [{ playTurns }, { reportOfReplay }] = await Promise.all([
      import('../conformance/explore/play.js'),
      import('../conformance/explore/report.js'),
    ])
    const played = await playTurns(stage, schedule, schedule.turns)
    const reproduce = (): string =>
      commandLine('conform', ['--provider', named(given, provider), '--schedule', file, ...commonFlags(given, stage)])
    const report = reportOfReplay(stage, schedule, played, { topic: 'schedule', started, expect, reproduce })
    await write(report, wanted, location(given))
    return report.exitCode
  } finally {
    await stage.close()
  }
}

const searchWith = async (given: ParsedArguments, stage: Stage, soFar: ((result: SearchResult) => void) | undefined) => {
  const [runs, minutes, jobs] = [string(given, 'runs'), string(given, 'minutes'), string(given, 'jobs')]
  const progress = progressOn(process.stderr)
  const { search } = await import('../conformance/explore/search.js')
  try {
    return await search(stage, {
      runs: runs !== undefined ? countOf(runs, '--runs') : minutes === undefined ? 500 : Number.MAX_SAFE_INTEGER,
      ...(minutes === undefined ? {} : { time: countOf(minutes, '--minutes') * 60_000 }),
      ...(jobs === undefined ? {} : { jobs: countOf(jobs, '--jobs') }),
      ...(bool(given, 'bail') ? { until: () => true } : {}),
      progress: progress.shown,
      ...(soFar ? { soFar } : {}),
    })
  } finally {
    progress.over()
  }
}

export const explore: Command = {
  name: 'explore',
  usage: 'authdouble explore --provider <id> (--exec -- <cmd ...> | --module <file> | --app <app.json>) [flags]',
  help: `Searches for a schedule that breaks a client: a sequence of steps, time, faults, crashes and forged callbacks. It plays each
schedule in a sandbox of its own, and judges it by rules that hold for every client at every provider. It shrinks a schedule that
breaks the client to the shortest one that still does, and conform --schedule plays that one again. The same seed finds the same.
Exits with 0 if it found nothing, 1 if there are findings, 3 if the client could not be exercised, 4 if authdouble itself failed.`,
  passes: true,
  flags: {
    provider: {
      type: 'string',
      value: 'id',
      help: `the provider that the client is for: ${providers.map(({ id }) => id).join(', ')}, or a file such as ./acme.yaml`,
    },
    exec: { type: 'boolean', help: 'the client is the program after --, one process for each schedule' },
    module: { type: 'string', value: 'file', help: 'the client is a JavaScript module with the steps as methods' },
    app: { type: 'string', value: 'file', help: 'the client is an application that already runs, described in this file' },
    runs: { type: 'string', value: 'n', help: 'how many schedules to try (500)' },
    minutes: { type: 'string', value: 'n', help: 'how long to search' },
    seed: { type: 'string', value: 'text', help: 'try the same schedules on every run' },
    jobs: { type: 'string', value: 'n', help: 'how many schedules run at once (4)' },
    save: { type: 'string', value: 'folder', help: 'write each schedule that breaks the client to a file in this folder' },
    report: { type: 'string', multiple: true, value: 'format[=file]', help: 'text, json, junit, tap, sarif, markdown or html; repeatable' },
    expect: { type: 'string', value: 'file', help: 'known findings, each with a reason (YAML or JSON)' },
    quirk: {
      type: 'string',
      multiple: true,
      value: 'p/name[=value]',
      help: 'switch a quirk on, off (=false) or to a value, in every schedule; repeatable',
    },
    tolerant: { type: 'boolean', help: 'switch on all quirks named also-takes-...' },
    bail: { type: 'boolean', help: 'stop at the first finding' },
    ui: { type: 'boolean', help: 'show the search in the console while it goes on: that of a running server, or one started for it' },
    'sarif-source': {
      type: 'string',
      value: 'file',
      help: 'the file that a SARIF report points at: where the OAuth code of the client is',
    },
    timeout: { type: 'string', value: 'seconds', help: 'how long a step may take (10)' },
  },
  run: async (given) => {
    const [stranger] = given.positionals
    if (stranger !== undefined) throw new UsageError(`explore takes no ${JSON.stringify(stranger)}: the client's command comes after --`)
    const provider = await providerOf(given)
    const wanted = reportsOf(given)
    const expect = await baselineOf(given)
    const seed = string(given, 'seed') ?? randomBytes(4).toString('hex')
    const over = endOnSignals()
    const started = new Date()
    const stage = await stageOf(given, provider, seed)
    const following = bool(given, 'ui')
      ? await (await import('./following.js')).follow({ provider: provider.id, client: 'a client' }, process.env)
      : undefined
    if (following) process.stderr.write(`authdouble: follow this search at ${following.url}\n`)
    try {
      const { reportOfSearch } = await import('../conformance/explore/report.js')
      const again = (): string =>
        commandLine('explore', ['--provider', named(given, provider), '--seed', seed, ...commonFlags(given, stage)])
      const soFar = (result: SearchResult): void => {
        const report = reportOfSearch(stage, result, { topic: 'explore', started, expect, reproduce: again })
        // An invariant is kept only once the search is over.
        following?.soFar({ ...report, cases: report.cases.filter(({ verdict }) => verdict !== 'pass') })
      }
      const result = await searchWith(given, stage, following && soFar)
      const folder = string(given, 'save')
      const files = folder === undefined ? new Map<Finding, string>() : await save(folder, result.findings)
      const reproduce = (finding?: Finding): string => {
        const file = finding && files.get(finding)
        const runs = string(given, 'runs')
        return file === undefined
          ? commandLine('explore', [
              '--provider',
              named(given, provider),
              '--seed',
              seed,
              ...(runs === undefined ? [] : ['--runs', runs]),
              ...commonFlags(given, stage),
            ])
          : commandLine('conform', ['--provider', named(given, provider), '--schedule', file, ...commonFlags(given, stage)])
      }
      const report = reportOfSearch(stage, result, { topic: 'explore', started, expect, reproduce })
      await write(report, wanted, location(given))
      if (following) {
        await following.over(report)
        over(report.exitCode)
        await following.left()
      }
      return report.exitCode
    } finally {
      await stage.close()
    }
  },
}
