/** Where a client keeps what must outlive it: a file for each key, each written whole or not at all, safe between processes. */

import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How long a token lasts, and all else that belongs to one customer's connection. */
export interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string
  /** When the access token ends, in milliseconds by the client's own clock; absent when nobody said. */
  readonly until?: number
  readonly scope?: string
  /** Where the API is, where the provider says so. */
  readonly api_domain?: string
  /** Whose tokens they are, where an ID token said so. */
  readonly subject?: string
  /** Came from an assertion, which is presented again when the token has ended. */
  readonly assertion?: boolean
  /** The API has refused this access token. */
  readonly spent?: boolean
  /** The provider has refused to go on: the user must connect again. */
  readonly ended?: boolean
  /** The user left, and the provider may not know it yet. */
  readonly leaving?: boolean
}

/** Kept for an authorization request until its callback comes. */
export interface Pending {
  readonly state: string
  readonly verifier: string
  readonly nonce: string
  readonly session: string
  readonly user?: string
  readonly at: number
}

export interface Storage {
  readonly read: (kind: string, key: string) => unknown
  readonly write: (kind: string, key: string, value: unknown) => void
  readonly remove: (kind: string, key: string) => void
  /** Takes something out, so that nobody else gets it: undefined when it is not there any more. */
  readonly take: (kind: string, key: string) => unknown
  /** False when somebody has claimed it before. */
  readonly claim: (kind: string, key: string) => boolean
  /** All values of a kind. */
  readonly all: (kind: string) => readonly unknown[]
}

const missing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'

/** @param directory made when it is not there */
export const fileStorage = (directory: string): Storage => {
  let writes = 0
  const pathOf = (kind: string, key: string): string =>
    join(directory, `${kind}-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
  const load = (path: string): unknown => {
    try {
      return JSON.parse(readFileSync(path, 'utf8'))
    } catch (error) {
      if (missing(error)) return undefined
      throw error
    }
  }
  const beside = (path: string): string => {
    writes += 1
    return `${path}.${process.pid}.${writes}.${Math.random().toString(36).slice(2)}`
  }
  mkdirSync(directory, { recursive: true })
  return {
    read: (kind, key) => load(pathOf(kind, key)),
    write: (kind, key, value) => {
      const path = pathOf(kind, key)
      const made = beside(path)
      writeFileSync(made, JSON.stringify(value), { mode: 0o600 })
      renameSync(made, path)
    },
    remove: (kind, key) => rmSync(pathOf(kind, key), { force: true }),
    take: (kind, key) => {
      const path = pathOf(kind, key)
      const mine = beside(path)
      try {
        renameSync(path, mine)
      } catch (error) {
        if (missing(error)) return undefined
        throw error
      }
      const value = load(mine)
      rmSync(mine, { force: true })
      return value
    },
    claim: (kind, key) => {
      try {
        closeSync(openSync(pathOf(kind, key), 'wx', 0o600))
        return true
      } catch {
        return false
      }
    },
    all: (kind) =>
      readdirSync(directory)
        .filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'))
        .map((name) => load(join(directory, name)))
        .filter((value) => value !== undefined),
  }
}
