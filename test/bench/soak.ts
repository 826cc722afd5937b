/** Whether memory stays where it is under a load that goes on: tokens expire, and what has ended is forgotten. */

import type { Goal } from './goals.js'
import { once, post, run } from './load.js'
import { freePort, memoryOf, start } from './process.js'
import { ourselves } from './subjects.js'
import { columns, number } from './table.js'

/** Every second of the soak is an hour to the server: tokens live for one, and are remembered for as long as a day after. */
const hour = JSON.stringify({ advance: '1h' })

/** Fewer than a user may hold refresh tokens. */
const connections = 8

export const soak = async (seconds: number, say: (line: string) => void): Promise<Goal> => {
  // A refresh token that nobody revokes lives for ever: with the provider's cap it is the twenty of the last flows.
  const { command, up, rows } = ourselves('authdouble', 'authdouble', ['--quirk', 'zoho-payments/twenty-refresh-tokens=true'])
  const [node = '', ...rest] = command.argv
  const probe = `${process.cwd()}/test/bench/subjects/probe.mjs`
  const server = await start({ ...command, argv: [node, '--expose-gc', '--import', probe, ...rest] }, await freePort(), up)
  try {
    if (!rows.flow) throw new Error('authdouble has lost a row')
    const samples: { readonly second: number; readonly heap: number; readonly resident: number; readonly rate: number }[] = []
    const every = Math.max(1, Math.round(seconds / 20))
    let flows = 0
    for (let second = 1; second <= seconds; second += 1) {
      // Flows begin anew, because the last hour's tokens are over.
      const { units, failures, failure } = await run(server.port, connections, 1000, await rows.flow(server, 0))
      if (failures > 0) throw new Error(failure)
      flows += units
      await once(server.port, post('/__admin/clock', hour, 'application/json'))
      if (second % every > 0) continue
      const { heapUsed, rss } = await memoryOf(server)
      samples.push({ second, heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20, rate: units })
    }
    const lines = samples.map(({ second, heap, resident, rate }) => [
      `${second} s`,
      `${number(heap)} MB`,
      `${number(resident)} MB`,
      number(rate),
    ])
    say(
      `\nsoak: ${Math.round(flows).toLocaleString('en')} opaque flows at ${connections} connections, an hour a second\n${columns([['', 'heap', 'resident', 'flows a second'], ...lines])}`,
    )
    // The first third fills the journal and what is remembered. Sweeping makes waves: their crests are compared.
    const third = Math.floor(samples.length / 3)
    const heapOf = (part: typeof samples): number => Math.max(...part.map(({ heap }) => heap))
    return {
      says: 'soak: highest heap of the last third / of the second',
      reached: heapOf(samples.slice(2 * third)) / heapOf(samples.slice(third, 2 * third)),
      wanted: 1.05,
      kind: 'most',
      unit: 'x',
    }
  } finally {
    await server.stop()
  }
}
