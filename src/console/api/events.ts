/** The journal as it grows: what is there, then what comes, over and over while the server goes away and comes back. */

import { createStore } from '../store.js'
import type { Entry } from '../types.js'
import { authorization, base, get, locked, refused } from './client.js'

/** How many exchanges are kept here. */
export const most = 5000

export const journal = createStore<readonly Entry[]>([])

export type Link = 'connecting' | 'live' | 'lost'

export const link = createStore<Link>('connecting')

let arrived: Entry[] = []
let scheduled = false

const flush = (): void => {
  scheduled = false
  if (arrived.length === 0) return
  const all = [...journal.get(), ...arrived]
  arrived = []
  journal.set(all.length > most ? all.slice(-most) : all)
}

/** A burst of exchanges is shown at once: one drawing for each would be slower than they come. */
const add = (entry: Entry): void => {
  arrived.push(entry)
  if (scheduled) return
  scheduled = true
  setTimeout(flush, 50)
}

export const forget = (): void => {
  arrived = []
  journal.set([])
}

/** Milliseconds of silence after which the server is taken for gone: it says something every 15 seconds. */
const patience = 40_000

/** Reads events until the stream ends. */
const read = async (body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> => {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader()
  let rest = ''
  for (;;) {
    const timer = setTimeout(() => abort.abort(), patience)
    const { done, value } = await reader.read().finally(() => clearTimeout(timer))
    if (done) return
    const blocks = (rest + value).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '))
      if (data !== undefined) add(JSON.parse(data.slice(6)) as Entry)
    }
  }
}

const session = async (signal: AbortSignal): Promise<void> => {
  const abort = new AbortController()
  signal.addEventListener('abort', () => abort.abort(), { once: true })
  const { entries } = await get<{ readonly entries: readonly Entry[] }>(`/journal?limit=${most}`)
  arrived = []
  journal.set(entries)
  const since = entries[entries.length - 1]?.id ?? 'r0'
  const response = await fetch(`${base}/__admin/events?since=${since}`, { headers: authorization(), signal: abort.signal })
  if (response.status === 401) refused()
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
  link.set('live')
  await read(response.body, abort)
}

const waits = [300, 700, 1500, 3000] as const

/** Follows until it is told to stop; comes back by itself when the server does. */
export const follow = (): (() => void) => {
  const stopped = new AbortController()
  let again: (() => void) | undefined
  let ended: ReturnType<typeof setTimeout> | undefined
  const rest = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      again = resolve
      ended = setTimeout(resolve, milliseconds)
    })
  const loop = async (): Promise<void> => {
    for (let tries = 0; !stopped.signal.aborted; tries += 1) {
      await session(stopped.signal)
        .then(() => {
          tries = 0
        })
        .catch(() => undefined)
      if (stopped.signal.aborted) return
      if (locked.get() !== 'no') return
      link.set('lost')
      await rest(waits[Math.min(tries, waits.length - 1)] ?? 3000)
      clearTimeout(ended)
    }
  }
  const hurry = (): void => again?.()
  addEventListener('online', hurry)
  void loop()
  return () => {
    stopped.abort()
    removeEventListener('online', hurry)
    again?.()
  }
}

/** Somebody else may have cleared the journal, which the stream does not tell. */
export const reconcile = async (kept: number): Promise<void> => {
  if (link.get() !== 'live' || kept >= journal.get().length) return
  const { entries } = await get<{ readonly entries: readonly Entry[] }>(`/journal?limit=${most}`).catch(() => ({ entries: undefined }))
  if (entries) journal.set(entries)
}
