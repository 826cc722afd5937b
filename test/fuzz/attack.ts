/** Attacks a double that runs in a process of its own, and says what did not hold. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { parse } from 'yaml'
import { providers } from '../../src/index.js'
import { quirksOf } from '../../src/provider/quirk.js'
import type { Ground, Shot } from './hostile.js'
import { shot } from './hostile.js'
import { randomOf } from './random.js'

export interface Attack {
  readonly requests: number
  readonly seed: number
  readonly connections?: number
}

export interface Report {
  readonly requests: number
  /** How many were answered with a status of each hundred. */
  readonly answers: { readonly [hundred: string]: number }
  /** Kilobytes of memory after the first quarter and in the end. */
  readonly memory: readonly [early: number, late: number]
  /** File descriptors before the first request and in the end. */
  readonly descriptors: readonly [before: number, after: number]
  /** What did not hold. */
  readonly failures: readonly string[]
}

interface Target {
  readonly pid: number
  readonly port: number
  readonly tlsPort: number
  readonly admin: (path: string, init?: RequestInit) => Promise<Response>
  /** What it wrote to its log. */
  readonly log: () => string
  readonly gone: () => boolean
  readonly end: () => Promise<void>
}

const startTarget = async (seed: number): Promise<Target> => {
  const folder = mkdtempSync(join(tmpdir(), 'authdouble-fuzz-'))
  const flags = ['--port', '0', '--tls-port', '0', '--proxy', '--json', '--log-level', 'error', '--ca-dir', folder]
  const bounds = ['--journal-limit', '500', '--journal-bytes', '2000000', '--seed', String(seed)]
  // What leaks ends the process sooner than it ends the machine.
  const child = spawn(process.execPath, ['--max-old-space-size=256', 'dist/cli/main.js', 'serve', ...flags, ...bounds], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  let gone = false
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const ended = once(child, 'exit').then(() => {
    gone = true
  })
  const [ready] = await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error(log)))])
  const { url, tls, pid } = JSON.parse(String(ready)) as { readonly url: string; readonly tls: string; readonly pid: number }
  return {
    pid,
    port: Number(new URL(url).port),
    tlsPort: Number(new URL(tls).port),
    admin: (path, init) => fetch(`${url}/__admin${path}`, { headers: { 'content-type': 'application/json' }, ...init }),
    log: () => log,
    gone: () => gone,
    end: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const pathsIn = (name: string): readonly string[] =>
  Object.keys((parse(readFileSync(`openapi/${name}.yaml`, 'utf8')) as { readonly paths: object }).paths)

const strings = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []

const groundOf = async (target: Target): Promise<Ground> => {
  const known: string[] = []
  for (const { id } of providers) {
    known.push(id)
    for (const path of [`/providers/${id}`, `/providers/${id}/clients`, `/providers/${id}/users`])
      known.push(...strings(await (await target.admin(path)).json().catch(() => undefined)))
    for (const path of ['codes', 'tokens', 'tokens'])
      known.push(...strings(await (await target.admin(`/providers/${id}/${path}`, { method: 'POST', body: '{}' })).json()))
  }
  return {
    paths: providers.flatMap(({ id }) => [...pathsIn(id).map((path) => `/${id}${path}`), `/${id}/__login`, `/${id}/__consent`]),
    control: pathsIn('control'),
    hosts: ['oauth.zettle.com', 'auth.ziina.com', 'accounts.zoho.com', 'api.vcita.biz', 'zettle.localhost'],
    known: [...new Set(known.filter((one) => one.length < 2000))],
    quirks: providers.flatMap(({ id, settings }) => quirksOf(settings).map(({ quirk }) => `${id}/${quirk.name}`)),
  }
}

/** Real milliseconds after which an answer is not waited for any longer. */
const patience = 20_000

const talk = (socket: Socket, bytes: Buffer): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    const done = (): void => resolve(Buffer.concat(chunks).toString('latin1'))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A connection that is cut is an answer like any other here.
    socket.on('error', () => {})
    socket.on('close', done)
    socket.setTimeout(patience, () => {
      chunks.push(Buffer.from('HANGS'))
      socket.destroy()
    })
    socket.end(bytes)
  })

const opened = async (socket: Socket, event: string): Promise<boolean> =>
  new Promise((resolve) => {
    socket.once(event, () => resolve(true)).once('error', () => resolve(false)).once('close', () => resolve(false))
  })

const tunnelled = async (target: Target, { host, bytes, whole }: Shot): Promise<string> => {
  const socket = connect(target.port, '127.0.0.1')
  socket.on('error', () => {})
  if (!(await opened(socket, 'connect'))) return ''
  socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`)
  const [first] = (await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => [''])) as [unknown]
  if (!String(first).startsWith('HTTP/1.1 200')) {
    socket.destroy()
    return String(first)
  }
  if (!whole) return talk(socket, bytes)
  const inner = connectTls({ socket, servername: host, rejectUnauthorized: false })
  return (await opened(inner, 'secureConnect')) ? talk(inner, bytes) : ''
}

const fire = async (target: Target, one: Shot): Promise<string> => {
  if (one.to === 'proxy' && !/^\S+ http:/.test(one.bytes.subarray(0, 40).toString('latin1'))) return tunnelled(target, one)
  if (one.to !== 'tls' || !one.whole) {
    const socket = connect(one.to === 'tls' ? target.tlsPort : target.port, '127.0.0.1')
    return talk(socket, one.bytes)
  }
  const socket = connectTls({ port: target.tlsPort, host: '127.0.0.1', servername: one.host, rejectUnauthorized: false })
  socket.on('error', () => {})
  return (await opened(socket, 'secureConnect')) ? talk(socket, one.bytes) : ''
}

const kilobytes = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

/** A fault was asked for, or the provider documents it (its token endpoint fails on a missing member). */
const declared = async (target: Target, answer: string): Promise<boolean> => {
  if (answer.includes('KeyNotFoundException')) return true
  const id = /\r\nx-authdouble-request-id: (\S+)/i.exec(answer)?.[1]
  if (id === undefined) return false
  for (const sandbox of ['', ...[0, 1, 2, 3, 4, 5].map((n) => `s${n}`)]) {
    const path = sandbox === '' ? `/journal/${id}` : `/../~${sandbox}/__admin/journal/${id}`
    const entry = (await (await target.admin(path)).json().catch(() => undefined)) as { readonly fault?: unknown } | undefined
    if (entry?.fault !== undefined) return true
  }
  return false
}

/** Whether the double is as it was: a good exchange of each provider works. */
const recovered = async (target: Target): Promise<readonly string[]> => {
  await target.admin('/reset', { method: 'POST' })
  const failures: string[] = []
  for (const { id } of providers) {
    const answer = await target.admin(`/providers/${id}/codes`, { method: 'POST', body: '{}' })
    if (answer.status !== 201) failures.push(`${id} mints no code any more: ${answer.status} ${await answer.text()}`)
  }
  const har = await target.admin('/journal?format=har')
  if (har.status !== 200) failures.push(`the journal cannot be read: ${har.status}`)
  return failures
}

/** Until the sockets are closed, of which some close behind their answers. */
const settledDescriptors = async (pid: number, before: number): Promise<number> => {
  let now = descriptors(pid)
  for (let i = 0; i < 200 && now > before + 4; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    now = descriptors(pid)
  }
  return now
}

export const attack = async ({ requests, seed, connections = 8 }: Attack): Promise<Report> => {
  const target = await startTarget(seed)
  const failures: string[] = []
  const answers: { [hundred: string]: number } = {}
  try {
    const ground = await groundOf(target)
    const random = randomOf(seed)
    const before = descriptors(target.pid)
    let early = 0
    let sent = 0
    const attacker = async (): Promise<void> => {
      while (sent < requests && !target.gone() && failures.length < 20) {
        sent += 1
        const number = sent
        const one = shot(random, ground)
        const answer = await fire(target, one)
        const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? (answer === '' ? 'none' : 'other')
        const hundred = /^\d/.test(status) ? `${status[0]}xx` : status
        answers[hundred] = (answers[hundred] ?? 0) + 1
        const asked = `request ${number} (${one.to}): ${JSON.stringify(one.bytes.subarray(0, 600).toString('latin1'))}`
        if (answer.endsWith('HANGS')) failures.push(`no answer to ${asked}`)
        if (hundred === '5xx' && !(await declared(target, answer))) failures.push(`${answer.slice(0, 600)} for ${asked}`)
        if (/\bat .+\.[jt]s:\d+|node_modules/.test(answer)) failures.push(`a stack for ${asked}: ${answer.slice(0, 600)}`)
        if (early === 0 && number > requests / 4) early = kilobytes(target.pid)
      }
    }
    await Promise.all(Array.from({ length: connections }, attacker))
    if (target.gone()) failures.push(`the process ended: ${target.log().slice(-2000)}`)
    if (target.gone()) return { requests: sent, answers, memory: [early, 0], descriptors: [before, 0], failures }
    failures.push(...(await recovered(target)))
    const after = await settledDescriptors(target.pid, before)
    if (after > before + 4) failures.push(`${after} file descriptors are open, and ${before} were`)
    const late = kilobytes(target.pid)
    // The engine grows at first; what is left of requests would grow with their number.
    if (late - early > 150_000) failures.push(`memory grew from ${early} kB to ${late} kB`)
    if (/warning|mistake|\n\s+at /i.test(target.log())) failures.push(`its log: ${target.log().slice(0, 3000)}`)
    return { requests: sent, answers, memory: [early, late], descriptors: [before, after], failures }
  } finally {
    await target.end()
  }
}
