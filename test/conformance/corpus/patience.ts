/** Leaves an endpoint alone that asks to wait. */

import { Unable } from './errors.js'
import type { Habits, Incoming } from './habits.js'

type Where = 'token' | 'api'

export interface Patience {
  /** @throws Unable while the endpoint asks to wait */
  readonly mayAsk: (where: Where) => void
  readonly listen: (where: Where, answer: Incoming) => void
}

/** Milliseconds for an endpoint that is busy and does not say for how long: nothing the first time, then more and more. */
const growing = (times: number): number => (times < 2 ? 0 : Math.min(250 * 2 ** (times - 2), 60_000))

export const patienceOf = (habits: Pick<Habits, 'now' | 'retryAfter' | 'waits'>): Patience => {
  const quiet = new Map<Where, { readonly until: number; readonly times: number }>()
  return {
    mayAsk: (where) => {
      if (habits.waits && habits.now() < (quiet.get(where)?.until ?? 0)) throw new Unable('the provider asked to wait')
    },
    listen: (where, answer) => {
      const now = habits.now()
      const said = habits.retryAfter(answer, now)
      const throttled = where === 'token' && answer.text.includes('Access Denied')
      const busy = answer.status === 429 || (answer.status === 503 && said !== undefined) || throttled
      if (!busy) return void quiet.delete(where)
      const times = (quiet.get(where)?.times ?? 0) + 1
      quiet.set(where, { until: now + (said ?? growing(times)), times })
    },
  }
}
