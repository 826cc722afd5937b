/** Keeps texts as bytes outside of the heap, where a collection need not walk or move them; the oldest are let go first. */

interface Chunk {
  readonly bytes: Buffer
  used: number
  /** How many of its texts are still held. */
  held: number
}

/** Where a text is. */
export interface ArenaSlot {
  chunk: Chunk | undefined
  from: number
  to: number
}

export interface ByteArena {
  /** Writes a text, which the place then tells where to find. */
  readonly write: (place: ArenaSlot, text: string) => void
  readonly read: (place: ArenaSlot) => string
  /** Lets go of what is held there. */
  readonly release: (place: ArenaSlot) => void
  /** Gives all memory back, once everything was released. */
  readonly clear: () => void
}

/** Bytes of the first chunk, for those who keep little, and of the largest; a text that is longer has a chunk of its own. */
const least = 4096
const most = 262_144

export const createByteArena = (): ByteArena => {
  let open: Chunk | undefined
  let spare: Chunk | undefined
  let size = least
  const chunkFor = (bytes: number): Chunk => {
    if (spare && spare.bytes.length >= bytes) {
      const chunk = spare
      spare = undefined
      return chunk
    }
    const chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(size, bytes)), used: 0, held: 0 }
    size = Math.min(size * 4, most)
    return chunk
  }
  return {
    write: (place, text) => {
      // A unit of UTF-16 takes three bytes of UTF-8 at most: for a short text it is not worth counting them.
      const bytes = text.length > least ? Buffer.byteLength(text) : text.length * 3
      if (!open || open.used + bytes > open.bytes.length) open = chunkFor(bytes)
      place.chunk = open
      place.from = open.used
      open.used += open.bytes.write(text, open.used)
      place.to = open.used
      open.held += 1
    },
    read: ({ chunk, from, to }) => chunk?.bytes.toString('utf8', from, to) ?? '',
    release: (place) => {
      const { chunk } = place
      if (!chunk) return
      place.chunk = undefined
      chunk.held -= 1
      if (chunk.held > 0) return
      chunk.used = 0
      if (chunk !== open && chunk.bytes.length === most) spare = chunk
    },
    clear: () => {
      open = undefined
      spare = undefined
      size = least
    },
  }
}
