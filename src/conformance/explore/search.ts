/** Searches for schedules that break an invariant: makes them up, plays them, shrinks those that fail, and prefers what is new. */

import { createHash } from 'node:crypto'
import type * as FastCheck from 'fast-check'
import { fellSilent } from '../cases/reading.js'
import type { Answer } from '../drivers/driver.js'
import type { Violation } from '../invariants/history.js'
import type { Cell, Coverage, Met } from './coverage.js'
import { createCoverage } from './coverage.js'
import { firstTurns, grounds, groups } from './groups.js'
import type { Candidate } from './minimize.js'
import { minimize } from './minimize.js'
import { createNeutral } from './neutral.js'
import type { Played, Stage } from './play.js'
import { nameOf, play, playTurns } from './play.js'
import type { Schedule, Turn } from './schedule.js'
import { tell } from './tell.js'
import { targetInWords } from './troubles.js'
import type { Group, Scope } from './turns.js'

export interface SearchOptions {
  /** How many schedules; 500 by default. */
  readonly runs?: number
  /** Ends after the round in which so many milliseconds of real time were over. */
  readonly time?: number
  /** How many are played at once; 4 by default. What is found does not depend on it. */
  readonly jobs?: number
  /** How many schedules may be played to shrink one, by each of two ways; 40 by default. */
  readonly shrinking?: number
  /** Whether a finding is enough to end the search. */
  readonly until?: (finding: Finding) => boolean
  /** Called after each schedule. */
  readonly progress?: (state: SearchProgress) => void
  /** Called after each round, with what there is so far. */
  readonly soFar?: (result: SearchResult) => void
}

export interface SearchProgress {
  readonly played: number
  readonly of: number
  readonly findings: number
  readonly situations: number
}

/** A broken invariant with the shortest schedule that breaks it. */
export interface Finding {
  readonly violation: Violation
  readonly schedule: Schedule
  readonly played: Played
  /** How many schedules had been made up when it was met. */
  readonly after: number
}

export interface SearchResult {
  readonly findings: readonly Finding[]
  /** Broken once, and not when the same schedule was played again. */
  readonly unconfirmed: readonly { readonly invariant: string; readonly schedule: Schedule }[]
  /** Schedules that were made up; shrinking plays more. */
  readonly runs: number
  readonly met: readonly Met[]
  readonly unmet: readonly Cell[]
  readonly hello: Answer
  /** Tokens arrived in some schedule. */
  readonly connected: boolean
  /** Why nothing more could be played, when that was so. */
  readonly failed?: string
}

type Fc = typeof FastCheck

/** A round is played by so many lanes, each with so many schedules, whatever the number of jobs: what a lane learns shows in the next round. */
const lanes = 4
const perLane = 10
/** What makes a schedule what it is: its faults and its unusual acts. */
export const featuresOf = (turns: readonly Turn[]): ReadonlySet<string> =>
  new Set(
    turns.flatMap(({ trouble, act }) => [
      ...(trouble ? [`${targetInWords(trouble)} ${trouble.fault}`] : []),
      ...(act.do === 'call' || act.do === 'connect' ? [] : [nameOf(act)]),
      ...('times' in act && act.times !== undefined ? ['times'] : []),
      ...('second' in act && act.second ? ['second process'] : []),
    ]),
  )

interface Known {
  readonly invariant: string
  readonly features: ReadonlySet<string>
}

const isKnown = (known: readonly Known[], violation: Violation, turns: readonly Turn[]): boolean => {
  const features = featuresOf(turns)
  return known.some((one) => one.invariant === violation.invariant && [...one.features].every((feature) => features.has(feature)))
}

interface Lane {
  readonly seed: number
  readonly runs: number
  /** Schedules made up before those of this lane. */
  readonly before: number
  readonly scope: Scope
  readonly known: readonly Known[]
  readonly shrinking: number
  readonly until: (finding: Finding) => boolean
}

interface LaneResult {
  readonly findings: readonly Finding[]
  readonly unconfirmed: SearchResult['unconfirmed']
  readonly plays: readonly { readonly played: Played; readonly turns: readonly Turn[] }[]
}

const scheduleOf = (stage: Stage, { ground, turns }: Candidate, violation: Violation, played: Played): Schedule => ({
  format: 'authdouble-schedule',
  version: 1,
  provider: stage.provider.id,
  ...ground,
  seed: stage.seed,
  turns,
  finds: violation.invariant,
  story: tell(played, violation).map(createNeutral(played).text),
})

/**
 * What a play costs of the schedules that may be played to shrink one: a step that never comes to an end takes as long as many
 * others, and a process that ended has to be started again.
 */
const waitingCost = ({ steps }: Played): number =>
  steps.filter(fellSilent).length * 6 + steps.filter(({ state }) => state === 'ended').length * 2

/** Looks for the shortest schedule that breaks the same invariant, and plays it once more to be sure. */
const conclude = async (stage: Stage, from: Candidate, invariant: string, shrinking: number) => {
  const violates = (played: Played): Violation | undefined => played.violations.find((one) => one.invariant === invariant)
  const budget = { left: shrinking }
  const again = (candidate: Candidate) => playTurns(stage, candidate.ground, candidate.turns)
  const shortest = await minimize(
    from,
    async (candidate) => {
      const played = await again(candidate)
      budget.left -= waitingCost(played)
      return violates(played) !== undefined
    },
    budget,
  )
  const played = await again(shortest)
  return { shortest, played, violation: violates(played) }
}

/** A command of the model run: turns that belong together. There is nothing to ask of the model beforehand. */
const commandOf = (group: Group) => ({
  check: () => true,
  run: async (_: object, turn: (turn: Turn) => Promise<void>): Promise<void> => {
    for (const one of group) await turn(one)
  },
  toString: () => group.map(({ act }) => nameOf(act)).join(', '),
})

/** Who watches a search: each schedule as it was played, and each finding. */
interface Watch {
  readonly played: (played: Played) => void
  readonly found: () => void
}

const runLane = async (fc: Fc, stage: Stage, lane: Lane, watch: Watch): Promise<LaneResult> => {
  const { scope } = lane
  const known = [...lane.known]
  const findings: Finding[] = []
  const unconfirmed: { invariant: string; schedule: Schedule }[] = []
  const plays: { played: Played; turns: readonly Turn[] }[] = []
  const commands = fc.commands([groups(fc, scope).map(commandOf)], { maxCommands: 5, size: 'max' })
  for (let attempt = 0; plays.length < lane.runs && !findings.some(lane.until); attempt += 1) {
    let failing: (Candidate & { readonly violation: Violation; readonly played: Played }) | undefined
    let left = lane.shrinking
    let at = 0
    const property = fc.asyncProperty(grounds(fc, scope.profile), firstTurns(fc, scope), commands, async (ground, first, list) => {
      if (failing && left-- <= 0) return true
      const turns: Turn[] = []
      const played = await play(stage, ground, async (turn) => {
        const follow = async (one: Turn): Promise<void> => {
          turns.push(one)
          await turn(one)
        }
        await follow(first)
        await fc.asyncModelRun(() => ({ model: {}, real: follow }), list)
        return turns
      })
      if (!failing) {
        plays.push({ played, turns })
        at = lane.before + plays.length
        watch.played(played)
      }
      if (failing) left -= waitingCost(played)
      if (played.failed !== undefined) return true
      const target = failing?.violation.invariant
      const violation = played.violations.find((one) => (target === undefined ? !isKnown(known, one, turns) : one.invariant === target))
      if (violation) failing = { ground, turns, violation, played }
      return violation === undefined
    })
    const { errorInstance } = await fc.check(property, { seed: lane.seed + attempt, numRuns: lane.runs - plays.length, verbose: 0 })
    // No finding about the client: what keeps a schedule from being played must not pass for one that was.
    if (!failing && errorInstance) throw errorInstance
    const first = failing as (Candidate & { readonly violation: Violation; readonly played: Played }) | undefined
    if (!first) continue
    const { shortest, played, violation } = await conclude(stage, first, first.violation.invariant, lane.shrinking)
    const schedule = scheduleOf(stage, violation ? shortest : first, violation ?? first.violation, violation ? played : first.played)
    known.push({ invariant: first.violation.invariant, features: featuresOf(schedule.turns) })
    if (violation) {
      findings.push({ violation, schedule, played, after: at })
      watch.found()
    } else unconfirmed.push({ invariant: first.violation.invariant, schedule })
  }
  return { findings, unconfirmed, plays }
}

/** Works through a list with so many at once, and keeps its order. */
const pooled = async <T, R>(list: readonly T[], jobs: number, work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < list.length; at = next++) results[at] = await work(list[at] as T)
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, list.length)) }, worker))
  return results
}

const numberOf = (...parts: readonly (string | number)[]): number => createHash('sha256').update(parts.join(':')).digest().readInt32BE()

/** The connection that everything rests on: a first schedule without any trouble. */
const playPlain = async (stage: Stage): Promise<{ readonly plain: Played; readonly finding: readonly Finding[] }> => {
  const candidate: Candidate = { ground: {}, turns: [{ act: { do: 'connect' } }] }
  const plain = await playTurns(stage, candidate.ground, candidate.turns)
  const first = [...new Map([...plain.violations].reverse().map((violation) => [violation.invariant, violation])).values()]
  return {
    plain,
    finding: first.map((violation) => ({ violation, schedule: scheduleOf(stage, candidate, violation, plain), played: plain, after: 1 })),
  }
}

/**
 * Makes up schedules and plays them until they are as many as asked for, or the time is over.
 *
 * @example
 * const { findings } = await search(stage, { runs: 500 })
 */
export const search = async (stage: Stage, options: SearchOptions = {}): Promise<SearchResult> => {
  const { runs = 500, time = Number.POSITIVE_INFINITY, until = () => false, progress, soFar, shrinking = 40 } = options
  const fc = await import('fast-check')
  const jobs = stage.driver.port === undefined && !stage.driver.serial ? (options.jobs ?? 4) : 1
  const began = Date.now()
  const settings = stage.profile.settings
  const { plain, finding } = await playPlain(stage)
  const { hello } = plain
  const abilities = new Set([
    ...(hello.steps ?? []),
    ...(stage.driver.restarts ? ['restart'] : []),
    ...(stage.driver.kills ? ['kill'] : []),
  ])
  const can = (ability: string): boolean => abilities.has(ability)
  const coverage: Coverage = createCoverage(settings, can)
  // What fails when nothing goes wrong is told once, and not again for everything that may.
  let findings: readonly Finding[] = finding
  const unconfirmed: { invariant: string; schedule: Schedule }[] = []
  let connected = false
  let failed = plain.failed
  let made = 0
  // What a terminal is shown does not wait for the end of a round.
  const shown = { played: 0, findings: finding.length, coverage: createCoverage(settings, can) }
  const show = (): void => progress?.({ played: shown.played, of: runs, findings: shown.findings, situations: shown.coverage.met().length })
  const result = (): SearchResult => ({
    findings,
    unconfirmed,
    runs: made,
    met: coverage.met(),
    unmet: coverage.unmet(),
    hello,
    connected,
    ...(failed === undefined ? {} : { failed }),
  })
  for (let round = 0; made < runs && Date.now() - began < time && failed === undefined && !findings.some(until); round += 1) {
    const known = findings.map(({ violation, schedule }) => ({ invariant: violation.invariant, features: featuresOf(schedule.turns) }))
    const scope: Scope = { profile: stage.profile, can, coverage: coverage.copy() }
    const shares = Array.from({ length: lanes }, (_, lane) => Math.max(0, Math.min(perLane, runs - made - lane * perLane))).filter(
      (share) => share > 0,
    )
    const list = shares.map(
      (share, lane): Lane => ({
        seed: numberOf(stage.seed, round, lane),
        runs: share,
        before: made + lane * perLane,
        scope,
        known,
        shrinking,
        until,
      }),
    )
    const results = await pooled(list, jobs, (lane) =>
      runLane(fc, stage, lane, {
        played: ({ situations }) => {
          shown.played += 1
          shown.coverage.add(situations, [])
          show()
        },
        found: () => {
          shown.findings += 1
          show()
        },
      }),
    )
    for (const lane of results) {
      for (const { played, turns } of lane.plays) {
        coverage.add(
          played.situations,
          turns.map(({ act }) => nameOf(act)),
        )
        connected ||= played.entries.some(({ issued = [] }) => issued.some(({ kind }) => kind === 'access_token'))
        failed ??= played.failed
      }
      // Two lanes of a round may have met the same.
      for (const finding of lane.findings) {
        const seen = findings.map(({ violation, schedule }) => ({ invariant: violation.invariant, features: featuresOf(schedule.turns) }))
        if (!isKnown(seen, finding.violation, finding.schedule.turns)) findings = [...findings, finding]
      }
      shown.findings = findings.length
      unconfirmed.push(...lane.unconfirmed)
      made += lane.plays.length
    }
    soFar?.(result())
  }
  return result()
}
