/** YAML and JSON as people write them: what a file says, on which line it says it, and what in it cannot be read. */

import type { Document } from 'yaml'
import type { Path } from '../validation/schema.js'

export interface Unreadable {
  readonly line: number
  readonly message: string
}

export interface ReadDocument {
  readonly content: unknown
  /** Where a field is; where what is missing belongs. Lines begin with 1. */
  readonly lineOf: (path: Path) => number
}

/** Bytes. A file that people write has some hundred lines. */
export const largestFile = 1_000_000

interface Ranged {
  readonly value?: unknown
  readonly range?: readonly number[] | null
}

const tooDeep = 'lists and objects are nested too deeply'

/** The words of the parser where they do not tell a reader what to do. */
const inWords = (code: string, message: string, at: string): string => {
  if (code === 'DUPLICATE_KEY') return `${/^[\w$.-]+/.exec(at.replace(/^['"]/, ''))?.[0] ?? 'a key'} stands here a second time`
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here: a file holds one'
  if (/call stack/.test(message)) return tooDeep
  if (code === 'TAB_AS_INDENT') return 'a line begins with a tab: YAML takes spaces alone'
  return message
}

const lineFinder = (document: Document, lineAt: (offset: number) => number) => {
  const nodeAt = (path: Path): Ranged | undefined => document.getIn(path, true) as Ranged | undefined
  return (path: Path): number => {
    // What is missing, or was inherited, has no line of its own.
    for (let length = path.length; length > 0; length -= 1) {
      const parent = nodeAt(path.slice(0, length - 1)) as { readonly items?: readonly { readonly key?: Ranged }[] } | undefined
      const key = parent?.items?.find((item) => item.key?.value === path[length - 1])?.key
      const node = key ?? nodeAt(path.slice(0, length))
      if (node?.range) return lineAt(node.range[0] ?? 0)
    }
    return 1
  }
}

/** An anchor that is not there, or so many aliases in each other that a small file would fill the memory. */
const aliasProblem = (document: Document, visit: typeof import('yaml')['visit'], lineAt: (offset: number) => number): Unreadable => {
  const aliases: { readonly source: string; readonly known: boolean; readonly at: number }[] = []
  visit(document, {
    Alias: (_, node) => void aliases.push({ source: node.source, known: node.resolve(document) !== undefined, at: node.range?.[0] ?? 0 }),
  })
  const unknown = aliases.find(({ known }) => !known)
  if (unknown) return { line: lineAt(unknown.at), message: `no anchor &${unknown.source} stands before this alias` }
  return { line: lineAt(aliases[0]?.at ?? 0), message: 'aliases name each other too often: write the values out' }
}

/** What a text says; where it cannot be read, why and on which line. */
export const readDocument = async (text: string): Promise<ReadDocument | { readonly unreadable: readonly Unreadable[] }> => {
  const { LineCounter, parseDocument, visit } = await import('yaml')
  const counter = new LineCounter()
  const lineAt = (offset: number): number => counter.linePos(offset).line
  const document: Document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  if (document.errors.length > 0)
    return {
      unreadable: document.errors
        .map(({ code, message, pos: [at] }) => ({ line: lineAt(at), message: inWords(code, message, text.slice(at, at + 80)) }))
        .filter((one, at, all) => all.findIndex(({ line, message }) => line === one.line && message === one.message) === at),
    }
  try {
    return { content: document.toJS() as unknown, lineOf: lineFinder(document, lineAt) }
  } catch (error) {
    if (error instanceof ReferenceError) return { unreadable: [aliasProblem(document, visit, lineAt)] }
    throw error
  }
}
