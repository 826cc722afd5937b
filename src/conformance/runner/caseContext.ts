/** Where a case is played: asks the client, plays the browser and the person, and keeps a log of it all. */

import { setTimeout } from 'node:timers/promises'
import type { FaultInput, JournalEntry } from '../../index.js'
import type { Tamper } from '../drivers/browser.js'
import { authorizeIn, tampered } from '../drivers/browser.js'
import type { Answer, Asked, Session, Written } from '../drivers/driver.js'
import type { StrayRequest } from '../invariants/history.js'
import type { CaseSandbox } from './caseSandbox.js'
import { fault } from './caseSandbox.js'
import type { Changes } from './changes.js'
import { watchFiles } from './changes.js'
import type { Gate } from './gate.js'
import type { Held, Holding } from './ordering.js'
import { holdRequests } from './ordering.js'
import type { Profile } from './profile.js'
import type { Ability, PlayedStep, Step } from './step.js'
import type { Stranger } from './stranger.js'
import { openStranger } from './stranger.js'

export interface Connecting {
  /** How the steps of this connection are called: `<as>` for the last of them. */
  readonly as?: string
  /** What happens to the authorization URL on its way. */
  readonly asking?: (url: URL) => void
  /** What happens to the callback on its way. */
  readonly tamper?: Tamper
  /** The customer, for clients that keep several apart. */
  readonly user?: string
  /** The browser, for clients that keep several apart. */
  readonly session?: string
}

export interface CaseContext {
  readonly profile: Profile
  readonly sandbox: CaseSandbox
  readonly can: (step: Ability) => boolean
  /** Asks the client for a step. @param as what the case calls it, for the judge */
  readonly ask: (step: Step, as?: string, asked?: Omit<Asked, 'step'>) => Promise<PlayedStep>
  /** Asks for the same step several times at once. */
  readonly together: (step: Step, times: number, as: string) => Promise<readonly PlayedStep[]>
  /** The same client a second time, over the same state directory; undefined when it could not be started. */
  readonly twin: () => Promise<CaseContext['ask'] | undefined>
  /** Holds requests at the provider until the case lets them go. */
  readonly hold: (operation: 'token' | 'resource', how?: Holding) => Held
  /** A server that is nobody's, for redirects that lead astray. */
  readonly stranger: () => Promise<Stranger>
  /** Ends the client without a word, whatever it is doing. */
  readonly kill: () => Promise<void>
  /** Watches the files of the client from now on. */
  readonly changes: () => Changes
  /** From the beginning to the callback: undefined when the client did not get there. */
  readonly begin: (how?: Connecting) => Promise<string | undefined>
  /** Connects the client, whichever way the provider begins. True once the callback was answered. */
  readonly connect: (how?: Connecting) => Promise<boolean>
  readonly restart: () => Promise<boolean>
  /** Tells a client that offers it that its own clock is wrong by so many seconds. */
  readonly clock: (seconds: number) => Promise<PlayedStep>
  /** From now on nobody listens at the token endpoint. */
  readonly shut: () => Promise<void>
  /** It can be reached again. */
  readonly open: () => Promise<void>
  /** Moves the provider's time on by seconds; the client's own clock stays. */
  readonly advance: (seconds: number) => void
  readonly fault: (options: FaultInput) => void
  /** Something that the case did itself, for the log. */
  readonly note: (step: string, note: string) => void
  /** Lets milliseconds go by for the client. */
  readonly pause: (milliseconds: number) => Promise<void>
  /** No fault waits any more, the person at the browser says yes again, and what the provider honours now is written down. */
  readonly calm: () => Promise<void>
  /** Ids of the tokens that the provider honoured then. */
  readonly honoured: () => readonly string[]
  /** The client has ended, or answers nothing any more. */
  readonly over: () => boolean
  /** What crossed the wire so far. */
  readonly entries: () => readonly JournalEntry[]
  readonly log: () => readonly PlayedStep[]
  /** What came to the stranger. */
  readonly strays: () => readonly StrayRequest[]
  /** What its twins wrote. */
  readonly twinsWritten: () => readonly Written[]
}

export interface RunningCase {
  readonly profile: Profile
  readonly sandbox: CaseSandbox
  readonly session: Session
  readonly steps: readonly string[]
  /** Starts the client once more. */
  readonly startTwin: () => Promise<Session>
  readonly stateDir: string
  /** Before the token endpoint, where a case needs one. */
  readonly gate?: Gate | undefined
  /** Real time unless told otherwise. */
  readonly pause?: ((milliseconds: number) => Promise<void>) | undefined
}

/** What was played, with what the server wrote down meanwhile. */
const createLog = (entries: () => readonly JournalEntry[]) => {
  const began = performance.now()
  const played: PlayedStep[] = []
  const begun = new Map<PlayedStep, number>()
  let serial = 0
  /** In the order in which steps began: which of two at the same time ends first is chance. */
  const put = (step: PlayedStep, order: number): void => {
    begun.set(step, order)
    const before = played.findLastIndex((other) => (begun.get(other) ?? 0) < order)
    played.splice(before + 1, 0, step)
  }
  let running = 0
  let group: { readonly before: number; readonly steps: PlayedStep[] } = { before: 0, steps: [] }
  const record = async (
    step: string,
    as: string,
    work: () => Promise<Answer>,
    { url, user, session }: Omit<Asked, 'step'> = {},
  ): Promise<PlayedStep> => {
    const at = performance.now() - began
    const before = entries().length
    serial += 1
    const order = serial
    running += 1
    if (running === 1) group = { before, steps: [] }
    const mine = group
    const { state, status, error, note, url: said } = await work()
    const shown = url ?? said
    const done: PlayedStep = {
      step,
      as,
      state,
      at,
      took: performance.now() - began - at,
      ...(user === undefined ? {} : { user }),
      ...(session === undefined ? {} : { session }),
      ...(shown === undefined ? {} : { url: shown }),
      ...(status === undefined ? {} : { status }),
      ...(error === undefined ? {} : { error }),
      ...(note === undefined ? {} : { note }),
      entries: entries().slice(before),
    }
    running -= 1
    mine.steps.push(done)
    put(done, order)
    // Steps that ran at the same time share what crossed the wire: which of them it came from, nobody can tell.
    if (running === 0 && mine.steps.length > 1) {
      const shared = entries().slice(mine.before)
      for (const step of mine.steps) Object.assign(step, { entries: shared })
    }
    return done
  }
  const note = (step: string, words: string): void => {
    serial += 1
    put({ step, as: step, state: 'ok', at: performance.now() - began, took: 0, note: words, entries: [] }, serial)
  }
  return { played, record, note }
}
type Log = ReturnType<typeof createLog>

/** Goes to the provider as a browser would, which is part of the log; ends at the redirect URI. */
const browse = async (log: Log, { address }: CaseSandbox, url: string): Promise<string | undefined> => {
  const done = await log.record('browser', 'browser', async () => {
    const { url: landed, status, page = '', outside } = await authorizeIn(url, address.redirectUri)
    if (landed !== undefined) return { state: 'ok', status, url: landed }
    // A place beyond this machine is where the client, or somebody through it, wanted the code to go.
    if (outside !== undefined) return { state: 'failed', status, url: outside, note: page }
    return { state: 'failed', status, note: `ended on a page: ${page.slice(0, 200)}` }
  })
  return done.state === 'ok' ? done.url : undefined
}

/** The callback of a connection that begins at the provider. */
const handOut = async (log: Log, profile: Profile, { double, provider, address }: CaseSandbox, user?: string): Promise<string> => {
  const installs = profile.starts === 'install'
  const { code, url } = await double.codes.mint(provider, {
    clientId: address.clientId,
    ...(user === undefined ? {} : { user }),
    ...(installs ? { redirectUri: address.redirectUri } : {}),
  })
  log.note('arrange', installs ? 'somebody pressed Install' : 'a code was made without a browser')
  if (url !== undefined && installs) return url
  const landed = new URL(address.redirectUri)
  landed.searchParams.set('code', code)
  return landed.href
}

/** Nothing comes of asking any more. */
const gone = /^(ended|killed|silent|junk|harness)$/

/** Plays for one client in one world. */
export const createCaseContext = ({
  profile,
  sandbox,
  session,
  steps,
  startTwin,
  stateDir,
  gate,
  pause = setTimeout,
}: RunningCase): CaseContext & AsyncDisposable => {
  const { double, provider } = sandbox
  const log = createLog(() => double.journal.entries({ provider }))
  let honoured: readonly string[] = []
  const can = (step: string): boolean => steps.includes(step)
  const ask: CaseContext['ask'] = (step, as = step, asked = {}) =>
    log.record(step, as, () => (can(step) ? session.ask({ step, ...asked }) : Promise.resolve({ state: 'unsupported' })), asked)

  const asked = ({ user, session: browser }: Connecting) => ({
    ...(user === undefined ? {} : { user }),
    ...(browser === undefined ? {} : { session: browser }),
  })
  let stranger: Stranger | undefined
  const twins: Session[] = []

  const authorize = async (how: Connecting): Promise<string | undefined> => {
    const { state, url: said } = await ask('authorize', `${how.as ?? 'connect'}: authorize`, asked(how))
    if (state !== 'ok' || said === undefined || !URL.canParse(said)) return undefined
    const url = new URL(said)
    how.asking?.(url)
    // Whose browser it is decides who says yes.
    if (how.user !== undefined) double.approvals.as(how.user, { provider, once: true })
    return browse(log, sandbox, url.href)
  }
  const begin: CaseContext['begin'] = async (how = {}) => {
    const landed = profile.starts === 'authorize' ? await authorize(how) : await handOut(log, profile, sandbox, how.user)
    return landed !== undefined && how.tamper ? tampered(landed, how.tamper) : landed
  }
  return {
    profile,
    sandbox,
    can,
    ask,
    together: (step, times, as) => Promise.all(Array.from({ length: times }, () => ask(step, as))),
    begin,
    connect: async (how = {}) => {
      const url = await begin(how)
      if (url === undefined) return false
      const { state } = await ask('callback', how.as ?? 'connect', { url, ...asked(how) })
      return state === 'ok'
    },
    twin: async () => {
      const twin = await startTwin()
      twins.push(twin)
      const { state } = await log.record('hello', 'twin: hello', () => twin.ask({ step: 'hello' }))
      if (state !== 'ok') return undefined
      return (step, as = step, what = {}) => log.record(step, as, () => twin.ask({ step, ...what }), what)
    },
    hold: (operation, how) => {
      log.note('arrange', `requests are held (${operation}${how?.phase === 'after' ? ', the reply waits' : ''})`)
      return holdRequests(double, provider, operation, how)
    },
    stranger: async () => {
      stranger ??= await openStranger()
      return stranger
    },
    changes: () => watchFiles(stateDir),
    kill: async () => void (await log.record('kill', 'kill', session.kill)),
    restart: async () => (await log.record('restart', 'restart', session.restart)).state === 'ok',
    clock: (seconds) =>
      log.record('clock', `its clock is wrong by ${seconds} seconds`, () =>
        can('clock') ? session.ask({ step: 'clock', now: Date.now() / 1000 + seconds }) : Promise.resolve({ state: 'unsupported' }),
      ),
    shut: async () => {
      await gate?.shut()
      log.note('arrange', 'nobody listens at the token endpoint')
    },
    open: async () => {
      await gate?.open()
      log.note('arrange', 'the token endpoint can be reached again')
    },
    advance: (seconds) => {
      double.clock.advance(seconds)
      log.note('arrange', `${seconds} seconds passed at the provider`)
    },
    fault: (options) => {
      fault(sandbox, options)
      log.note('arrange', `fault: ${options.kind} at ${options.operation}${options.times === undefined ? '' : `, ${options.times} times`}`)
    },
    note: log.note,
    pause,
    calm: async () => {
      double.faults.clear()
      double.approvals.reset()
      honoured = (await double.tokens.list({ provider, state: 'live' })).map(({ id }) => id)
    },
    honoured: () => honoured,
    over: () => log.played.some(({ state }) => gone.test(state)),
    entries: () => double.journal.entries({ provider }),
    log: () => log.played,
    strays: () => stranger?.met() ?? [],
    twinsWritten: () => twins.map((twin) => twin.written()),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(twins.map((twin) => twin.leave()))
      await stranger?.[Symbol.asyncDispose]()
    },
  }
}
