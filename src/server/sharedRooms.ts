/** Sandboxes that several processes know of: each opens its own view of one when it is first asked for it. */

import { randomUUID } from 'node:crypto'
import type { Lease, Rooms } from './house.js'
import { NoRoom, sandboxName } from './house.js'
import type { Sandbox, SandboxOptions } from './sandbox.js'

/** What all processes know of a sandbox. */
export interface Room {
  /** What it was made with, as JSON. */
  readonly made: string
  /** Milliseconds without a request after which it goes away. */
  readonly lease?: number
}

type Wish = Omit<SandboxOptions, 'name' | 'providers' | 'url'> & Omit<Lease, 'name'>

interface Here {
  readonly rooms: ReadonlyMap<string, Sandbox>
  readonly openHere: (name: string, wish: Wish) => Sandbox
  readonly forget: (name: string) => Promise<void>
}

export const sharedRooms = (common: Rooms, { rooms, openHere, forget }: Here) => {
  /** How each sandbox here was made: one that was thrown away and made anew elsewhere is another one. */
  const made = new Map<string, string>()
  const fresh = new Map<string, Wish>()
  const look = async (name: string): Promise<void> => {
    if (fresh.has(name)) return
    const room = await common.room(name)
    if (room?.made === made.get(name)) return
    await forget(name)
    made.delete(name)
    if (!room) return
    made.set(name, room.made)
    openHere(name, JSON.parse(room.made).wish as Wish)
  }
  return {
    opened: (name: string, wish: Wish): void => void fresh.set(name, wish),
    visit: async (path: string): Promise<void> => {
      const [first = '', second = '', third = ''] = path.slice(1).split('/', 3)
      const name = first.startsWith('~') ? first.slice(1) : undefined
      if (name !== undefined && sandboxName.test(name)) await look(name)
      if (name === undefined ? first !== '__admin' : second !== '__admin') return
      // Lists and counts of sandboxes are the control API's.
      if ((name === undefined ? second : third) !== 'sandboxes') return
      const known = new Set([...(await common.rooms()), ...rooms.keys()])
      await Promise.all([...known].map(look))
    },
    announce: async (): Promise<void> => {
      for (const [name, wish] of [...fresh]) {
        const { ttl } = wish
        const text = JSON.stringify({ id: randomUUID(), wish })
        const ours = await common.addRoom(name, { made: text, ...(ttl === undefined ? {} : { lease: ttl * 1000 }) })
        fresh.delete(name)
        if (ours) made.set(name, text)
        else {
          await forget(name)
          throw new NoRoom('taken', `there is a sandbox ${name} already`)
        }
      }
    },
  }
}
