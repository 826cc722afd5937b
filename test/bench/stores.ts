/** What keeping records in a file or in Redis costs. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Work } from './load.js'
import { get, once, post, run } from './load.js'
import type { Running } from './process.js'
import { allCores, freePort, processorSeconds, start } from './process.js'
import { ourselves } from './subjects.js'
import { columns, number } from './table.js'

interface Measured {
  readonly issued: number
  readonly checked: number
  readonly micros: number
}

const measure = async (servers: readonly Running[], milliseconds: number): Promise<Measured> => {
  const { rows } = ourselves('', '')
  const [first] = servers
  if (!first) throw new Error('no server')
  if (!rows.bearer || !rows.refresh) throw new Error('authdouble has lost a row')
  const check = await rows.bearer(first, 0)
  const refreshes: Work[] = []
  for (const server of servers) refreshes.push(await rows.refresh(server, 0))
  const used = (): number => servers.reduce((sum, { pid }) => sum + processorSeconds(pid), 0)
  const each = Math.max(1, Math.floor(16 / servers.length))
  const load = async (works: readonly Work[]): Promise<{ readonly rate: number; readonly micros: number }> => {
    await Promise.all(servers.map(({ port }, i) => run(port, each, milliseconds / 2, works[i] ?? check)))
    const before = used()
    const loads = await Promise.all(servers.map(({ port }, i) => run(port, each, milliseconds, works[i] ?? check)))
    const units = loads.reduce((sum, one) => sum + one.units, 0)
    const failed = loads.find(({ failures }) => failures > 0)
    if (failed) throw new Error(failed.failure)
    return { rate: loads.reduce((sum, one) => sum + one.units / one.seconds, 0), micros: ((used() - before) / units) * 1e6 }
  }
  const { rate: issued, micros } = await load(refreshes)
  const { rate: checked } = await load([])
  return { issued, checked, micros }
}

const line = (title: string, { issued, checked, micros }: Measured): string[] => [title, number(issued), number(micros), number(checked)]

/** Adds records that are never asked for. */
const fill = async ({ port }: Running, count: number): Promise<void> => {
  const state = JSON.parse((await once(port, get('/__admin/state'))).body)
  const record = { client: 'c', user: 'u', scope: 'a b c', connection: 'x', generation: 0, expires: null, from: 'seed' }
  state.records.vcita = {
    ...state.records.vcita,
    access: Object.fromEntries(Array.from({ length: count }, (_, i) => [`token${i}`.padEnd(64, '0'), record])),
  }
  const reply = await once(port, post('/__admin/state', JSON.stringify(state), 'application/json', 'PUT'))
  if (reply.status >= 300) throw new Error(reply.body)
}

const inFile = async (count: number, milliseconds: number): Promise<Measured> => {
  const folder = mkdtempSync(join(tmpdir(), 'authdouble-bench-'))
  const { command, up } = ourselves('', '', ['--state', join(folder, 'state.json'), '--quirk', 'zoho-payments/fifteen-access-tokens=1'])
  const server = await start(command, await freePort(), up)
  try {
    await fill(server, count)
    return await measure([server], milliseconds)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => resolve(true))
    socket.once('error', () => setTimeout(() => resolve(false), 10)).once('connect', () => socket.destroy())
  })

const startRedis = async (): Promise<{ readonly child: ChildProcess; readonly port: number; readonly folder: string } | undefined> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'authdouble-bench-'))
  const child = spawn(
    'taskset',
    ['-c', allCores, 'redis-server', '--port', String(port), '--dir', folder, '--appendonly', 'yes', '--save', ''],
    { stdio: 'ignore' },
  )
  let gone = false
  const end = (): void => {
    gone = true
  }
  child.once('exit', end).once('error', end)
  while (!gone) if (await listens(port)) return { child, port, folder }
  rmSync(folder, { recursive: true, force: true })
  return undefined
}

const inRedis = async (replicas: number, port: number, milliseconds: number): Promise<Measured> => {
  const { command, up } = ourselves('', '', ['--store', `redis://127.0.0.1:${port}?prefix=bench${replicas}:`])
  const servers: Running[] = []
  try {
    // They are not pinned: what more processes bring shows only where there are more cores.
    for (let i = 0; i < replicas; i += 1) servers.push(await start(command, await freePort(), up, false))
    return await measure(servers, milliseconds)
  } finally {
    for (const server of servers) await server.stop()
  }
}

export const storesTable = async (milliseconds: number, say: (text: string) => void): Promise<void> => {
  const time = Math.max(milliseconds, 1000)
  const lines = [['16 connections', 'refresh per second', 'server CPU us', 'bearer check per second']]
  const { command, up } = ourselves('', '')
  const memory = await start(command, await freePort(), up)
  try {
    lines.push(line('in memory', await measure([memory], time)))
  } finally {
    await memory.stop()
  }
  for (const count of [100, 1000, 10_000]) lines.push(line(`--state, ${number(count)} records`, await inFile(count, time)))
  const redis = await startRedis()
  if (redis) {
    try {
      for (const replicas of [1, 2, 3]) {
        const title = `--store, ${replicas} process${replicas === 1 ? '' : 'es'}, not pinned`
        lines.push(line(title, await inRedis(replicas, redis.port, time)))
      }
    } finally {
      redis.child.kill()
      rmSync(redis.folder, { recursive: true, force: true })
    }
  } else lines.push(['--store: redis-server is not installed', '-', '-', '-'])
  say(`\nwhere records are kept\n${columns(lines)}`)
}
