/** What a client writes, kept within bounds: the beginning and the end of it. */

/** Characters kept of the beginning, and as many of the end. */
const kept = 262_144

export interface Output {
  readonly add: (text: string) => void
  readonly text: () => string
}

export const createOutput = (): Output => {
  let head = ''
  let tail = ''
  let dropped = 0
  return {
    add: (text) => {
      const room = kept - head.length
      head += text.slice(0, room)
      const rest = tail + text.slice(Math.max(room, 0))
      tail = rest.slice(-kept)
      dropped += rest.length - tail.length
    },
    text: () => (dropped === 0 ? head + tail : `${head}\n... ${dropped} characters are left out ...\n${tail}`),
  }
}
