/** Requests that are held until a test lets them go, in the order in which they came. */

import type { Reason } from '../provider/dialect.js'

/** How a held request goes on: as if nothing had been, with its reply lost, or refused. */
export type Release = { readonly how: 'go' } | { readonly how: 'lose' } | { readonly how: 'refuse'; readonly reason: Reason }

/** How holding a request ended. `limit`: nobody released it in time; `gone`: its sandbox was reset or closed. */
export type HoldEnd = Release | { readonly how: 'limit' } | { readonly how: 'gone' }

interface Held {
  readonly request: string
  readonly fault: string
  /** Epoch milliseconds of real time: it is not held any longer. */
  readonly until: number
}

interface Released {
  readonly request: string
  readonly release: Release
  readonly until: number
}

export interface HoldState {
  /** The longest held first. */
  readonly held: readonly Held[]
  /** Released, and not yet known to the process that holds them. */
  readonly released: readonly Released[]
  /** How many requests each fault has held so far. */
  readonly arrived: { readonly [fault: string]: number }
}

export interface Holds {
  /** Holds a request. @param until epoch milliseconds of real time */
  readonly arrive: (fault: string, request: string, until: number) => void
  /** Waits, in the process that holds the request. */
  readonly wait: (request: string) => Promise<HoldEnd>
  /** Lets the request go that a fault has held the longest. @returns false when it holds none */
  readonly release: (fault: string, release: Release) => boolean
  /** Lets all go that a fault holds, or that any does. @returns false when none was held */
  readonly letGo: (fault?: string) => boolean
  /** How many a fault holds now. */
  readonly held: (fault: string) => number
  /** How many it has held so far. */
  readonly arrived: (fault: string) => number
  /** Calls back after each change; the answer stops it. */
  readonly watch: (listener: () => void) => () => void
  readonly state: () => HoldState
  /** Requests that this process holds and that are in no list of the new state end with `gone`. */
  readonly set: (state: HoldState | undefined) => void
}

const none: HoldState = { held: [], released: [], arrived: {} }

export const createHolds = (): Holds => {
  let state = none
  const waiting = new Map<string, (end: HoldEnd) => void>()
  const watchers = new Set<() => void>()
  const change = (next: HoldState): void => {
    const now = Date.now()
    const left = ({ until }: { readonly until: number }): boolean => until > now
    state = { ...next, held: next.held.filter(left), released: next.released.filter(left) }
    for (const watcher of [...watchers]) watcher()
  }
  const finish = (request: string, end: HoldEnd): boolean => {
    const resolve = waiting.get(request)
    waiting.delete(request)
    resolve?.(end)
    return resolve !== undefined
  }
  const endOf = (request: string): HoldEnd | undefined => {
    const released = state.released.find((one) => one.request === request)
    if (released) return released.release
    return state.held.some((one) => one.request === request) ? undefined : { how: 'gone' }
  }
  const release = (those: readonly Held[], how: Release): boolean => {
    const left = state.held.filter((one) => !those.includes(one))
    const elsewhere = those.filter(({ request }) => !finish(request, how)).map(({ request, until }) => ({ request, until, release: how }))
    change({ ...state, held: left, released: [...state.released, ...elsewhere] })
    return those.length > 0
  }
  return {
    arrive: (fault, request, until) =>
      change({
        ...state,
        held: [...state.held, { request, fault, until }],
        arrived: { ...state.arrived, [fault]: (state.arrived[fault] ?? 0) + 1 },
      }),
    wait: (request) => {
      const end = endOf(request)
      if (end) return Promise.resolve(end)
      const until = state.held.find((one) => one.request === request)?.until ?? 0
      return new Promise((resolve) => {
        const timer = setTimeout(
          () => {
            finish(request, { how: 'limit' })
            change({ ...state, held: state.held.filter((one) => one.request !== request) })
          },
          Math.max(0, until - Date.now()),
        )
        waiting.set(request, (end) => {
          clearTimeout(timer)
          resolve(end)
        })
      })
    },
    release: (fault, how) => release(state.held.filter((one) => one.fault === fault && one.until > Date.now()).slice(0, 1), how),
    letGo: (fault) =>
      release(
        state.held.filter((one) => fault === undefined || one.fault === fault),
        { how: 'go' },
      ),
    held: (fault) => state.held.filter((one) => one.fault === fault).length,
    arrived: (fault) => state.arrived[fault] ?? 0,
    watch: (listener) => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    state: () => state,
    set: (to = none) => {
      change(to)
      for (const request of [...waiting.keys()]) {
        const end = endOf(request)
        if (end) finish(request, end)
      }
    },
  }
}
