/** Brings requests into an order: they are held at the provider, and let go when the case says so. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Double } from '../../index.js'

export interface Held {
  /** Whether so many requests came before the time (in milliseconds) was over. */
  readonly arrived: (count: number, within: number) => Promise<boolean>
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

/** Milliseconds between two looks at what has come. */
const glance = 10

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
  const count = (): number => holds.reduce((sum, hold) => sum + hold.held(), 0)
  return {
    arrived: async (wanted, within) => {
      const until = performance.now() + within
      while (count() < wanted) {
        if (performance.now() > until) return false
        await pause(glance)
      }
      return true
    },
    release: () => {
      for (const hold of holds) hold.clear()
    },
    next: () => holds.find((hold) => hold.held() > 0)?.release(),
  }
}
