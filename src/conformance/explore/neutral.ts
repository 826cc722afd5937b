/** What a schedule says when it is told: without secrets, and without the port and the sandbox that it happened to be played at. */

import type { JournalEntry } from '../../index.js'
import { createRedaction } from '../runner/redaction.js'
import type { Played } from './play.js'

export interface Neutral {
  readonly entries: readonly JournalEntry[]
  readonly text: (text: string) => string
}

export const createNeutral = ({ address, entries }: Pick<Played, 'address' | 'entries'>): Neutral => {
  const hidden = createRedaction(address, entries)
  const { port } = new URL(address.baseUrl)
  const place = port === '' ? undefined : new RegExp(`\\b(127\\.0\\.0\\.1|localhost)(:|%3A)${port}\\b`, 'g')
  const text = (from: string): string => {
    const named = hidden.text(from).replace(/~schedule-\d+/g, '~schedule')
    return place === undefined ? named : named.replace(place, '$1$24740')
  }
  return {
    text,
    entries: hidden.entries.map((entry) => JSON.parse(text(JSON.stringify(entry))) as JournalEntry),
  }
}
