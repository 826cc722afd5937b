/** What a sandbox is asked for with, and why there may be none. */

import type { SandboxOptions } from './sandbox.js'

export interface Lease {
  /** Made up when left out. */
  readonly name?: string
  /** The sandbox is deleted after this many real seconds without a request. By default it is kept. */
  readonly ttl?: number
}

/** Why no sandbox was made. */
export class SandboxError extends Error {
  readonly why: 'name' | 'taken' | 'full'
  constructor(why: SandboxError['why'], message: string) {
    super(message)
    this.why = why
  }
}

export type SandboxRequest = Omit<SandboxOptions, 'name' | 'providers' | 'url'> & Lease

export const sandboxName = /^[a-z0-9][a-z0-9-]{0,62}$/
