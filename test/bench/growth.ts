/** Whether the millionth token costs what the first did: in time and in memory. */

import type { Figure, Goal } from './goals.js'
import type { Work } from './load.js'
import { run } from './load.js'
import { freePort, memoryOf, processorSeconds, start } from './process.js'
import { ourselves } from './subjects.js'
import { median, number, spread } from './table.js'

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
    const figure = async (work: Work): Promise<Figure> => {
      const perSecond: number[] = []
      const micros: number[] = []
      for (let round = 0; round < 3; round += 1) {
        const before = processorSeconds(server.pid)
        const { units, seconds } = await run(server.port, 16, Math.max(milliseconds, 1000), work)
        perSecond.push(units / seconds)
        micros.push(((processorSeconds(server.pid) - before) / units) * 1e6)
        if (work === refresh) issued += units
      }
      return { perSecond, micros }
    }
    const rates = async () => ({ checked: await figure(bearer), refreshed: await figure(refresh) })
    const kept = (says: string, early: Figure, late: Figure): Goal => ({
      says,
      reached: median(late.perSecond) / median(early.perSecond),
      byProcessor: median(early.micros) / median(late.micros),
      wanted: 0.95,
      kind: 'least',
      unit: 'x',
    })
    await issue(20_000)
    const early = await rates()
    const { heapUsed: before } = await memoryOf(server)
    const from = issued
    await issue(tokens - issued)
    // Before memory is asked for: after a collection that was forced, V8 begins again with a small young generation.
    const late = await rates()
    const { heapUsed: after, rss } = await memoryOf(server)
    const perToken = (after - before) / (issued - from)
    say(
      `\nafter 1,000s and after ${tokens.toLocaleString('en')} live tokens: refresh ${spread(early.refreshed.perSecond)} and ${spread(late.refreshed.perSecond)} per second, ` +
        `bearer check ${spread(early.checked.perSecond)} and ${spread(late.checked.perSecond)}; ${number(perToken)} bytes a live token, ${number(rss / 2 ** 20)} MB resident`,
    )
    return [
      kept('refresh, late / early', early.refreshed, late.refreshed),
      kept('bearer check, late / early', early.checked, late.checked),
      { says: 'heap for a live opaque token', reached: perToken, wanted: 600, kind: 'most', unit: 'bytes' },
    ]
  } finally {
    await server.stop()
  }
}
