/** What a sandbox is asked for with, and why there may be none. */

import type { SandboxOptions } from './sandbox.js'

export interface Lease {
  /** Made up when left out. */
  readonly name?: string
  /** Real seconds without a request after which the sandbox is thrown away; kept unless told. */
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
