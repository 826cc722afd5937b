/** Plays one schedule from beginning to end, and judges what crossed the wire by the invariants. */

import type { Double, JournalEntry, Provider } from '../../index.js'
import type { Answer, Driver } from '../drivers/driver.js'
import { makeFolder, removeFolder } from '../drivers/folders.js'
import type { History, Invariant, Violation } from '../invariants/history.js'
import { afterwards } from '../invariants/history.js'
import { invariants as always } from '../invariants/violations.js'
import { logsIn, wasKilled } from '../runner/logs.js'
import type { Profile } from '../runner/profile.js'
import { profileAt } from '../runner/profile.js'
import type { PlayedStep } from '../runner/step.js'
import type { ClientEnd } from '../runner/verdict.js'
import type { Probe } from './afterwards.js'
import { askAfterwards } from './afterwards.js'
import type { Client } from './client.js'
import { startClient } from './client.js'
import { acceptsOnlyItsOwn, comparesIssuer, comparesState, keepsRunning } from './forged.js'
import { checksIdTokens, disbelieved } from './idTokens.js'
import { playTurn } from './perform.js'
import { arranged, createRecorder } from './recorder.js'
import type { Act, Ground, Turn } from './schedule.js'
import { phaseOfTrouble, targetInWords } from './troubles.js'
import type { World } from './world.js'
import { entriesOf, severalCustomers } from './world.js'

/** Everything that a search looks for. */
export const invariants: readonly Invariant[] = [...always, acceptsOnlyItsOwn, comparesState, comparesIssuer, checksIdTokens, keepsRunning]

/** Where schedules are played: one server, and a sandbox for each. */
export interface Stage {
  readonly provider: Provider
  readonly profile: Profile
  readonly driver: Driver
  readonly seed: string
  /** Milliseconds that a step may take. */
  readonly limit: number
  /** A sandbox of its own. */
  readonly open: (ground: Ground) => Promise<Double>
}

/** A fault that came true: at which request, when in it, and in which step. */
export interface Situation {
  readonly target: string
  readonly fault: string
  readonly phase: string
  readonly step: string
}

export interface Played {
  readonly violations: readonly Violation[]
  readonly steps: readonly PlayedStep[]
  readonly entries: readonly JournalEntry[]
  readonly situations: readonly Situation[]
  readonly end: ClientEnd
  readonly hello: Answer
  /** What the client wrote where others can read it. */
  readonly stderr: string
  /** The provider's own secrets of this client, for whoever shows any of it. */
  readonly address: World['address']
  /** Why it could not be played, when it could not. */
  readonly failed?: string
}

const situationsOf = (world: World): readonly Situation[] => {
  const steps = world.recorder.log().filter(({ step }) => step !== arranged)
  return entriesOf(world).flatMap((entry) => {
    const fault = entry.fault && world.troubles.get(entry.fault.id)
    if (!fault || entry.operation === undefined) return []
    const operation = entry.operation === 'userinfo' ? 'resource' : entry.operation
    const grant = entry.grantType ?? entry.request.parameters['grant_type']
    const target = targetInWords(
      operation === 'token' ? { operation, ...(grant === undefined ? {} : { grant: grant as never }) } : { operation },
    )
    const step = steps.find(({ entries }) => entries.some(({ id }) => id === entry.id))?.step ?? 'meanwhile'
    return [{ target, fault, phase: phaseOfTrouble(fault), step }]
  })
}

/** The history of one connection: what its customer did, and the last probe as the only one that counts. */
const historyOf = (common: Omit<History, 'entries' | 'steps' | 'honoured'>, { entries, steps, own, honoured, user }: Probe): History => {
  const mine = (one: { readonly user?: string }): boolean => user === undefined || one.user === undefined || one.user === user
  return {
    ...common,
    entries: entries.filter(mine),
    steps: steps
      .map((step, at) => (at < steps.length - own && step.as.startsWith(afterwards) ? { ...step, as: `earlier, ${step.as}` } : step))
      .filter(mine),
    honoured,
  }
}

const kept = 'always.connection-kept'

const judge = (whole: History, probes: readonly Probe[]): readonly Violation[] =>
  invariants.flatMap(({ id, consequence, find }) => {
    const found = id === kept ? probes.filter(({ works }) => !works).flatMap((probe) => find(historyOf(whole, probe))) : find(whole)
    return found.map((one) => ({ invariant: id, consequence, ...one }))
  })

const customersOf = (world: World, turns: readonly Turn[]): readonly (string | undefined)[] => {
  if (!severalCustomers(world)) return [undefined]
  const named = new Set(turns.map(({ act }) => ('customer' in act ? (act.customer ?? 0) : 0)))
  return world.users.filter((_, at) => at === 0 || named.has(at as 0 | 1))
}

const gone = /^(ended|killed|silent|junk|harness)$/

/** Whether going on makes sense: a client that ended by itself is judged as it is. */
const isOver = (client: Client, log: readonly PlayedStep[]): boolean =>
  log.some(({ state, note = '' }) => gone.test(state) && !(state === 'killed' && note.startsWith('killed during'))) ||
  !client.can('callback')

const namesAccounts = ({ settings }: Profile): boolean =>
  Object.values(settings.endpoints).some(({ operation, names = {} }) => operation === 'resource' && Object.keys(names).length > 0)

const prepare = async (stage: Stage, ground: Ground, stateDir: string): Promise<World> => {
  const { provider, driver, limit } = stage
  const double = await stage.open(ground)
  const troubles: World['troubles'] = new Map()
  const entries: JournalEntry[] = []
  let ours = 0
  double.journal.subscribe((entry) => {
    // A reply that stalls is decided, and never arrives.
    const stalls = entry.fault !== undefined && troubles.get(entry.fault.id) === 'stalls'
    if (ours > 0) return
    if (entry.provider === undefined || entry.provider === provider.id)
      entries.push(stalls ? { ...entry, response: { ...entry.response, complete: false } } : entry)
  })
  // Time passes only when a schedule says so; it begins where a client without a clock of ours is.
  const beginning = double.clock.freeze(Math.floor(Date.now() / 1000))
  const known = (await double.addresses())[provider.id] ?? double.provider(provider.id)
  const address = driver.redirectUri === undefined ? known : { ...known, redirectUri: driver.redirectUri }
  const profile = profileAt(stage.profile, address.baseUrl)
  const client = await startClient(driver, { ...address, provider: provider.id, issuer: profile.issuer, stateDir }, beginning)
  const recorder = createRecorder(() => entries)
  const all = (await double.users.list(provider.id)).map(({ id }) => id)
  // Where calls name an account, the client is told that of the first customer only.
  const users = all.slice(0, namesAccounts(profile) ? 1 : 2)
  return {
    double,
    profile,
    address,
    client,
    recorder,
    users,
    stranger: all.at(-1),
    limit,
    entries,
    troubles,
    unseen: async (work) => {
      ours += 1
      try {
        return await work()
      } finally {
        ours -= 1
      }
    },
    browsers: new Map(),
    skew: 0,
  }
}

/** @param follow makes the turns; called with what plays one, so that a search can decide on the way */
export const play = async (
  stage: Stage,
  ground: Ground,
  follow: (turn: (turn: Turn) => Promise<void>) => Promise<readonly Turn[]>,
): Promise<Played> => {
  const stateDir = makeFolder('authdouble-client-')
  const world = await prepare(stage, ground, stateDir)
  const { client, recorder, double, address } = world
  try {
    let probes: readonly Probe[] = []
    let failed: string | undefined
    if (client.hello.state === 'ok') {
      const turns = await follow(async (turn) => {
        if (!isOver(client, recorder.log())) await playTurn(world, turn)
      })
      probes = await askAfterwards(world, customersOf(world, turns))
      failed = recorder.log().find(({ state }) => state === 'harness')?.note
    } else failed = client.hello.note ?? `hello was answered with ${client.hello.state}`
    const { end, output: said } = await client.leave()
    const steps = recorder.log()
    const output = [...said, ...(await logsIn(stateDir, client.hello.store, wasKilled(steps)))]
    const credentials = [address.clientSecret, address.password, address.assertion].filter((one) => one !== undefined)
    // What came to no endpoint was led there by a redirect.
    const strays = entriesOf(world)
      .filter(({ operation }) => operation === undefined)
      .map(({ request: { method, url, headers, body = '' } }) => ({ method, url, headers, body }))
    const whole: History = {
      entries: entriesOf(world),
      steps,
      settings: world.profile.settings,
      end,
      credentials,
      output,
      strays,
      disbelieved: disbelieved(steps),
      passive: false,
    }
    return {
      violations: failed === undefined ? judge(whole, probes) : [],
      steps,
      entries: whole.entries,
      situations: situationsOf(world),
      end,
      hello: client.hello,
      stderr: output
        .filter(({ where }) => where === 'standard error')
        .map(({ text }) => text)
        .join(''),
      address,
      ...(failed === undefined ? {} : { failed }),
    }
  } finally {
    await double.close()
    await removeFolder(stateDir)
  }
}

/** Plays turns as they stand. */
export const playTurns = (stage: Stage, ground: Ground, turns: readonly Turn[]): Promise<Played> =>
  play(stage, ground, async (turn) => {
    for (const one of turns) await turn(one)
    return turns
  })

/** How an act is called where it is counted. */
export const nameOf = (act: Act): string => {
  if (act.do === 'finish' || act.do === 'forge') return `${act.do} ${act.how}`
  if (act.do === 'crash' && act.during) return `crash in ${act.during.step}`
  if (act.do === 'connect' && act.idToken) return `connect with a wrong ID token (${act.idToken})`
  if (act.do === 'connect' && act.denied) return 'connect, denied'
  if (act.do === 'end') return `end ${act.what}`
  return act.do
}
