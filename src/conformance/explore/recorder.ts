/** Writes down what was played: each step with what crossed the wire meanwhile, and what the search did itself. */

import type { JournalEntry } from '../../index.js'
import type { Answer, Asked } from '../drivers/driver.js'
import type { PlayedStep } from '../runner/step.js'

export interface Recorder {
  readonly log: () => readonly PlayedStep[]
  /** Asks for a step and writes it down. */
  readonly step: (step: string, as: string, work: () => Promise<Answer>, asked?: Omit<Asked, 'step'>) => Promise<PlayedStep>
  readonly note: (note: string) => void
}

/** What the search did itself is a step of this name. */
export const arranged = 'arrange'

export const createRecorder = (entries: () => readonly JournalEntry[]): Recorder => {
  const began = performance.now()
  const log: PlayedStep[] = []
  return {
    log: () => log,
    note: (note) => {
      log.push({ step: arranged, as: arranged, state: 'ok', at: performance.now() - began, took: 0, note, entries: [] })
    },
    step: async (step, as, work, { url, user, session } = {}) => {
      const at = performance.now() - began
      const before = entries().length
      // Its place is that of its beginning: what ran at the same time stands behind it.
      const place = log.length
      log.push({ step, as, state: 'ok', at, took: 0, entries: [] })
      const { state, status, error, note, url: said } = await work()
      const shown = url ?? said
      const done: PlayedStep = {
        step,
        as,
        state,
        at,
        took: performance.now() - began - at,
        ...(user === undefined ? {} : { user }),
        ...(session === undefined ? {} : { session }),
        ...(shown === undefined ? {} : { url: shown }),
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { error }),
        ...(note === undefined ? {} : { note }),
        entries: entries().slice(before),
      }
      log[place] = done
      return done
    },
  }
}
