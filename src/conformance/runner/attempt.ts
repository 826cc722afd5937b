/** Plays one case once: a world, a client, the play, and the judge's word on it. */

import type { Provider } from '../../index.js'
import type { Answer, ClientEnvironment, Driver, Session, Written } from '../drivers/driver.js'
import { makeFolder, removeFolder } from '../drivers/folders.js'
import type { Output } from '../invariants/history.js'
import { askAfterwards } from './afterwards.js'
import { brokenInvariants } from './always.js'
import type { Case, Played } from './case.js'
import type { CaseContext } from './caseContext.js'
import { createCaseContext } from './caseContext.js'
import type { CaseSandbox, CaseSandboxes, ProviderOverrides } from './caseSandbox.js'
import type { Gate } from './gate.js'
import { openGate } from './gate.js'
import { endInWords, judgeCase, unplayed } from './judge.js'
import { logsIn, wasKilled } from './logs.js'
import type { Profile } from './profile.js'
import { profileAt, profileOf } from './profile.js'
import { createRedaction } from './redaction.js'
import { redirectAddressOf } from './redirectAddress.js'
import { caseId } from './select.js'
import type { PlayedStep } from './step.js'
import type { CaseResult, CheckResult, ClientEnd, StepLog } from './verdict.js'
import { worst } from './verdict.js'

/** What all cases of a run have in common. */
export interface CaseSetup {
  readonly provider: Provider
  readonly driver: Driver
  readonly overrides: ProviderOverrides
  readonly sandboxes: CaseSandboxes
  readonly seed: string
  /** Ids of all cases of the provider, in their order. */
  readonly places: readonly string[]
}

export interface Attempt {
  readonly result: CaseResult
  /** What the client said about itself. */
  readonly hello: Answer
}

/** The world as a client sees it that has a redirect URI of its own. */
const at = (sandbox: CaseSandbox, redirectUri: string | undefined): CaseSandbox =>
  redirectUri === undefined ? sandbox : { ...sandbox, address: { ...sandbox.address, redirectUri } }

/** The world as a client sees it whose token endpoint is behind a gate. */
const behind = (sandbox: CaseSandbox, gate: Gate | undefined): CaseSandbox =>
  gate === undefined ? sandbox : { ...sandbox, address: { ...sandbox.address, tokenUrl: gate.url } }

/** The world for another client, whose secret is this one. */
const withCredentials = async (sandbox: CaseSandbox, secret: string | undefined): Promise<CaseSandbox> => {
  if (secret === undefined) return sandbox
  const { double, provider, address } = sandbox
  const issued = address.username !== undefined
  const { clientId, username } = await double.clients.register(provider, {
    redirectUris: [address.redirectUri],
    loopback: true,
    clientSecret: secret,
    ...(address.scope === undefined ? {} : { scope: address.scope }),
    ...(issued ? { username: 'conformance', password: secret } : {}),
  })
  const more = issued ? { username: username ?? '', password: secret } : { clientSecret: secret }
  return { ...sandbox, address: { ...address, clientId, ...more } }
}

const givenOf = ({ provider, issuer }: Profile, sandbox: CaseSandbox, stateDir: string): ClientEnvironment => ({
  ...sandbox.address,
  provider,
  issuer,
  stateDir,
})

const quoted = (flag: string): string => (/^[\w@%+=:,./-]+$/.test(flag) ? flag : `'${flag.replaceAll("'", "'\\''")}'`)

const reproduceOf = ({ provider, driver, overrides, seed }: CaseSetup, { topic, name }: Case): string => {
  const turned = Object.entries(overrides.quirks ?? {}).flatMap(([quirk, toggle]) => ['--quirk', `${quirk}=${toggle}`])
  const flags = [
    '--provider',
    provider.id,
    '--case',
    `${topic}/${name}`,
    '--seed',
    seed,
    ...(overrides.tolerant ? ['--tolerant'] : []),
    ...turned,
  ]
  return ['npx authdouble conform', ...[...flags, ...driver.flags].map(quoted)].join(' ')
}

const titled = (setting: CaseSetup, one: Case) => ({
  id: caseId(setting.provider.id, one),
  provider: setting.provider.id,
  topic: one.topic,
  name: one.name,
  title: one.title,
})

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What is missing, where the client did not say so itself. */
const words: { readonly [ability: string]: string } = {
  restart: 'the client cannot be restarted from here',
  kill: 'the client cannot be killed from here',
  clock: 'the client says that nobody can tell it the time',
  gate: 'the client already runs, and knows one address of the token endpoint',
}

const lacks = (one: Case, steps: readonly string[]): string | undefined => {
  const missing = one.needs.find((step) => !steps.includes(step))
  if (missing === undefined) return undefined
  return words[missing] ?? `the client says that it has no ${missing}`
}

/** Why a case was not played, when it was not. */
interface Hindrance {
  readonly verdict: 'not-applicable' | 'not-exercised' | 'error'
  readonly why: string
}

/** What the client wrote beside its answers. */
const outputOf = (...written: readonly Written[]): readonly Output[] =>
  written.flatMap(({ stdout, stderr }) => [
    { where: 'standard error', text: stderr },
    { where: 'standard output', text: stdout },
  ])

/** Plays a case as far as the client can be asked at all. */
const perform = async (
  one: Case,
  context: CaseContext,
  hello: Answer,
  steps: readonly string[],
  plain: boolean | null,
): Promise<Hindrance | undefined> => {
  if (hello.state === 'harness') return { verdict: 'error', why: hello.note ?? 'the client could not be started' }
  if (hello.state !== 'ok' && one.mayBeRefused !== undefined && plain === true) return { verdict: 'not-applicable', why: one.mayBeRefused }
  if (hello.state !== 'ok') return { verdict: 'not-exercised', why: hello.note ?? hello.state }
  const lacking = lacks(one, steps)
  if (lacking !== undefined) return { verdict: 'not-applicable', why: lacking }
  try {
    await one.play(context)
    // A client that does not even pass the plain case says nothing by not working.
    if (plain === true && one.afterwards !== false) await askAfterwards(context)
    // What a step returned was of no documented type: the client's author has to say what is meant.
    const unread = context.log().find(({ state }) => state === 'harness')
    return unread && { verdict: 'error', why: unread.note ?? `${unread.step} could not be read` }
  } catch (error) {
    // Not the client's doing: what the client does wrong comes back as the state of a step.
    return { verdict: 'error', why: `the case could not be played: ${reason(error)}` }
  }
}

/** What helps a client whose port is taken, by itself in another case as a rule. */
const collision = ({ steps, output = [] }: Played): string =>
  [...steps.map(({ error, note }) => `${error?.message} ${error?.code} ${note}`), ...output.map(({ text }) => text)].some((text) =>
    text.includes('EADDRINUSE'),
  )
    ? ' (the client could not listen, since its port is taken: let it listen at the redirect URI that it is given, or run with --jobs 1)'
    : ''

type Hide = (text: string) => string

const shownCheck = (hide: Hide, check: CheckResult): CheckResult => ({
  ...check,
  ...(check.seen === undefined ? {} : { seen: hide(check.seen) }),
  ...(check.why === undefined ? {} : { why: hide(check.why) }),
})

const shownStep = (hide: Hide, { entries, as, url, note, error, ...step }: PlayedStep): StepLog => ({
  ...step,
  ...(as === step.step ? {} : { as }),
  ...(url === undefined ? {} : { url: hide(url) }),
  ...(note === undefined ? {} : { note: hide(note) }),
  ...(error === undefined ? {} : { error: { ...error, message: hide(error.message).slice(0, longestMessage) } }),
  ...(entries.length === 0 ? {} : { exchanges: entries.map(({ id }) => id) }),
})

const judged = (one: Case, played: Played, plain: boolean | null, hindrance: Hindrance | undefined): readonly CheckResult[] => {
  const checks = one.checks(played.profile)
  if (!hindrance) {
    const own = judgeCase(checks, one.judge, played, { end: played.end, plain })
    return [...own, ...brokenInvariants(played, plain, own)]
  }
  const why = hindrance.verdict === 'not-exercised' ? `${endInWords(played.end)}: ${hindrance.why}` : hindrance.why
  return unplayed(checks, hindrance.verdict, why)
}

/** Characters of a message that a report shows. */
const longestMessage = 1000

/** Characters of standard error that a report keeps. */
const tail = 8192

/** @param plain whether the client passed the plain case; null while that is being found out @param turn makes repetitions differ */
export const attempt = async (setting: CaseSetup, one: Case, plain: boolean | null, turn: number): Promise<Attempt> => {
  const { provider, driver, sandboxes, seed, overrides } = setting
  const began = performance.now()
  const named = titled(setting, one)
  const quirks = one.quirks?.(profileOf(provider, overrides.quirks)) ?? {}
  const documented = profileOf(provider, { ...overrides.quirks, ...quirks })
  const stateDir = makeFolder('authdouble-client-')
  await using opened = await sandboxes.open(`${one.topic}-${one.name}`, quirks, `${seed}:${named.id}:${turn}`)
  const own = driver.redirectUri ?? (await redirectAddressOf(opened.address.redirectUri, setting.places.indexOf(named.id)))
  // A client that already runs knows where everything is.
  const gated = one.needs.includes('gate') && driver.port === undefined
  await using gate = gated ? await openGate(opened.address.tokenUrl) : undefined
  const sandbox = await withCredentials(behind(at(opened, own), gate), one.credentials)
  const profile = profileAt(documented, sandbox.address.baseUrl)
  try {
    const given = givenOf(profile, sandbox, stateDir)
    const session: Session = await driver.start(given)
    const hello = await session.ask({ step: 'hello' })
    const steps = [
      ...(hello.steps ?? []),
      ...(driver.restarts ? ['restart'] : []),
      ...(driver.kills ? ['kill'] : []),
      ...(gate ? ['gate'] : []),
    ]
    await using context = createCaseContext({
      profile,
      sandbox,
      session,
      steps,
      startTwin: () => driver.start(given),
      stateDir,
      gate,
      pause: driver.pause,
    })
    const hindrance = await perform(one, context, hello, steps, plain)
    const left = await session.leave()
    const end: ClientEnd = hello.state === 'ok' ? left : { ...left, how: 'never-started' }
    const entries = sandbox.double.journal.entries({ provider: provider.id })
    const hidden = createRedaction(sandbox.address, entries, { seed: `${seed}:${named.id}` })
    const { clientSecret, password, assertion, redirectUri } = sandbox.address
    const played: Played = {
      profile,
      redirectUri,
      entries,
      steps: context.log(),
      end,
      credentials: [clientSecret, password, assertion].filter((one) => one !== undefined),
      output: [
        ...outputOf(session.written(), ...context.twinsWritten()),
        ...(await logsIn(stateDir, hello.store, wasKilled(context.log()))),
      ],
      strays: context.strays(),
      honoured: context.honoured(),
      passive: false,
    }
    const collided = collision(played)
    const checks = judged(one, played, plain, hindrance).map((check) => shownCheck((text) => `${hidden.text(text)}${collided}`, check))
    const result: CaseResult = {
      ...named,
      verdict: worst(checks.map(({ verdict }) => verdict)),
      checks,
      exchanges: hidden.entries,
      steps: context.log().map((step) => shownStep(hidden.text, step)),
      end,
      // Hidden before it is cut, so that no half of a secret is left.
      stderr: hidden.text(session.written().stderr).slice(-tail),
      took: performance.now() - began,
      reproduce: reproduceOf(setting, one),
    }
    return { result, hello }
  } finally {
    // Something of the client may still write there, and what it leaves is no part of the verdict.
    await removeFolder(stateDir)
  }
}

/** A case that was not played at all. */
export const notPlayed = (
  setting: CaseSetup,
  one: Case,
  why: string,
  verdict: 'not-exercised' | 'error' = 'not-exercised',
): CaseResult => ({
  ...titled(setting, one),
  verdict,
  checks: unplayed(one.checks(profileOf(setting.provider, setting.overrides.quirks)), verdict, why),
  exchanges: [],
  steps: [],
  end: { how: 'never-started' },
  stderr: '',
  took: 0,
  reproduce: reproduceOf(setting, one),
})
