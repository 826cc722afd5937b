/** One line at the bottom of a terminal that tells how far a run has come, and a lasting line for each case that went wrong. */

import type { CaseResult } from '../verdict.js'
import { painter, signs } from './text.js'
import { oneLine } from './wording.js'

export interface Progress {
  readonly started: (id: string) => void
  readonly finished: (result: CaseResult) => void
  /** Takes the line away. */
  readonly over: () => void
}

export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

const silent: Progress = { started: () => {}, finished: () => {}, over: () => {} }

/** @param total how many cases will run. On anything but a terminal it keeps quiet. */
export const createProgress = (terminal: Terminal, total: number, colour: boolean): Progress => {
  if (terminal.isTTY !== true) return silent
  const paint = painter(colour)
  const running = new Set<string>()
  let done = 0
  let wrong = 0
  const clear = '\r\u001b[2K'
  const draw = (): void => {
    const state = `[${done}/${total}]${wrong > 0 ? ` ${wrong} to look at` : ''} ${[...running].map(oneLine).join(', ')}`
    terminal.write(`${clear}${state.slice(0, (terminal.columns ?? 80) - 1)}`)
  }
  return {
    started: (id) => {
      running.add(id)
      draw()
    },
    finished: (result) => {
      running.delete(result.id)
      done += 1
      const known = result.checks.length > 0 && result.checks.every(({ verdict, known }) => known !== undefined || verdict === 'pass')
      if (!known && result.verdict !== 'pass' && result.verdict !== 'not-applicable') {
        wrong += 1
        const [sign, style, word] = signs[result.verdict]
        terminal.write(`${clear}${paint(style, `${sign} ${word}`)} ${oneLine(result.id)}\n`)
      }
      draw()
    },
    over: () => terminal.write(clear),
  }
}
