/** How long it takes from the start of a process to its first answer, and from `createServer` to the first answer. */

import { execFileSync } from 'node:child_process'
import type { Goal } from './goals.js'
import { freePort, start } from './process.js'
import type { Subject } from './subjects.js'
import { columns, median, number, spread } from './table.js'

/** Medians in milliseconds by subject, and the goals. */
export interface StartUps {
  readonly took: ReadonlyMap<string, number>
  readonly goals: readonly Goal[]
}

export const startUps = async (subjects: readonly Subject[], rounds: number, say: (line: string) => void): Promise<StartUps> => {
  const took = new Map<string, number[]>(subjects.map(({ id }) => [id, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const { id, command, up } of subjects) {
      const server = await start(command, await freePort(), up)
      took.get(id)?.push(server.took)
      await server.stop()
    }
  }
  const of = (id: string): number => median(took.get(id) ?? [])
  const lines = subjects.map(({ id, title }) => [title, spread(took.get(id) ?? []), `${number(of(id) / of('authdouble'))} x`])
  say(`\nstart of the process to its first answer\n${columns([['', 'ms', 'of authdouble'], ...lines])}`)
  const peers = subjects.filter(({ id, ceiling }) => id !== 'authdouble' && !ceiling).map(({ id }) => of(id))
  const goals = [
    { says: 'start / bare Koa', reached: of('authdouble') / of('bare-koa'), wanted: 1.3, kind: 'most', unit: 'x' } as const,
    { says: 'start / fastest peer', reached: of('authdouble') / Math.min(...peers), wanted: 1, kind: 'most', unit: 'x' } as const,
  ].filter(({ reached }) => Number.isFinite(reached) && reached > 0)
  return { took: new Map(subjects.map(({ id }) => [id, of(id)])), goals }
}

const program = `
import * as http from 'node:http'
import { createServer } from ${JSON.stringify(`${process.cwd()}/dist/index.js`)}
const ask = (url) => new Promise((resolve) => http.get(url, (reply) => reply.resume().on('end', resolve)))
// The client is warm: what is measured is the server.
const other = http.createServer((_, response) => response.end()).listen(0, '127.0.0.1', async () => {
await ask('http://127.0.0.1:' + other.address().port)
const started = performance.now()
const double = await createServer()
await ask(double.url('ziina') + '/oidc/.well-known/openid-configuration')
process.stdout.write(String(performance.now() - started))
process.exit()
})
`

/** In a process that has loaded the package and an HTTP client: from the call to the first answer. */
export const createInProcess = async (rounds: number, say: (line: string) => void): Promise<Goal> => {
  const took = Array.from({ length: rounds }, () =>
    Number(execFileSync('taskset', ['-c', '0', process.execPath, '--input-type=module', '-e', program], { encoding: 'utf8' })),
  )
  say(`\ncreateServer to its first answer, package loaded: ${spread(took)} ms`)
  return { says: 'createServer to first answer', reached: median(took), wanted: 10, kind: 'most', unit: 'ms' }
}
