/** Brings requests into an order: they are held at the provider, and let go when the case says so. */

import type { Double } from '../../index.js'
import { afterOwnTime } from '../drivers/ownTime.js'

export interface Held {
  /**
   * Resolves once so many requests came, and says whether they did.
   *
   * @param over the step that was to bring them: once it is over, none comes any more
   * @param within milliseconds after which a request that has not come does not come; without it, only the step's end says so
   */
  readonly arrived: (count: number, over: Promise<unknown>, within?: number) => Promise<boolean>
  /** Lets everything go on that is held, in the order in which it came, and holds nothing more. */
  readonly release: () => void
  /** Lets the longest held request go on, and goes on holding the others. */
  readonly next: () => void
}

export interface Holding {
  readonly grantType?: string
  readonly phase?: 'before' | 'after'
  /** How many requests are held; all by default. */
  readonly times?: number
}

/** API calls are held wherever this client makes them. */
const operationsOf = (operation: 'token' | 'resource') =>
  operation === 'token' ? (['token'] as const) : (['resource', 'userinfo'] as const)

export const holdRequests = (
  double: Double,
  provider: string,
  operation: 'token' | 'resource',
  { grantType, phase, times }: Holding = {},
): Held => {
  const holds = operationsOf(operation).map((each) =>
    double.faults.hold(provider, each, {
      times: times ?? 'always',
      ...(phase === undefined ? {} : { phase }),
      ...(grantType === undefined ? {} : { when: { grantType } }),
    }),
  )
  return {
    arrived: (wanted, over, within) =>
      new Promise((settle) => {
        const came = holds.map((hold) => hold.arrived(wanted))
        const stop = within === undefined ? () => {} : afterOwnTime(within, () => settle(false))
        void Promise.race(came)
          .then(() => settle(true))
          // Whoever let everything go waits no more.
          .catch(() => settle(false))
          .finally(stop)
        for (const each of came) each.catch(() => {})
        void over.finally(() => {
          stop()
          settle(false)
        })
      }),
    release: () => {
      for (const hold of holds) hold.clear()
    },
    next: () => holds.find((hold) => hold.held() > 0)?.release(),
  }
}

/** Resolves once the condition holds, the step is over, or so many milliseconds have passed. */
export const untilSo = (condition: () => boolean, over: Promise<unknown>, within: number): Promise<void> =>
  new Promise((settle) => {
    const stops = [
      afterOwnTime(within, () => finish()),
      (
        (timer) => () =>
          clearInterval(timer)
      )(setInterval(() => condition() && finish(), glance)),
    ]
    const finish = (): void => {
      for (const stop of stops) stop()
      settle()
    }
    void over.finally(finish)
  })

/** Milliseconds between two looks. */
const glance = 10
