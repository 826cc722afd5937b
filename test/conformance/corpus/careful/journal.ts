/** A store as a database keeps one: a journal that is only ever added to, each line forced to the disk; a line that was cut off does not count. */

import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Storage } from '../storage.js'

type Line = readonly [kind: string, key: string, value: unknown]

const parse = (line: string): Line | undefined => {
  try {
    return JSON.parse(line) as Line
  } catch {
    return undefined
  }
}

export const journalStorage = (directory: string): Storage => {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'journal.jsonl')
  const append = (line: Line): void => {
    const handle = openSync(file, 'a')
    try {
      writeSync(handle, `\n${JSON.stringify(line)}`)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  }
  appendFileSync(file, '')
  const replay = (): Map<string, Line> => {
    const found = new Map<string, Line>()
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      const line = parse(text)
      if (!line) continue
      const [kind, key, value] = line
      if (value === null) found.delete(`${kind} ${key}`)
      else found.set(`${kind} ${key}`, line)
    }
    return found
  }
  const read = (kind: string, key: string): unknown => replay().get(`${kind} ${key}`)?.[2]
  return {
    read,
    write: (kind, key, value) => append([kind, key, value]),
    remove: (kind, key) => append([kind, key, null]),
    take: (kind, key) => {
      const value = read(kind, key)
      if (value !== undefined) append([kind, key, null])
      return value
    },
    claim: (kind, key) => {
      if (read(kind, key) !== undefined) return false
      append([kind, key, true])
      return true
    },
    all: (kind) => [...replay().values()].filter(([of]) => of === kind).map(([, , value]) => value),
  }
}
