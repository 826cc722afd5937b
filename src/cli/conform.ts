/** `authdouble conform`: puts a client through the situations its provider can bring about, and gives a verdict. */

import { readFile } from 'node:fs/promises'
import { createProgress } from '../conformance/reports/progress.js'
import { wantsColour } from '../conformance/reports/text.js'
import type { KnownFailure } from '../conformance/runner/baseline.js'
import { readBaseline } from '../conformance/runner/baseline.js'
import { judgeRecorded, readJournal } from '../conformance/runner/passive.js'
import { profileOf } from '../conformance/runner/profile.js'
import { casesOf, runConformance } from '../conformance/runner/run.js'
import { caseId } from '../conformance/runner/select.js'
import type { Report } from '../conformance/runner/verdict.js'
import type { Provider, Toggles } from '../index.js'
import type { Command, ParsedArguments } from './args.js'
import { bool, string, strings, UsageError } from './args.js'
import type { Following } from './following.js'
import { driverOf, ids, providerOf, quirksGiven, reportsOf, signals, usage, write } from './judging.js'
import { countOf } from './options.js'

const list = (given: ParsedArguments, provider: Provider, only: readonly string[], quirks: Toggles): number => {
  const profile = profileOf(provider, quirks)
  const rows = casesOf(provider, only, quirks).map((one) => ({
    id: caseId(provider.id, one),
    title: one.title,
    needs: one.needs,
    passive: one.passive === true,
    checks: one.checks(profile).map(({ id, level, title, reference }) => ({ id, level, title, reference })),
  }))
  if (bool(given, 'json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else for (const { id, title } of rows) process.stdout.write(`${id.padEnd(62)} ${title}\n`)
  return 0
}

const baselineOf = async (given: ParsedArguments): Promise<readonly KnownFailure[]> => {
  const expect = string(given, 'expect')
  return expect === undefined ? [] : usage(async () => readBaseline(await readFile(expect, 'utf8')), expect)
}

/** Flags that say something about a client that is driven. */
const driving = ['exec', 'module', 'app', 'jobs', 'repeat', 'seed', 'timeout', 'bail', 'tolerant'] as const

/** @throws UsageError that names two flags which cannot both be meant */
const refuseContradictions = (given: ParsedArguments): void => {
  const said = (flag: string): boolean => given.values[flag] !== undefined && given.values[flag] !== false
  const against = driving.find(said)
  if (said('passive') && against !== undefined) throw new UsageError(`--passive judges recorded traffic: it does not go with --${against}`)
  if (given.rest.length > 0 && !said('exec')) throw new UsageError('a command behind -- is a client: it goes with --exec')
  if (said('json') && !said('list')) throw new UsageError('--json goes with --list; --report json writes the report as JSON')
  if (said('list') && (said('passive') || said('report')))
    throw new UsageError('--list runs nothing: it does not go with --passive or --report')
}

const run = async (
  given: ParsedArguments,
  provider: Provider,
  only: readonly string[],
  quirks: Toggles,
  following: Following | undefined,
): Promise<Report> => {
  const driver = await driverOf(given)
  const [jobs, repeat, seed] = [string(given, 'jobs'), string(given, 'repeat'), string(given, 'seed')]
  const baseline = await baselineOf(given)
  const progress = createProgress(process.stderr, wantsColour(process.stderr, process.env))
  try {
    return await runConformance({
      provider,
      driver,
      only,
      ...(jobs === undefined ? {} : { jobs: countOf(jobs, '--jobs') }),
      ...(repeat === undefined ? {} : { repeat: countOf(repeat, '--repeat') }),
      ...(seed === undefined ? {} : { seed }),
      bail: bool(given, 'bail'),
      tolerant: bool(given, 'tolerant'),
      quirks,
      expect: baseline,
      progress: (result, done, of) => {
        progress.finished(result, done, of)
        following?.finished(result)
      },
    })
  } finally {
    progress.over()
  }
}

export const conform: Command = {
  name: 'conform',
  usage: 'authdouble conform --provider <id> (--exec -- <cmd ...> | --module <file> | --app <app.json> | --passive <journal.json>) [flags]',
  help: 'Tests an OAuth client in situations that its provider can bring about, and says with evidence what it does right and wrong.\nExits with 0 if all is well, 1 if there are findings, 3 if something could not be exercised, 4 if authdouble itself failed.',
  passes: true,
  flags: {
    provider: {
      type: 'string',
      value: 'id',
      help: `the provider that the client is for: ${ids.join(', ')}, or a file such as ./acme.yaml`,
    },
    case: {
      type: 'string',
      multiple: true,
      value: 'pattern',
      help: "run only these cases: 'refresh/*', zettle/exchange/redeems-the-code; repeatable",
    },
    exec: { type: 'boolean', help: 'the client is the program after --, one process for each case' },
    module: { type: 'string', value: 'file', help: 'the client is a JavaScript module with the steps as methods' },
    app: { type: 'string', value: 'file', help: 'the client is an application that already runs, described in this file' },
    passive: { type: 'string', value: 'file', help: 'judge the traffic in this journal' },
    report: { type: 'string', multiple: true, value: 'format[=file]', help: 'text, json, junit, tap, sarif, markdown or html; repeatable' },
    'sarif-source': {
      type: 'string',
      value: 'file',
      help: 'the file that a SARIF report points at: where the OAuth code of the client is',
    },
    expect: { type: 'string', value: 'file', help: 'known failures, each with a reason (YAML or JSON)' },
    quirk: {
      type: 'string',
      multiple: true,
      value: 'p/name[=value]',
      help: 'switch a quirk on, off (=false) or to a value, in every case; repeatable',
    },
    tolerant: { type: 'boolean', help: 'switch on all quirks named also-takes-...' },
    jobs: { type: 'string', value: 'n', help: 'how many cases run at once (4)' },
    repeat: { type: 'string', value: 'n', help: 'how often each case runs; the worst attempt counts (1)' },
    seed: { type: 'string', value: 'text', help: 'use the same order, codes and tokens on every run' },
    ui: { type: 'boolean', help: 'show the run in the console while it goes on: that of a running server, or one started for it' },
    bail: { type: 'boolean', help: 'stop after the first failure' },
    timeout: { type: 'string', value: 'seconds', help: 'how long a step may take (10)' },
    schedule: { type: 'string', value: 'file', help: 'play only this schedule, which explore wrote' },
    list: { type: 'boolean', help: 'list the cases, run nothing' },
    json: { type: 'boolean', help: 'with --list: print JSON, with the checks' },
  },
  run: async (given) => {
    const [stranger] = given.positionals
    if (stranger !== undefined) throw new UsageError(`conform takes no ${JSON.stringify(stranger)}: the client's command comes after --`)
    refuseContradictions(given)
    const schedule = string(given, 'schedule')
    if (schedule !== undefined) return (await import('./explore.js')).replay(given, schedule)
    const provider = await providerOf(given)
    const only = strings(given, 'case')
    const quirks = quirksGiven(given, provider)
    if ((await usage(() => casesOf(provider, only, quirks))).length === 0)
      throw new UsageError(`no case of ${provider.id} matches ${only.join(', ')}`)
    if (bool(given, 'list')) return list(given, provider, only, quirks)
    const wanted = reportsOf(given)
    const recorded = string(given, 'passive')
    let ended: number | undefined
    for (const [signal, code] of Object.entries(signals)) process.once(signal, () => process.exit(ended ?? code))
    const following = bool(given, 'ui')
      ? await (await import('./following.js')).follow({ provider: provider.id, client: 'a client' }, process.env)
      : undefined
    if (following) process.stderr.write(`authdouble: follow this run at ${following.url}\n`)
    const report =
      recorded === undefined
        ? await run(given, provider, only, quirks, following)
        : await usage(async () => {
            const expect = await baselineOf(given)
            return judgeRecorded(readJournal(await readFile(recorded, 'utf8')), provider, only, recorded, { expect, quirks })
          }, recorded)
    // what a code scanner pins findings to
    await write(report, wanted, string(given, 'sarif-source') ?? string(given, 'module') ?? string(given, 'app'))
    if (following) {
      await following.over(report)
      ended = report.exitCode
      await following.left()
    }
    return report.exitCode
  },
}
