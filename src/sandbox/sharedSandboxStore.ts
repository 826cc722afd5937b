/** Where sandboxes are known to several processes. */

import type { Now, Store } from '../store/store.js'

/** What all processes know of a sandbox. */
export interface SharedSandbox {
  /** What it was made with, as JSON. */
  readonly made: string
  /** Milliseconds without a request after which it goes away. */
  readonly lease?: number
}

/** Where sandboxes are known to other processes too. */
export interface SharedSandboxStore {
  readonly store: (
    sandbox: string,
    options?: { readonly lease?: number; readonly journalLimit?: number | undefined },
  ) => (now: Now) => Store
  readonly addSandbox: (name: string, sandbox: SharedSandbox) => Promise<boolean>
  readonly sandbox: (name: string) => Promise<SharedSandbox | undefined>
  readonly sandboxNames: () => Promise<readonly string[]>
  readonly removeSandbox: (name: string) => Promise<boolean>
  readonly starts: number
  readonly close: () => Promise<void>
}
