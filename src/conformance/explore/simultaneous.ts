/** Two things at once, in an order that is made and not hoped for: a request is stopped at the provider until the other is through. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Hold } from '../../index.js'
import { connect } from './browsers.js'
import type { Act, Stop } from './schedule.js'
import { targetInWords } from './troubles.js'
import type { World } from './world.js'
import { ask, asOf, entriesOf, whichOf } from './world.js'

/** Milliseconds without a request after which whoever has not answered waits for somebody else. */
const settled = 40

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

/** Two steps at once. */
export const overlap = async (world: World, act: Act & { readonly do: 'overlap' }): Promise<void> => {
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

/** Ends the client without a word, and starts it again. */
export const crash = async (world: World, act: Act & { readonly do: 'crash' }): Promise<void> => {
  const { client, recorder } = world
  const one = whichOf(act)
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
