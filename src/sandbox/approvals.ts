/** What the person at the browser will do next: approve as somebody, deny, be asked, fail. */

import type { Approval } from '../protocol/context.js'

export interface Approvals {
  /** Sets what happens from now on, or only the next time; for one provider or for all. */
  readonly set: (approval: Approval, how?: { readonly provider?: string; readonly once?: boolean }) => void
  /** What counts for the request at hand; a `once` is used up. */
  readonly take: (provider: string) => Approval
  /** What will happen at a provider, in this order. The last one stays. */
  readonly standing: (provider: string) => readonly (Approval & { readonly once: boolean })[]
  readonly reset: () => void
  readonly state: () => ApprovalState
  readonly restore: (state: ApprovalState) => void
}

/** By provider; `*` stands for all. */
export interface ApprovalState {
  readonly [provider: string]: Standing
}

interface Standing {
  readonly once: readonly Approval[]
  readonly always?: Approval
}

export const createApprovals = (initial: Approval): Approvals => {
  let standing = new Map<string, Standing>()
  const take = (key: string): Approval | undefined => {
    const found = standing.get(key)
    const [next, ...rest] = found?.once ?? []
    if (next === undefined) return found?.always
    standing.set(key, { ...found, once: rest })
    return next
  }
  return {
    set: (approval, { provider = '*', once = false } = {}) => {
      const found = standing.get(provider) ?? { once: [] }
      standing.set(provider, once ? { ...found, once: [...found.once, approval] } : { ...found, always: approval })
    },
    take: (provider) => take(provider) ?? take('*') ?? initial,
    standing: (provider) => {
      const list: (Approval & { readonly once: boolean })[] = []
      for (const key of [provider, '*']) {
        const { once = [], always } = standing.get(key) ?? {}
        list.push(...once.map((one) => ({ ...one, once: true })))
        if (always) return [...list, { ...always, once: false }]
      }
      return [...list, { ...initial, once: false }]
    },
    state: () => Object.fromEntries(standing),
    restore: (state) => {
      standing = new Map(Object.entries(state))
    },
    reset: () => {
      standing = new Map()
    },
  }
}
