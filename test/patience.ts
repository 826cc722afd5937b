/** How much longer things take here than on a machine that is idle: limits of time are multiplied by it. */

import { createHash } from 'node:crypto'
import { availableParallelism, loadavg } from 'node:os'

const idle = 40

/** How long a piece of work takes: what waits for its turn on a busy machine waits within it. */
const measured = (): number => {
  const began = performance.now()
  let text = ''
  for (let i = 0; i < 20_000; i += 1) text = createHash('sha256').update(text).digest('hex')
  return performance.now() - began
}

/** From 1 to 10; measured once, and handed to the workers in the environment. */
const measure = (): number => {
  const crowd = (loadavg()[0] ?? 0) / availableParallelism()
  return Math.min(10, Math.max(1, crowd, measured() / idle))
}

process.env['AUTHDOUBLE_PATIENCE'] ??= measure().toFixed(1)

/** Milliseconds that are enough on an idle machine, as many as it takes on this one. */
export const patience = (milliseconds: number): number => Math.round(milliseconds * Number(process.env['AUTHDOUBLE_PATIENCE']))
