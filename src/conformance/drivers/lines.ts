/** Cuts what a program writes into lines, within bounds. */

/** Characters that a line may have: longer than any answer, shorter than what would fill the memory. */
const longest = 1_048_576

export interface Lines {
  readonly add: (text: string) => void
  /** The beginning of a line that has not ended. */
  readonly unfinished: () => string
}

/** @param hear takes each line, without its end @param tooLong takes the beginning of a line that does not end; nothing is heard after it */
export const createLines = (hear: (line: string) => void, tooLong: (line: string) => void): Lines => {
  let rest = ''
  let over = false
  return {
    add: (text) => {
      if (over) return
      const lines = text.split('\n')
      const last = lines.pop() ?? ''
      for (const line of lines) {
        hear(`${rest}${line}`.replace(/\r$/, ''))
        rest = ''
      }
      rest += last
      if (rest.length <= longest) return
      over = true
      tooLong(rest)
      rest = ''
    },
    unfinished: () => rest,
  }
}
