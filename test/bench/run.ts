/** `npm run bench`: authdouble beside its peers, each in a process of its own on one core, the load on another. */

import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Figures, Goal } from './goals.js'
import { figureKey, goalsOf, ratio, verdict } from './goals.js'
import { growth } from './growth.js'
import { run } from './load.js'
import { installPeers } from './peers.js'
import type { Running } from './process.js'
import { cores, freePort, pinSelf, processorSeconds, resident, start } from './process.js'
import { keepResults } from './results.js'
import { soak } from './soak.js'
import { createInProcess, startUps } from './startup.js'
import { storesTable } from './stores.js'
import type { Row, Subject } from './subjects.js'
import { rowTitles, subjectsOf } from './subjects.js'
import { columns, median, number, spread } from './table.js'

const help = `npm run bench -- [flags]

  --quick             a few minutes: 16 connections, three short rounds, 100,000 tokens, no soak
  --row a,b           only these rows: ${Object.keys(rowTitles).join(', ')}, start, memory, growth, soak, stores
  --subject a,b       only these subjects
  --connections 1,16  connections at once (1,16,64)
  --rounds n          rounds (5)
  --seconds n         length of one measurement (2)
  --tokens n          how many tokens growth issues (1000000)
  --soak n            seconds of the soak (300)
  --write             keep the figures at 16 connections for docs/performance.md (npm run tables prints them)
`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    row: { type: 'string' },
    subject: { type: 'string' },
    connections: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    tokens: { type: 'string' },
    soak: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const hint = (line: string): void => void process.stderr.write(`${line}\n`)

const quick = values.quick
const connections = (values.connections ?? (quick ? '16' : '1,16,64')).split(',').map(Number)
const rounds = Number(values.rounds ?? (quick ? 3 : 5))
const milliseconds = Number(values.seconds ?? (quick ? 0.4 : 2)) * 1000
const wantedRows = values.row?.split(',')
const wants = (row: string): boolean => wantedRows === undefined || wantedRows.includes(row)
const rows = (Object.keys(rowTitles) as Row[]).filter(wants)

interface Cell {
  readonly perSecond: number[]
  readonly micros: number[]
  readonly busy: number[]
  readonly own: number[]
  failure?: string
}

const measure = async (server: Running, subject: Subject, row: Row, count: number, cell: Cell): Promise<void> => {
  const prepare = subject.rows[row]
  if (!prepare) return
  // A code is good for one exchange: there is no more work than was prepared.
  const work = await prepare(server, Math.ceil((milliseconds / 1000) * 12_000))
  if (row !== 'code') await run(server.port, count, Math.min(200, milliseconds / 2), work)
  const before = processorSeconds(server.pid)
  const own = process.cpuUsage()
  const { units, seconds, failures, failure } = await run(server.port, count, milliseconds, work)
  const used = processorSeconds(server.pid) - before
  const { user, system } = process.cpuUsage(own)
  if (failures > 0) cell.failure = `${failures} failed: ${failure}`
  cell.perSecond.push(units / seconds)
  cell.micros.push((used / units) * 1e6)
  cell.busy.push(used / seconds)
  cell.own.push((user + system) / 1e6 / seconds)
}

const printRow = (row: Row, count: number, subjects: readonly Subject[], cells: ReadonlyMap<string, Cell>, figures: Figures): void => {
  const lines = [['', 'per second', 'server CPU us', 'server busy', 'load busy', 'work per CPU']]
  for (const { id, title } of subjects) {
    const cell = cells.get(figureKey(row, count, id))
    if (!cell || cell.perSecond.length === 0) continue
    const percent = (list: readonly number[]): string => `${Math.round(median(list) * 100)} %`
    lines.push([
      cell.failure === undefined ? title : `${title}: ${cell.failure}`,
      spread(cell.perSecond),
      spread(cell.micros),
      percent(cell.busy),
      percent(cell.own),
      `${number(ratio(figures, row, count, id, 'authdouble').byProcessor)} x`,
    ])
  }
  say(`\n${rowTitles[row]}, ${count} connection${count === 1 ? '' : 's'}\n${columns(lines)}`)
}

interface Throughput {
  readonly figures: Figures
  readonly signatures: readonly number[]
}

const throughput = async (subjects: readonly Subject[], folder: string): Promise<Throughput> => {
  const cells = new Map<string, Cell>()
  const signatures: number[] = []
  const memory = new Map<string, { readonly idle: number; readonly loaded: number }>()
  const taking = subjects.filter((subject) => rows.some((row) => subject.rows[row]))
  const measureAll = async (servers: ReadonlyMap<string, Running>, keep: boolean): Promise<void> => {
    for (const row of rows) {
      for (const count of connections) {
        for (const subject of taking) {
          const server = servers.get(subject.id)
          if (!server || !subject.rows[row]) continue
          const key = figureKey(row, count, subject.id)
          const cell: Cell = (keep ? cells.get(key) : undefined) ?? { perSecond: [], micros: [], busy: [], own: [] }
          if (keep) cells.set(key, cell)
          try {
            await measure(server, subject, row, count, cell)
          } catch (error) {
            cell.failure = String(error)
            hint(`${row}, ${subject.id}: ${error}`)
          }
        }
      }
    }
  }
  // A process keeps its pace for as long as it lives, and one in ten is by a third slower than the same program beside it:
  // each round has processes of its own. It goes through all rows twice, because code is compiled while it runs first.
  for (let round = 1; round <= rounds; round += 1) {
    hint(`round ${round} of ${rounds}`)
    if (rows.includes('rs256')) {
      const sign = ['-c', '0', process.execPath, 'sign.mjs', String(Math.max(500, milliseconds / 2))]
      signatures.push(Number(execFileSync('taskset', sign, { cwd: folder, encoding: 'utf8' })))
    }
    const servers = new Map<string, Running>()
    try {
      for (const subject of taking) servers.set(subject.id, await start(subject.command, await freePort(), subject.up))
      const idle = new Map([...servers].map(([id, { pid }]) => [id, resident(pid)]))
      await measureAll(servers, false)
      await measureAll(servers, true)
      for (const [id, { pid }] of servers) memory.set(id, { idle: idle.get(id) ?? 0, loaded: resident(pid) })
    } finally {
      for (const server of servers.values()) await server.stop()
    }
  }
  const figures: Figures = cells
  for (const row of rows) for (const count of connections) printRow(row, count, subjects, cells, figures)
  if (signatures.length > 0) say(`\nraw RS256 signatures by node:crypto on the same core: ${spread(signatures)} per second`)
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`
  const lines = subjects.flatMap(({ id, title }) => {
    const found = memory.get(id)
    return found ? [[title, megabytes(found.idle), megabytes(found.loaded)]] : []
  })
  if (wants('memory')) say(`\nresident memory\n${columns([['', 'idle', 'after all that'], ...lines])}`)
  return { figures, signatures }
}

if (values.help) {
  say(help)
} else {
  pinSelf()
  const peers = installPeers(hint)
  const all = subjectsOf(peers)
  const subjects = all.filter(({ id }) => values.subject === undefined || values.subject.split(',').includes(id))
  say(
    `Node ${process.version}, ${cpus()[0]?.model}, ${cores} cores: servers on core 0, the load on ${cores > 1 ? 'core 1' : 'the same core'}`,
  )
  say(`${rounds} rounds of ${milliseconds / 1000} s; medians (least-most); CPU is the server's own, per unit`)
  for (const { title, note } of subjects) if (note) say(`${title}: ${note}`)
  const goals: Goal[] = []
  let starts: ReadonlyMap<string, number> = new Map()
  if (wants('start')) {
    const { took, goals: reached } = await startUps(subjects, quick ? 5 : 15, say)
    starts = took
    goals.push(...reached)
    goals.push(await createInProcess(quick ? 5 : 15, say))
  }
  if (rows.length > 0) {
    const { figures, signatures } = await throughput(subjects, peers.folder)
    const judged = connections.includes(16) ? 16 : (connections[0] ?? 1)
    goals.push(...goalsOf(figures, judged, signatures))
    const processor = cpus()[0]?.model ?? ''
    if (values.write)
      keepResults(subjects, { node: process.version, processor, connections: judged, signatures: median(signatures), starts, figures })
  }
  if (wants('growth')) goals.push(...(await growth(Number(values.tokens ?? (quick ? 100_000 : 1_000_000)), milliseconds, say)))
  // A short soak never gets to where what is forgotten keeps up with what comes.
  if (wants('soak') && !(quick && values.soak === undefined)) goals.push(await soak(Number(values.soak ?? 300), say))
  if (wants('stores')) await storesTable(milliseconds, say)
  if (goals.length > 0) {
    const measured = (figure: number | undefined, unit = ''): string => (figure === undefined ? '' : `${number(figure)} ${unit}`)
    const lines = goals.map((goal) => [
      goal.says,
      measured(goal.reached, goal.unit),
      measured(goal.byProcessor, goal.unit),
      `${goal.kind === 'least' ? 'at least' : 'at most'} ${goal.wanted} ${goal.unit ?? ''}`,
      verdict(goal),
    ])
    say(`\ngoals\n${columns([['', 'by rate', 'by CPU', 'wanted', ''], ...lines])}`)
  }
}
