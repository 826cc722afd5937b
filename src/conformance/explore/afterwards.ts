/** What every schedule ends with: faults have ceased, and each connection is asked whether it still works. */

import { setTimeout as pause } from 'node:timers/promises'
import type { JournalEntry } from '../../index.js'
import { calls, fine, tokenRequests } from '../cases/reading.js'
import { newestDelivered } from '../invariants/connection.js'
import { afterwards } from '../invariants/history.js'
import type { PlayedStep } from '../runner/step.js'
import { begin } from './browsers.js'
import type { Which } from './client.js'
import { disbelieved } from './idTokens.js'
import type { World } from './world.js'
import { advance, entriesOf } from './world.js'

/** What was known when one connection was asked. */
export interface Probe {
  readonly user?: string
  readonly which: Which
  readonly works: boolean
  /** Ids of the tokens that the provider honoured then; none where the client had left by itself. */
  readonly honoured: readonly string[]
  /** What had crossed the wire, and been played, when it was over; its own steps are the last so many. */
  readonly entries: readonly JournalEntry[]
  readonly steps: readonly PlayedStep[]
  readonly own: number
}

/** Longer than any Retry-After that was said, in seconds of the provider. */
const rest = 60
/** Longer than a client may reasonably stay away by itself, in seconds of the provider. */
const patience = 1200
/** Milliseconds of real time after which a Retry-After of a second is over. */
const second = 1100

const reaches = ({ entries }: PlayedStep): boolean => calls(entries).some(fine)

interface Asking {
  readonly world: World
  readonly which: Which
  readonly user?: string
}

const ask = ({ world, which, user }: Asking, step: string, as: string): Promise<PlayedStep> => {
  const who = user === undefined ? {} : { user }
  return world.recorder.step(step, as, () => world.client.ask(which, { step, ...who }), who)
}

const tries = async (asking: Asking): Promise<boolean> => {
  const { client } = asking.world
  if (!client.can('call')) {
    const { state, entries } = await ask(asking, 'refresh', `${afterwards}: refresh`)
    return state === 'ok' && tokenRequests(entries).some(fine)
  }
  if (reaches(await ask(asking, 'call', afterwards))) return true
  if (!client.can('refresh')) return false
  await ask(asking, 'refresh', `${afterwards}: refresh`)
  return reaches(await ask(asking, 'call', `${afterwards}: once more`))
}

/** A client that said goodbye holds nothing that could be lost. */
const hasLeft = (log: readonly PlayedStep[], user: string | undefined): boolean => {
  const mine = log.filter((step) => step.user === user)
  const refused = disbelieved(log)
  const connects = (entries: readonly JournalEntry[]): boolean => tokenRequests(entries).some((one) => fine(one) && !refused.includes(one))
  const connected = mine.findLastIndex(({ step, entries }) => (step === 'callback' || step === 'assertion') && connects(entries))
  return mine.findLastIndex(({ step, state }) => step === 'revoke' && state !== 'unsupported') > connected
}

const isOver = (log: readonly PlayedStep[]): boolean => /^(ended|killed|silent|junk|harness)$/.test(log.at(-1)?.state ?? '')

/** Some clients wait after a 429 in real time, whatever else they are told. */
const throttled = (world: World): boolean => entriesOf(world).some(({ response }) => response.status === 429)

/** Does something; where it did not come to what counts after a Retry-After, once more when that is over. */
const patiently = async (world: World, counts: (sent: readonly JournalEntry[]) => boolean, work: () => Promise<unknown>): Promise<void> => {
  const before = entriesOf(world).length
  await work()
  if (!throttled(world) || counts(entriesOf(world).slice(before))) return
  await pause(second)
  await work()
}

const probe = async (world: World, which: Which, user: string | undefined): Promise<Probe> => {
  const { double, profile, recorder } = world
  const asking: Asking = { world, which, ...(user === undefined ? {} : { user }) }
  const live = (await double.tokens.list({ provider: profile.provider, state: 'live' })).map(({ id }) => id)
  const honoured = hasLeft(recorder.log(), user) ? [] : live
  const newest = newestDelivered(entriesOf(world), disbelieved(recorder.log()))
  const before = recorder.log().length
  let works = await tries(asking)
  // Patience helps only where there is still something to use.
  if (!works && newest !== undefined && honoured.includes(newest.id) && !isOver(recorder.log())) {
    await advance(world, patience)
    await patiently(
      world,
      () => works,
      async () => {
        works = await tries(asking)
      },
    )
  }
  const steps = [...recorder.log()]
  return {
    ...(user === undefined ? {} : { user }),
    which,
    works,
    honoured,
    entries: [...entriesOf(world)],
    steps,
    own: steps.length - before,
  }
}

const connectAnew = async ({ world, user }: Asking): Promise<void> => {
  const customer = user !== undefined && user === world.users[1] ? 1 : 0
  const begun = await begin(world, { do: 'connect', customer }, undefined, `${afterwards}: connect`)
  if (!('url' in begun)) return
  const asked = { url: begun.url, ...(user === undefined ? {} : { user }) }
  await world.recorder.step('callback', `${afterwards}: connect`, () => world.client.ask(0, { step: 'callback', ...asked }), asked)
}

const reconnect = async (world: World, user: string | undefined): Promise<void> => {
  const asking: Asking = { world, which: 0, ...(user === undefined ? {} : { user }) }
  const redeemed = (entries: readonly JournalEntry[]): boolean => tokenRequests(entries).length > 0
  const before = entriesOf(world).length
  await patiently(world, redeemed, () => connectAnew(asking))
  if (throttled(world) && !redeemed(entriesOf(world).slice(before))) {
    // A client that was asked to wait while its clock was fast waits until that time has come by its right clock.
    await advance(world, patience)
    await connectAnew(asking)
  }
  const callback = world.recorder.log().findLast(({ step, as }) => step === 'callback' && as === `${afterwards}: connect`)
  if (!callback || !world.client.can('call')) return
  await patiently(
    world,
    (entries) => calls(entries).length > 0,
    () => ask(asking, 'call', `${afterwards}: call`),
  )
}

/** Ends the trouble, asks for every connection in every process, and makes anew what does not work. */
export const askAfterwards = async (world: World, users: readonly (string | undefined)[]): Promise<readonly Probe[]> => {
  const { double, client, recorder } = world
  double.faults.clear()
  double.approvals.reset()
  world.skew = 0
  await advance(world, rest)
  // A process that ended by itself is started again, as whoever runs it would.
  if (recorder.log().some(({ state }) => /^(ended|silent|junk)$/.test(state)) && client.can('restart'))
    for (const one of client.started()) await recorder.step('restart', 'restart', () => client.restart(one))
  const probes: Probe[] = []
  for (const user of users) {
    for (const one of client.started()) probes.push(await probe(world, one, user))
    if (!probes.some((one) => one.user === user && one.works)) await reconnect(world, user)
  }
  return probes
}
