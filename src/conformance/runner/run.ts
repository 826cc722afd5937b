/** Runs cases against a client: a world for each, in a known order, judged by what crossed the wire. */

import { randomBytes } from 'node:crypto'
import type { Provider, ProviderId, Toggles } from '../../index.js'
import { providers as shipped, version } from '../../index.js'
import { casesFor } from '../cases/index.js'
import type { Driver } from '../drivers/driver.js'
import type { CaseSetup } from './attempt.js'
import { attempt, notPlayed } from './attempt.js'
import type { KnownFailure } from './baseline.js'
import { applyBaseline } from './baseline.js'
import type { Case } from './case.js'
import { plainCase } from './case.js'
import type { ProviderOverrides } from './caseSandbox.js'
import { createCaseSandboxes } from './caseSandbox.js'
import { plainEnough } from './judge.js'
import { profileOf } from './profile.js'
import { caseId, fitsAny, shuffled } from './select.js'
import type { CaseResult, Report } from './verdict.js'
import { exitCodeOf, outcomeOf, summarise } from './verdict.js'

export interface RunOptions extends ProviderOverrides {
  /** A shipped provider's id, or a provider of your own. */
  readonly provider: ProviderId | Provider
  readonly driver: Driver
  /** Patterns such as `refresh/*`; all cases of the provider by default. */
  readonly only?: readonly string[]
  /** How many cases run at once; 4 by default. */
  readonly jobs?: number
  /** Stop after the first failure. */
  readonly bail?: boolean
  /** How often each case is run; the worst attempt counts. */
  readonly repeat?: number
  /** The same order, codes and tokens for the same seed. */
  readonly seed?: string
  readonly expect?: readonly KnownFailure[]
  /** Called after each case. */
  readonly progress?: (result: CaseResult, done: number, of: number) => void
}

/** Cases that apply to a provider, as they are written. */
export const casesOf = (provider: ProviderId | Provider, only: readonly string[] = [], quirks: Toggles = {}): readonly Case[] => {
  const profile = profileOf(providerNamed(provider), quirks)
  return casesFor(profile).filter((one) => fitsAny(caseId(profile.provider, one), only))
}

/** @throws Error for an id that is no shipped provider's */
export const providerNamed = (wanted: string | Provider): Provider => {
  const found = typeof wanted === 'string' ? shipped.find(({ id }) => id === wanted) : wanted
  if (!found) throw new Error(`no provider is named ${JSON.stringify(wanted)}: there are ${shipped.map(({ id }) => id).join(', ')}`)
  return found
}

/** Every case of a provider with its checks, for entries of a baseline. */
export const knownPlaces = (provider: Provider, quirks: Toggles = {}) => ({
  provider: provider.id,
  all: casesOf(provider, [], quirks).map((one) => ({
    case: caseId(provider.id, one),
    checks: one.checks(profileOf(provider, quirks)).map(({ id }) => id),
  })),
})

/** What the plain case told about the client. */
interface Known {
  readonly client: string
  readonly steps: readonly string[]
  readonly plain: boolean
  /** Why there is no use in asking it anything, and whether that is the client's doing. */
  readonly mute?: { readonly why: string; readonly verdict: 'not-exercised' | 'error' }
}

const badness = ['not-applicable', 'pass', 'warn', 'not-exercised', 'fail', 'error']

/** As often as asked; the worst attempt stands for all. */
const repeated = async (setting: CaseSetup, one: Case, plain: boolean, times: number): Promise<CaseResult> => {
  const results: CaseResult[] = []
  for (let turn = 0; turn < times; turn += 1) results.push((await attempt(setting, one, plain, turn)).result)
  const sorted = [...results].sort((a, b) => badness.indexOf(b.verdict) - badness.indexOf(a.verdict))
  const [first] = sorted
  if (!first) return notPlayed(setting, one, 'it was repeated no times')
  const worse = results.filter(({ verdict }) => badness.indexOf(verdict) > badness.indexOf('pass')).length
  return times === 1 ? first : { ...first, attempts: { made: times, worse } }
}

/** One case that fails for our own reasons takes no other case's verdict with it. */
const ownFailure = (error: unknown): string =>
  `authdouble itself failed in this case: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`

/** Runs the plain case first: without it nothing else can be judged. */
const getToKnow = async (
  setting: CaseSetup,
  all: readonly Case[],
): Promise<{ readonly known: Known; readonly plain: CaseResult | undefined }> => {
  const one = all.find(({ topic, name }) => topic === plainCase.topic && name === plainCase.name)
  if (!one) throw new Error('there is no plain case')
  const { result, hello } = await attempt(setting, one, null, 0)
  const verdict = hello.state === 'harness' ? 'error' : 'not-exercised'
  const known: Known = {
    client: hello.client ?? 'unknown',
    steps: hello.steps ?? [],
    // What holds in every case says nothing of whether this one was passed.
    plain: plainEnough(result.checks.filter(({ id }) => !id.startsWith('always.'))),
    ...(hello.state === 'ok'
      ? {}
      : { mute: { verdict, why: `the client did not answer hello in the plain case (${hello.note ?? hello.state})` } }),
  }
  return { known, plain: result }
}

/** Works through a list with so many at once, in order of the list. */
const pooled = async <T>(list: readonly T[], jobs: number, work: (item: T) => Promise<void>): Promise<void> => {
  const queue = [...list]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, list.length)) }, worker))
}

/**
 * Plays a client through the situations its provider can put it in, and gives a verdict.
 *
 * @throws Error when no case fits `only`
 * @example
 * const report = await runConformance({ provider: 'zettle', driver: execDriver(['node', 'client.mjs']) })
 */
export const runConformance = async (options: RunOptions): Promise<Report> => {
  const { driver, only = [], jobs = 4, bail = false, repeat = 1, quirks = {} } = options
  const provider = providerNamed(options.provider)
  const seed = options.seed ?? randomBytes(4).toString('hex')
  const started = new Date()
  const chosen = casesOf(provider, only, quirks)
  if (chosen.length === 0) throw new Error(`no case of ${provider.id} fits ${only.join(', ')}`)
  const overrides: ProviderOverrides = {
    ...(options.quirks ? { quirks: options.quirks } : {}),
    ...(options.tolerant ? { tolerant: true } : {}),
  }
  await using sandboxes = await createCaseSandboxes(provider, overrides, driver.port)
  const every = casesOf(provider, [], quirks)
  const places = every.map((one) => caseId(provider.id, one))
  const setting: CaseSetup = { provider, driver, overrides, sandboxes, seed, places }
  const { known, plain } = await getToKnow(setting, every)
  const order = shuffled(chosen, seed)
  const results = new Map<Case, CaseResult>()
  let stopped = false
  const conclude = (one: Case, result: CaseResult): void => {
    results.set(one, result)
    if (bail && (result.verdict === 'fail' || result.verdict === 'error')) stopped = true
    options.progress?.(result, results.size, order.length)
  }
  await pooled(order, driver.port === undefined && !driver.serial ? jobs : 1, async (one) => {
    const isPlain = one.topic === plainCase.topic && one.name === plainCase.name
    if (stopped) conclude(one, notPlayed(setting, one, 'stopped after the first failure'))
    else if (plain && isPlain && repeat === 1) conclude(one, plain)
    else if (known.mute !== undefined) conclude(one, plain && isPlain ? plain : notPlayed(setting, one, known.mute.why, known.mute.verdict))
    else
      conclude(one, await repeated(setting, one, known.plain, repeat).catch((error) => notPlayed(setting, one, ownFailure(error), 'error')))
  })
  // As they are written, whatever the order in which they ran.
  const inOrder = chosen.flatMap((one) => results.get(one) ?? [])
  const { cases, stale } = applyBaseline(inOrder, options.expect ?? [], knownPlaces(provider, quirks))
  const summary = summarise(cases, stale)
  const outcome = outcomeOf(summary, cases)
  return {
    format: 'authdouble-conformance',
    version: 1,
    run: {
      provider: provider.id,
      client: known.client,
      steps: known.steps,
      driver: driver.kind,
      seed,
      order: order.map((one) => caseId(provider.id, one)),
      started: started.toISOString(),
      took: Date.now() - started.getTime(),
      node: process.version,
      authdouble: version,
    },
    cases,
    stale,
    summary,
    outcome,
    exitCode: exitCodeOf(outcome),
  }
}
