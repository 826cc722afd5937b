/** What the tests of this folder stand on: an echo behind a proxy, real clients, directories that go away again. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificatesFor } from '../../src/intercept/ca.js'
import { interceptVariables } from '../../src/intercept/environment.js'
import { createProxy, type RefusedConnection } from '../../src/intercept/proxy.js'

export const host = 'oauth.example.com'

export const directory = async () => {
  const path = await mkdtemp(join(tmpdir(), 'authdouble-reach-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

const listening = async (server: Server): Promise<void> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

/** Says back what it was asked: method, target, host, scheme and body, a line each. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const scheme = 'encrypted' in request.socket ? 'https' : 'http'
    response.end([`${request.method} ${request.url}`, request.headers.host, scheme, Buffer.concat(chunks)].join('\n'))
  })
}

export const plainEcho = async (name = 'echo') => {
  const server = createServer((request, response) =>
    echo(request, response.setHeader('x-name', name).setHeader('x-headers', JSON.stringify(request.headers))),
  )
  await listening(server)
  return { url: `http://127.0.0.1:${portOf(server)}`, [Symbol.asyncDispose]: async () => void server.close() }
}

/** An echo that is its own proxy for `host`, and the variables by which a program reaches it. */
export const proxiedEcho = async () => {
  const state = await directory()
  const identity = await certificatesFor(state.path, [host])
  const refused: RefusedConnection[] = []
  const proxy = createProxy({ hosts: [host], listener: echo, identity, refused: (one) => refused.push(one) })
  const server = createServer(proxy.request).on('connect', proxy.connect)
  await listening(server)
  const url = `http://127.0.0.1:${portOf(server)}`
  const dispose = async () => {
    proxy.close()
    server.closeAllConnections()
    server.close()
    await state[Symbol.asyncDispose]()
  }
  const variables = interceptVariables({ url, proxy: url, caFile: identity.caFile, hosts: [host] })
  return { url, identity, refused, variables, [Symbol.asyncDispose]: dispose }
}

/** Runs a program to its end, with nothing of our own environment but the path. */
export const run = async (command: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
  const child = spawn(command, args, { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 15_000 })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  return { code, ...output }
}

/** Whether a program that a test needs is there. Under continuous integration it must be. */
export const present = (command: string): boolean => {
  const found = spawnSync(command, [command === 'go' || command === 'openssl' ? 'version' : '--version'], { stdio: 'ignore' }).status === 0
  if (!found && process.env['CI']) throw new Error(`${command} is missing, and tests need it: see .ci/run`)
  if (!found) process.stderr.write(`${command} is not installed: what it would show is not tested\n`)
  return found
}
