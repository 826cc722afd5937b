/** Sandboxes that several processes know of: each opens its own view of one when it is first asked for it. */

import { randomUUID } from 'node:crypto'
import type { Sandbox } from './sandbox.js'
import type { SandboxRequest } from './sandboxRequest.js'
import { SandboxError, sandboxName } from './sandboxRequest.js'
import type { SharedSandboxStore } from './sharedSandboxStore.js'

interface Here {
  readonly sandboxes: ReadonlyMap<string, Sandbox>
  readonly openHere: (name: string, options: SandboxRequest) => Sandbox
  readonly forget: (name: string) => Promise<void>
}

export const createSharedSandboxRegistry = (common: SharedSandboxStore, { sandboxes, openHere, forget }: Here) => {
  /** How each sandbox here was made: one that was thrown away and made anew elsewhere is another one. */
  const made = new Map<string, string>()
  const fresh = new Map<string, SandboxRequest>()
  const look = async (name: string): Promise<void> => {
    if (fresh.has(name)) return
    const sandbox = await common.sandbox(name)
    if (sandbox?.made === made.get(name)) return
    await forget(name)
    made.delete(name)
    if (!sandbox) return
    made.set(name, sandbox.made)
    openHere(name, JSON.parse(sandbox.made).options as SandboxRequest)
  }
  return {
    opened: (name: string, options: SandboxRequest): void => void fresh.set(name, options),
    visit: async (path: string): Promise<void> => {
      const [first = '', second = '', third = ''] = path.slice(1).split('/', 3)
      const name = first.startsWith('~') ? first.slice(1) : undefined
      if (name !== undefined && sandboxName.test(name)) await look(name)
      if (name === undefined ? first !== '__admin' : second !== '__admin') return
      // Lists and counts of sandboxes are the control API's.
      if ((name === undefined ? second : third) !== 'sandboxes') return
      const known = new Set([...(await common.sandboxNames()), ...sandboxes.keys()])
      await Promise.all([...known].map(look))
    },
    announce: async (): Promise<void> => {
      for (const [name, options] of [...fresh]) {
        const { ttl } = options
        const text = JSON.stringify({ id: randomUUID(), options })
        const ours = await common.addSandbox(name, { made: text, ...(ttl === undefined ? {} : { lease: ttl * 1000 }) })
        fresh.delete(name)
        if (ours) made.set(name, text)
        else {
          await forget(name)
          throw new SandboxError('taken', `there is a sandbox ${name} already`)
        }
      }
    },
  }
}
