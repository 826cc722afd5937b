/** The connection, and the scripts that it knows. */

import type { Redis } from 'ioredis'
import { CannotOpen, Unavailable } from '../store.js'
import { commitScript, replaceScript, unlockScript } from './scripts.js'

export interface Scripted extends Redis {
  readonly authdoubleCommit: (keys: number, ...args: (string | number)[]) => Promise<readonly string[]>
  readonly authdoubleReplace: (keys: number, ...args: (string | number)[]) => Promise<number>
  readonly authdoubleUnlock: (keys: number, ...args: (string | number)[]) => Promise<number>
}

export const redisUnavailable = (error: unknown): Unavailable =>
  error instanceof Unavailable ? error : new Unavailable(`Redis cannot be asked: ${error instanceof Error ? error.message : String(error)}`)

/** What fails because Redis is away says so. */
export const guard = <T>(asked: Promise<T>): Promise<T> => asked.catch((error) => Promise.reject(redisUnavailable(error)))

/**
 * @param where without the members that are ours
 * @returns the client, connected, and how many processes opened this prefix before
 * @throws CannotOpen when ioredis is not installed or Redis does not answer
 */
export const connect = async (where: URL, prefix: string): Promise<{ readonly client: Scripted; readonly starts: number }> => {
  const { Redis: Client } = await import('ioredis').catch(() => {
    throw new CannotOpen('--store redis://... needs the package ioredis: npm install ioredis')
  })
  const client = new Client(where.href, {
    lazyConnect: true,
    // While Redis is away a request is refused at once: it must not pile up, and it may be asked again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 5000,
    connectTimeout: 3000,
    retryStrategy: (times) => Math.min(50 * times, 500),
  }) as Scripted
  client.defineCommand('authdoubleCommit', { lua: commitScript })
  client.defineCommand('authdoubleReplace', { lua: replaceScript })
  client.defineCommand('authdoubleUnlock', { lua: unlockScript })
  // Every command tells of it; an event that nobody hears would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return { client, starts: (await client.incr(`${prefix}starts`)) - 1 }
  } catch (error) {
    client.disconnect()
    throw new CannotOpen(`Redis at ${where.host} does not answer: ${error instanceof Error ? error.message : String(error)}`)
  }
}
