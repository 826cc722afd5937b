/** Carries out a schedule: one provider in a sandbox of its own, one client, two browsers, and time that moves when it is told to. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Double, FaultSpec, Hold, JournalEntry, ProviderAddress } from '../../index.js'
import { authorizeIn } from '../drivers/browser.js'
import type { Profile } from '../runner/profile.js'
import type { PlayedStep } from '../runner/step.js'
import type { Client, Which } from './client.js'
import { forgedState } from './forged.js'
import type { Recorder } from './recorder.js'
import type { Act, Customer, Moment, Stop, Trouble, Turn } from './schedule.js'
import type { Target, TroubleName } from './troubles.js'
import { faultOf, targetInWords } from './troubles.js'

/** What the parts of a world share. */
export interface World {
  readonly double: Double
  readonly profile: Profile
  readonly address: ProviderAddress
  readonly client: Client
  readonly recorder: Recorder
  /** Ids of the customers, as the provider knows them. */
  readonly users: readonly string[]
  /** Milliseconds that a step may take. */
  readonly limit: number
  /** Which trouble each fault of the sandbox is. */
  readonly troubles: Map<string, TroubleName>
  /** Where each browser is on its way. */
  readonly browsers: Map<'a' | 'b', Journey>
  /** How far the client's clock is wrong, in seconds. */
  skew: number
}

interface Journey {
  /** Where it landed. */
  readonly url: string
  readonly done: boolean
}

/** Milliseconds without a request after which whoever has not answered waits for somebody else. */
const settled = 40

const names = ['the first customer', 'the second customer'] as const

export const entriesOf = ({ double, profile }: World): readonly JournalEntry[] => double.journal.entries({ provider: profile.provider })

const which = (act: Act): Which => ('second' in act && act.second ? 1 : 0)

/** The customer of a turn, for clients that keep several apart. */
const userOf = ({ client, users }: World, customer: Customer = 0): { readonly user?: string } => {
  const user = client.can('customers') ? users[customer] : undefined
  return user === undefined ? {} : { user }
}

const customerOf = (act: Act): Customer => ('customer' in act ? (act.customer ?? 0) : 0)

const asOf = (world: World, act: Act, step: string): string => {
  const whose = world.client.can('customers') && customerOf(act) === 1 ? ` for ${names[1]}` : ''
  return `${step}${whose}${which(act) === 1 ? ' in the second process' : ''}`
}

/** Moves the provider's clock, and the client's where that can be done. */
export const advance = async (world: World, seconds: number): Promise<void> => {
  world.double.clock.advance(Math.max(0, Math.round(seconds)))
  await world.client.setClock(world.double.clock.now() + world.skew)
}

/** The end of the newest access token, in epoch seconds. */
const newestEnd = (world: World): number => {
  const now = world.double.clock.now()
  const issued = entriesOf(world).flatMap((entry) => entry.issued ?? [])
  const token = issued.findLast(({ kind }) => kind === 'access_token')
  return token?.expiresAt ?? now + (world.profile.settings.access.lifetime ?? 3600)
}

const moments: { readonly [M in Moment]: { readonly words: string; readonly seconds: (world: World, now: number) => number } } = {
  'before-its-end': { words: 'the access token is about to expire', seconds: (world, now) => newestEnd(world) - 10 - now },
  'at-its-end': { words: 'the access token expires this very second', seconds: (world, now) => newestEnd(world) - now },
  'after-its-end': { words: 'the access token has expired', seconds: (world, now) => newestEnd(world) + 100 - now },
  'some-minutes': { words: 'ten minutes pass', seconds: () => 600 },
  'a-month': { words: 'thirty days pass', seconds: () => 2_592_000 },
}

const add = (
  { double, profile, troubles }: World,
  { operation, grant }: Target,
  spec: FaultSpec,
  times: number,
  name: TroubleName,
): void => {
  const at = { provider: profile.provider, operation, times, ...(grant === undefined ? {} : { when: { grantType: grant } }) }
  troubles.set(double.faults.add({ ...spec, ...at }).id, name)
}

const makeTrouble = (world: World, trouble: Trouble): void => {
  const { fault, times = 1 } = trouble
  add(world, trouble, faultOf(fault), times, fault)
  if (trouble.operation === 'resource') add(world, { operation: 'userinfo' }, faultOf(fault), times, fault)
  const often = times === 1 ? `the next ${targetInWords(trouble)}` : `the next ${times} requests (${targetInWords(trouble)})`
  world.recorder.note(`trouble: ${fault} at ${often}`)
}

const ask = (
  world: World,
  act: Act,
  step: string,
  more: { readonly url?: string; readonly session?: string } = {},
  as = step,
): Promise<PlayedStep> => {
  const asked = { ...userOf(world, customerOf(act)), ...more }
  return world.recorder.step(
    step,
    asOf(world, act, as),
    () => (world.client.can(step) ? world.client.ask(which(act), { step, ...asked }) : Promise.resolve({ state: 'unsupported' })),
    asked,
  )
}

const browse = async ({ recorder, address, limit }: World, url: string): Promise<string | undefined> => {
  const done = await recorder.step('browser', 'browser', async () => {
    const { url: landed, status, page = '', outside } = await authorizeIn(url, address.redirectUri, { within: limit })
    if (landed !== undefined) return { state: 'ok', status, url: landed }
    return { state: 'failed', status, note: page.slice(0, 200), ...(outside === undefined ? {} : { url: outside }) }
  })
  return done.state === 'ok' ? done.url : undefined
}

/** The callback of a connection that begins at the provider. */
const handOut = async ({ double, profile, address }: World, user: string | undefined): Promise<string> => {
  const installs = profile.starts === 'install'
  const who = user === undefined ? {} : { user }
  const { code, url } = await double.codes.mint(profile.provider, { ...who, ...(installs ? { redirectUri: address.redirectUri } : {}) })
  if (url !== undefined && installs) return url
  const landed = new URL(address.redirectUri)
  landed.searchParams.set('code', code)
  return landed.href
}

/** From the link to the redirect URI; otherwise the step at which it ended. */
export const begin = async (
  world: World,
  act: Act,
  session?: string,
  as = 'authorize',
): Promise<{ readonly url: string } | { readonly stuck: PlayedStep | undefined }> => {
  const { double, profile } = world
  const { user } = userOf(world, customerOf(act))
  if (profile.starts !== 'authorize') return { url: await handOut(world, user) }
  const asked = await ask(world, act, 'authorize', session === undefined ? {} : { session }, as)
  if (asked.state !== 'ok' || asked.url === undefined || !URL.canParse(asked.url)) return { stuck: asked }
  const once = { provider: profile.provider, once: true }
  if (act.do === 'connect' && act.denied) double.approvals.deny(once)
  else if (user !== undefined) double.approvals.as(user, once)
  const url = await browse(world, asked.url)
  // Where the browser never came to the question, its answer is not kept for somebody else.
  double.approvals.reset()
  return url === undefined ? { stuck: undefined } : { url }
}

const connect = async (world: World, act: Act): Promise<void> => {
  const begun = await begin(world, act)
  if ('url' in begun) await ask(world, act, 'callback', { url: begun.url })
}

const sessionOf = ({ client }: World, browser: 'a' | 'b'): { readonly session?: string } =>
  client.can('sessions') ? { session: browser } : {}

const finish = async (world: World, act: Act & { readonly do: 'finish' }): Promise<void> => {
  const { browsers } = world
  const mine = browsers.get(act.browser)
  const other = browsers.get(act.browser === 'a' ? 'b' : 'a')
  const session = sessionOf(world, act.browser)
  if (act.how === 'swapped') {
    if (other && !other.done && mine)
      await ask(
        world,
        act,
        'callback',
        { url: other.url, ...session },
        `callback that belongs to browser ${act.browser === 'a' ? 'b' : 'a'}`,
      )
    return
  }
  if (!mine || (act.how === 'again') !== mine.done) return
  browsers.set(act.browser, { ...mine, done: true })
  const url = { url: mine.url, ...session }
  if (act.how === 'twice')
    await Promise.all([ask(world, act, 'callback', url, 'callback'), ask(world, act, 'callback', url, 'the same callback at once')])
  else await ask(world, act, 'callback', url, act.how === 'own' ? 'callback' : 'the same callback again')
}

/** Somebody else's code, with a state that is not the one that the client sent. */
const forge = async (world: World, act: Act & { readonly do: 'forge' }): Promise<void> => {
  const { double, profile, address, users, browsers } = world
  const mine = browsers.get(act.browser)
  const landed = new URL(mine?.url ?? address.redirectUri)
  const state = forgedState(act.how, landed.searchParams.get('state') ?? undefined, mine?.done === true)
  if (state === undefined) return
  const stranger = users.at(-1)
  const minted = await double.codes
    .mint(profile.provider, { ...(stranger === undefined ? {} : { user: stranger }), redirectUri: address.redirectUri })
    .catch(() => undefined)
  if (!minted) return
  const url = new URL(address.redirectUri)
  for (const [name, value] of landed.searchParams) if (name !== 'code' && name !== 'state') url.searchParams.set(name, value)
  url.searchParams.set('code', minted.code)
  if (state.send !== undefined) url.searchParams.set('state', state.send)
  await ask(world, act, 'callback', { url: url.href, ...sessionOf(world, act.browser) }, `forged callback (${act.how})`)
}

/** Stops the next request of its kind. An API call may be one for the user information. */
const stopAt = ({ double, profile }: World, { operation, grant, phase }: Stop, limit: number): readonly Hold[] =>
  (operation === 'resource' ? (['resource', 'userinfo'] as const) : [operation]).map((one) =>
    double.faults.hold(profile.provider, one, { phase, limit, ...(grant === undefined ? {} : { when: { grantType: grant } }) }),
  )

const arrivedAt = (holds: readonly Hold[]): Promise<unknown> =>
  Promise.race(holds.map((hold) => hold.arrived().catch(() => new Promise(() => {}))))

/** Waits for work, or until no request has come for a while: then it waits for what is stopped. */
const untilQuiet = async (world: World, work: Promise<unknown>): Promise<void> => {
  let done = false
  const ended = work.then(() => {
    done = true
  })
  let seen = -1
  while (!done) {
    const now = entriesOf(world).length
    if (now === seen) return
    seen = now
    await Promise.race([ended, pause(settled)])
  }
}

const stepOf = (world: World, act: Act, step: 'connect' | 'call' | 'refresh', as: string = step): Promise<unknown> =>
  step === 'connect' ? connect(world, act) : ask(world, act, step, {}, as)

const release = (holds: readonly Hold[], lost: boolean): void => {
  for (const hold of holds) {
    if (hold.held() > 0) (lost ? hold.lose : hold.release)()
    hold.clear()
  }
}

const overlap = async (world: World, act: Act & { readonly do: 'overlap' }): Promise<void> => {
  const holds = stopAt(world, act.stop, Math.max(2, world.limit / 2000))
  world.recorder.note(
    `the ${targetInWords(act.stop)} of the first is stopped ${act.stop.phase === 'before' ? 'before it is decided' : 'when its reply is ready'}`,
  )
  const { second, ...plain } = act
  const first = stepOf(world, plain, act.first, `${act.first}, at the same time`)
  await Promise.race([first, arrivedAt(holds)])
  const then = stepOf(world, act, act.beside, `${act.beside}, at the same time`)
  await untilQuiet(world, then)
  release(holds, act.lost === true)
  await Promise.all([first, then])
}

const crash = async (world: World, act: Act & { readonly do: 'crash' }): Promise<void> => {
  const { client, recorder } = world
  const one = which(act)
  if (act.during) {
    const { step, stop } = act.during
    const holds = stopAt(world, stop, Math.max(2, world.limit / 2000))
    recorder.note(
      `the client is killed while its ${targetInWords(stop)} is stopped ${stop.phase === 'before' ? 'before it is decided' : 'when its reply is ready'}`,
    )
    const running = stepOf(world, act, step)
    await Promise.race([running, arrivedAt(holds)])
    await client.kill(one)
    release(holds, true)
    await running
  } else {
    recorder.note('the client is killed')
    await client.kill(one)
  }
  await recorder.step('restart', asOf(world, act, 'restart'), () => client.restart(one))
}

const end = async ({ double, profile, recorder }: World, what: 'connection' | 'access-token'): Promise<void> => {
  const { provider } = profile
  if (what === 'connection') {
    await double.tokens.revoke({ provider, state: 'live' })
    recorder.note('the customer ends the connection at the provider')
  } else {
    await double.tokens.expire({ provider, kind: 'access_token', state: 'live' })
    recorder.note('the provider ends the access token early')
  }
}

const perform = async (world: World, act: Act): Promise<void> => {
  const { recorder } = world
  switch (act.do) {
    case 'connect':
      return connect(world, act)
    case 'begin': {
      const begun = await begin(world, act, sessionOf(world, act.browser).session)
      if ('url' in begun) world.browsers.set(act.browser, { url: begun.url, done: false })
      return
    }
    case 'finish':
      return finish(world, act)
    case 'forge':
      return forge(world, act)
    case 'call':
    case 'refresh': {
      const { times = 1 } = act
      const as = times === 1 ? act.do : `${act.do}, ${times} times at once`
      await Promise.all(Array.from({ length: times }, () => ask(world, act, act.do, {}, as)))
      return
    }
    case 'revoke':
      return void (await ask(world, act, 'revoke'))
    case 'overlap':
      return overlap(world, act)
    case 'crash':
      return crash(world, act)
    case 'end':
      return end(world, act.what)
    case 'rotate-keys':
      await world.double.keys.rotate(world.profile.provider)
      return recorder.note('the provider signs with a new key')
    default:
      world.skew = act.seconds
      await world.client.setClock(world.double.clock.now() + world.skew)
      return recorder.note(`the client's clock is ${Math.abs(act.seconds)} seconds ${act.seconds < 0 ? 'slow' : 'fast'}`)
  }
}

/** Plays one turn: time first, then what goes wrong, then the act. */
export const playTurn = async (world: World, { wait, trouble, act }: Turn): Promise<void> => {
  if (wait !== undefined) {
    await advance(world, moments[wait].seconds(world, world.double.clock.now()))
    world.recorder.note(moments[wait].words)
  }
  if (trouble !== undefined) makeTrouble(world, trouble)
  await perform(world, act)
}
