/** Whether the millionth token costs what the first did: in time and in memory. */

import type { Goal } from './goals.js'
import { run } from './load.js'
import { freePort, memoryOf, start } from './process.js'
import { ourselves } from './subjects.js'
import { number } from './table.js'

export const growth = async (tokens: number, milliseconds: number, say: (line: string) => void): Promise<readonly Goal[]> => {
  // Without its two limits a Zoho refresh leaves one more live access token behind.
  const subject = ourselves('authdouble', 'authdouble', ['--quirk', 'zoho-payments/fifteen-access-tokens=false'])
  const [node = '', ...rest] = subject.command.argv
  const command = { ...subject.command, argv: [node, '--expose-gc', '--import', `${process.cwd()}/test/bench/subjects/probe.mjs`, ...rest] }
  const server = await start(command, await freePort(), subject.up)
  try {
    const refresh = await subject.rows.refresh?.(server, 0)
    const bearer = await subject.rows.bearer?.(server, 0)
    if (!refresh || !bearer) throw new Error('authdouble has lost a row')
    let issued = 0
    const issue = async (count: number): Promise<void> => {
      const end = issued + count
      const work = { ...refresh, next: (slot: number) => (issued++ < end ? refresh.next(slot) : undefined) }
      const { failures, failure } = await run(server.port, 16, 600_000, work)
      if (failures > 0) throw new Error(failure)
    }
    const rates = async () => {
      const time = Math.max(milliseconds, 1000)
      const checked = await run(server.port, 16, time, bearer)
      const refreshed = await run(server.port, 16, time, refresh)
      issued += refreshed.units
      return { checked: checked.units / checked.seconds, refreshed: refreshed.units / refreshed.seconds }
    }
    await issue(20_000)
    const early = await rates()
    const { heapUsed: before } = await memoryOf(server)
    const from = issued
    await issue(tokens - issued)
    const { heapUsed: after, rss } = await memoryOf(server)
    const perToken = (after - before) / (issued - from)
    const late = await rates()
    say(
      `\nafter 1,000s and after ${tokens.toLocaleString('en')} live tokens: refresh ${number(early.refreshed)} and ${number(late.refreshed)} per second, ` +
        `bearer check ${number(early.checked)} and ${number(late.checked)}; ${number(perToken)} bytes a live token, ${number(rss / 2 ** 20)} MB resident`,
    )
    return [
      { says: 'refresh, late / early', reached: late.refreshed / early.refreshed, wanted: 0.95, kind: 'least', unit: 'x' },
      { says: 'bearer check, late / early', reached: late.checked / early.checked, wanted: 0.95, kind: 'least', unit: 'x' },
      { says: 'heap for a live opaque token', reached: perToken, wanted: 600, kind: 'most', unit: 'bytes' },
    ]
  } finally {
    await server.stop()
  }
}
