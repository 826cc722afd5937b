/** The README and the pages under docs/, and the code blocks in them. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../laws/sources.js'

/**
 * A fenced block. What a comment before its fence says:
 * `<!-- not run: a reason -->`, `<!-- file: app.json -->`, `<!-- exit 1 -->`.
 */
export interface Block {
  /** Of its first line in the page, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  readonly notRun?: string
  /** The name under which a reader saves it, from the comment before it or from its own first line. */
  readonly file?: string
  /** With which exit code the command ends; 0 unless told. */
  readonly exit: number
}

/** From the root of the project. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

const blockPattern = /((?:^<!-- .* -->\n)*)^```(\w*)\n([\s\S]*?)^```$/gm

const blockOf = (page: string, [whole, comments = '', language = '', text = '']: RegExpExecArray, index: number): Block => {
  const said = (pattern: RegExp): string | undefined => pattern.exec(comments)?.[1]
  const notRun = said(/<!-- not run: (.+) -->/)
  const file = said(/<!-- file: (.+) -->/) ?? /^(?:\/\/|#) ([\w.-]+\.\w+)\n/.exec(text)?.[1]
  const before = page.slice(0, index) + whole.slice(0, whole.indexOf('```'))
  return {
    line: before.split('\n').length + 1,
    language,
    text,
    exit: Number(said(/<!-- exit (\d+) -->/) ?? 0),
    ...(notRun === undefined ? {} : { notRun }),
    ...(file === undefined ? {} : { file }),
  }
}

export const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(blockPattern)].map((match) => blockOf(text, match, match.index))

/** Something that a reader does, and what the page says that it prints. */
export interface Step {
  readonly block: Block
  readonly shown?: Block
}

const isOutput = ({ language, file, notRun }: Block): boolean =>
  (language === 'text' || language === 'json') && file === undefined && notRun === undefined

const commands = ['sh', 'js', 'ts']

/** A `text` or `json` block behind a command is its output. */
export const stepsOf = (blocks: readonly Block[]): readonly Step[] =>
  blocks.flatMap((block, index) => {
    const next = blocks[index + 1]
    if (isOutput(block)) return []
    return [{ block, ...(next && isOutput(next) && commands.includes(block.language) ? { shown: next } : {}) }]
  })

/** Output blocks that stand behind no command. */
export const outputWithoutCommand = (blocks: readonly Block[]): readonly Block[] =>
  blocks.filter((block, index) => isOutput(block) && !commands.includes(blocks[index - 1]?.language ?? ''))
