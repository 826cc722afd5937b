/** Carries out the turns of a schedule. */

import type { FaultSpec } from '../../index.js'
import type { Profile } from '../runner/profile.js'
import { begin, connect, finish, forge, sessionOf } from './browsers.js'
import type { Act, ends, Moment, Trouble, Turn } from './schedule.js'
import { crash, overlap } from './simultaneous.js'
import type { Target, TroubleName } from './troubles.js'
import { faultOf, redirecting, targetInWords } from './troubles.js'
import type { World } from './world.js'
import { advance, ask, entriesOf } from './world.js'

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
  'after-the-end-of-the-code': { words: 'the code has expired', seconds: ({ profile }) => profile.codeLives + 10 },
  'after-the-end-of-the-refresh-token': {
    words: 'the refresh token has expired',
    seconds: ({ profile }) => (refreshTokenLives(profile) ?? 0) + 10,
  },
  'some-minutes': { words: 'ten minutes pass', seconds: () => 600 },
  'a-month': { words: 'thirty days pass', seconds: () => 2_592_000 },
}

/** Seconds after which a refresh token that nobody uses has surely ended; undefined where it does not. */
export const refreshTokenLives = ({ settings: { refresh } }: Profile): number | undefined => {
  const ends = [refresh.lifetime, refresh.idle, refresh.hardStop].filter((one) => one !== null)
  return ends.length === 0 ? undefined : Math.min(...ends)
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

/** A place of another name, and on this machine: what a client takes along to it can be seen. */
const elsewhere = ({ address }: World): string => {
  const url = new URL(`${address.baseUrl}/elsewhere`)
  url.hostname = 'localhost'
  return url.href
}

const specOf = (world: World, name: TroubleName): FaultSpec => {
  const spec = faultOf(name)
  return redirecting.has(name) && spec.kind === 'status' ? { ...spec, headers: { location: elsewhere(world) } } : spec
}

const makeTrouble = (world: World, trouble: Trouble): void => {
  const { fault, times = 1 } = trouble
  add(world, trouble, specOf(world, fault), times, fault)
  if (trouble.operation === 'resource') add(world, { operation: 'userinfo' }, specOf(world, fault), times, fault)
  const often = times === 1 ? `the next ${targetInWords(trouble)}` : `the next ${times} requests (${targetInWords(trouble)})`
  world.recorder.note(`trouble: ${fault} at ${often}`)
}

const end = async ({ double, profile, recorder }: World, what: (typeof ends)[number]): Promise<void> => {
  const { provider } = profile
  if (what === 'connection') {
    await double.tokens.revoke({ provider, state: 'live' })
    recorder.note('the customer ends the connection at the provider')
  } else if (what === 'access-token') {
    await double.tokens.expire({ provider, kind: 'access_token', state: 'live' })
    recorder.note('the provider ends the access token early')
  } else {
    await double.tokens.revoke({ provider, kind: 'refresh_token', state: 'live' })
    recorder.note('the provider ends the refresh token, and leaves the access token')
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
    case 'assertion':
      return void (await ask(world, act, act.do))
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
