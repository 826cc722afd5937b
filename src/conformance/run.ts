/** Runs cases against a client: a world for each, in a known order, judged by what crossed the wire. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProviderId } from '../index.js'
import { version } from '../index.js'
import type { KnownFailure } from './baseline.js'
import { applyBaseline } from './baseline.js'
import type { Case, Played } from './case.js'
import { cases as all } from './cases/index.js'
import type { Answer, Driver, Given, Session } from './drivers/driver.js'
import { hiding } from './hide.js'
import { endInWords, judgeCase, plainEnough, unplayed } from './judge.js'
import { profiles } from './profiles.js'
import { fitsAny, idOf, shuffled } from './select.js'
import type { Stage } from './stage.js'
import { createStage } from './stage.js'
import type { CaseResult, ClientEnd, Report } from './verdict.js'
import { exitCodeOf, outcomeOf, summarise, worst } from './verdict.js'
import type { Dials, World, Worlds } from './world.js'
import { createWorlds } from './world.js'

export interface RunOptions extends Dials {
  readonly provider: ProviderId
  readonly driver: Driver
  /** Patterns such as `refresh/*`; all cases of the provider unless told. */
  readonly only?: readonly string[]
  /** How many cases run at once; 4 unless told. */
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

/** The plain case of a provider: what prohibitions are measured against. */
export const plainCase = { topic: 'exchange', name: 'redeems-the-code' } as const

/** Cases that apply to a provider, as they are written. */
export const casesOf = (provider: ProviderId, only: readonly string[] = []): readonly Case[] =>
  all.filter((one) => one.providers.includes(provider) && fitsAny(idOf(provider, one), only))

interface Setting {
  readonly options: RunOptions
  readonly worlds: Worlds
  readonly seed: string
}

/** What the plain case told about the client. */
interface Known {
  readonly client: string
  readonly steps: readonly string[]
  readonly plain: boolean
  /** Why there is no use in asking it anything. */
  readonly mute?: string
  /** It could not even be started: that is no finding about the client. */
  readonly unstarted: boolean
}

interface Attempt {
  readonly result: CaseResult
  readonly hello: Answer
}

/** The world as a client sees it that has a redirect URI of its own. */
const at = (world: World, redirectUri: string | undefined): World =>
  redirectUri === undefined ? world : { ...world, address: { ...world.address, redirectUri } }

const givenOf = (provider: ProviderId, world: World, stateDir: string): Given => ({
  ...world.address,
  provider,
  issuer: profiles[provider].issuer,
  stateDir,
})

const reproduceOf = ({ options, seed }: Setting, id: string): string => {
  const quoted = options.driver.flags.map((flag) => (/^[\w@%+=:,./-]+$/.test(flag) ? flag : `'${flag.replaceAll("'", "'\\''")}'`))
  const [, ...rest] = id.split('/')
  const dials = [
    ...(options.tolerant ? ['--tolerant'] : []),
    ...Object.entries(options.quirks ?? {}).map(([name, toggle]) => `--quirk ${name}=${toggle}`),
  ]
  return ['authdouble conform', `--provider ${options.provider}`, `--case ${rest.join('/')}`, `--seed ${seed}`, ...dials, ...quoted].join(
    ' ',
  )
}

const titled = ({ options }: Setting, one: Case) => ({
  id: idOf(options.provider, one),
  provider: options.provider,
  topic: one.topic,
  name: one.name,
  title: one.title,
})

const trouble = (stage: Stage, error: unknown): void =>
  stage.note('arrange', `the case could not be arranged: ${error instanceof Error ? error.message : String(error)}`)

/** Plays a case; what fails in it that is not the client's doing comes back as `broken`. */
const play = async (one: Case, stage: Stage): Promise<string | undefined> => {
  try {
    await one.play(stage)
    return undefined
  } catch (error) {
    trouble(stage, error)
    return `the case could not be played: ${error instanceof Error ? error.message : String(error)}`
  }
}

const lacks = (one: Case, steps: readonly string[]): string | undefined => {
  const missing = one.needs.find((step) => !steps.includes(step))
  if (missing === undefined) return undefined
  return missing === 'restart' ? 'the client cannot be restarted from here' : `the client says that it has no ${missing}`
}

const attempt = async (setting: Setting, one: Case, plain: boolean | null, turn: number): Promise<Attempt> => {
  const { options, worlds, seed } = setting
  const profile = profiles[options.provider]
  const started = performance.now()
  const named = titled(setting, one)
  const checks = one.checks(profile)
  const stateDir = await mkdtemp(join(tmpdir(), 'authdouble-client-'))
  await using opened = await worlds.open(`${one.topic}-${one.name}`, one.quirks?.(profile) ?? {}, `${seed}:${named.id}:${turn}`)
  const world = at(opened, options.driver.redirectUri)
  let session: Session | undefined
  try {
    session = await options.driver.start(givenOf(options.provider, world, stateDir))
    const hello = await session.ask({ step: 'hello' })
    const steps = [...(hello.steps ?? []), ...(options.driver.restarts ? ['restart'] : [])]
    const stage = createStage({ profile, world, session, steps })
    const lacking = hello.state === 'ok' ? lacks(one, steps) : undefined
    const broken = hello.state === 'ok' && lacking === undefined ? await play(one, stage) : undefined
    const left = await session.leave()
    const end: ClientEnd = hello.state === 'ok' ? left : { ...left, how: 'never-started' }
    const entries = world.double.journal.entries({ provider: options.provider })
    const hidden = hiding(world.address, entries)
    const played: Played = { profile, redirectUri: world.address.redirectUri, entries, steps: stage.log(), end, passive: false }
    const judged =
      hello.state === 'harness'
        ? unplayed(checks, 'error', hello.note ?? 'the client could not be started')
        : hello.state !== 'ok'
          ? unplayed(checks, 'not-exercised', `${endInWords(end)}: ${hello.note ?? hello.state}`)
          : lacking !== undefined
            ? unplayed(checks, 'not-applicable', lacking)
            : broken !== undefined
              ? unplayed(checks, 'error', broken)
              : judgeCase(checks, one.judge, played, { end, plain })
    const tell = <T extends string | undefined>(text: T): T => (text === undefined ? text : hidden.text(text)) as T
    const results = judged.map((check) => ({
      ...check,
      ...(check.seen === undefined ? {} : { seen: tell(check.seen) }),
      ...(check.why === undefined ? {} : { why: tell(check.why) }),
    }))
    const result: CaseResult = {
      ...named,
      verdict: worst(results.map(({ verdict }) => verdict)),
      checks: results,
      exchanges: hidden.entries,
      steps: stage.log().map(({ entries: during, as, url, note, error, ...step }) => ({
        ...step,
        ...(as === step.step ? {} : { as }),
        ...(url === undefined ? {} : { url: tell(url) }),
        ...(note === undefined ? {} : { note: tell(note) }),
        ...(error === undefined ? {} : { error: { ...error, message: tell(error.message) } }),
        ...(during.length === 0 ? {} : { exchanges: during.map(({ id }) => id) }),
      })),
      end,
      stderr: tell(session.stderr()),
      took: performance.now() - started,
      reproduce: reproduceOf(setting, named.id),
    }
    return { result, hello }
  } finally {
    await rm(stateDir, { recursive: true, force: true })
  }
}

/** A case that was not played at all. */
const notPlayed = (setting: Setting, one: Case, why: string, verdict: 'not-exercised' | 'error' = 'not-exercised'): CaseResult => {
  const checks = unplayed(one.checks(profiles[setting.options.provider]), verdict, why)
  return {
    ...titled(setting, one),
    verdict,
    checks,
    exchanges: [],
    steps: [],
    end: { how: 'never-started' },
    stderr: '',
    took: 0,
    reproduce: reproduceOf(setting, idOf(setting.options.provider, one)),
  }
}

const badness = ['not-applicable', 'pass', 'warn', 'not-exercised', 'fail', 'error']

/** As often as asked; the worst attempt stands for all. */
const repeated = async (setting: Setting, one: Case, plain: boolean): Promise<CaseResult> => {
  const times = setting.options.repeat ?? 1
  const results: CaseResult[] = []
  for (let turn = 0; turn < times; turn += 1) results.push((await attempt(setting, one, plain, turn)).result)
  const sorted = [...results].sort((a, b) => badness.indexOf(b.verdict) - badness.indexOf(a.verdict))
  const [first] = sorted
  if (!first) return notPlayed(setting, one, 'it was repeated no times')
  const worse = results.filter(({ verdict }) => badness.indexOf(verdict) > badness.indexOf('pass')).length
  return times === 1 ? first : { ...first, attempts: { made: times, worse } }
}

/** Runs the plain case first: without it nothing else can be judged. */
const getToKnow = async (setting: Setting): Promise<{ readonly known: Known; readonly plain: CaseResult | undefined }> => {
  const one = all.find(({ topic, name }) => topic === plainCase.topic && name === plainCase.name)
  if (!one) throw new Error('there is no plain case')
  const { result, hello } = await attempt(setting, one, null, 0)
  const known: Known = {
    client: hello.client ?? 'unknown',
    steps: hello.steps ?? [],
    plain: plainEnough(result.checks),
    unstarted: hello.state === 'harness',
    ...(hello.state === 'ok' ? {} : { mute: `the client did not answer hello in the plain case (${hello.note ?? hello.state})` }),
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
  const { provider, driver, only = [], jobs = 4, bail = false } = options
  const seed = options.seed ?? randomBytes(4).toString('hex')
  const started = new Date()
  const chosen = casesOf(provider, only)
  if (chosen.length === 0) throw new Error(`no case of ${provider} fits ${only.join(', ')}`)
  await using worlds = await createWorlds(
    provider,
    { ...(options.quirks ? { quirks: options.quirks } : {}), ...(options.tolerant ? { tolerant: true } : {}) },
    driver.port,
  )
  const setting: Setting = { options, worlds, seed }
  const { known, plain } = await getToKnow(setting)
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
    else if (plain && isPlain && (options.repeat ?? 1) === 1) conclude(one, plain)
    else if (known.mute !== undefined)
      conclude(one, plain && isPlain ? plain : notPlayed(setting, one, known.mute, known.unstarted ? 'error' : 'not-exercised'))
    else conclude(one, await repeated(setting, one, known.plain))
  })
  const inOrder = order.flatMap((one) => results.get(one) ?? [])
  const { cases, stale } = applyBaseline(inOrder, options.expect ?? [])
  const summary = summarise(cases, stale)
  const outcome = outcomeOf(summary)
  return {
    format: 'authdouble-conformance',
    version: 1,
    run: {
      provider,
      client: known.client,
      steps: known.steps,
      driver: driver.kind,
      seed,
      order: order.map((one) => idOf(provider, one)),
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
