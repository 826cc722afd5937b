/** One line at the bottom of a terminal that tells how far a run has come, and a lasting line for each case that went wrong. */

import type { CaseResult } from '../runner/verdict.js'
import { painter, signs } from './text.js'
import { caseStanding, oneLine } from './wording.js'

export interface Progress {
  /** To be given to the runner as its `progress`. */
  readonly finished: (result: CaseResult, done: number, of: number) => void
  /** Takes the line away. */
  readonly over: () => void
}

export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

const clear = '\r\u001b[2K'

/** On anything but a terminal it keeps quiet. */
export const createProgress = (terminal: Terminal, colour: boolean): Progress => {
  if (terminal.isTTY !== true) return { finished: () => {}, over: () => {} }
  const paint = painter(colour)
  let wrong = 0
  return {
    finished: (result, done, of) => {
      const standing = caseStanding(result)
      if (standing !== 'pass' && standing !== 'known' && standing !== 'not-applicable') {
        wrong += 1
        const [sign, style, word] = signs[standing]
        terminal.write(`${clear}${paint(style, `${sign} ${word}`)} ${oneLine(result.id)}\n`)
      }
      const state = `[${done}/${of}]${wrong > 0 ? ` ${wrong} to look at ·` : ''} ${oneLine(result.id)}`
      terminal.write(`${clear}${state.slice(0, (terminal.columns ?? 80) - 1)}`)
    },
    over: () => {
      terminal.write(clear)
    },
  }
}
