/** What the person at the browser will do next: approve as somebody, deny, be asked, fail. */

import type { Approval } from '../protocol/world.js'

export interface Approvals {
  /** Sets what happens from now on, or only the next time; for one provider or for all. */
  readonly set: (approval: Approval, how?: { readonly provider?: string; readonly once?: boolean }) => void
  /** What counts for the request at hand; a `once` is used up. */
  readonly take: (provider: string) => Approval
  /** What stands, by provider; `*` stands for all. */
  readonly all: () => { readonly [provider: string]: readonly (Approval & { readonly once: boolean })[] }
  readonly reset: () => void
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
    all: () =>
      Object.fromEntries(
        [...standing]
          .map(
            ([key, { once, always }]) =>
              [key, [...once.map((one) => ({ ...one, once: true })), ...(always ? [{ ...always, once: false }] : [])]] as const,
          )
          .filter(([, list]) => list.length > 0),
      ),
    reset: () => {
      standing = new Map()
    },
  }
}
