/** What the commands take: options for the parser and the help text, side by side. */

import { parseArgs } from 'node:util'
import { suggestion } from '../validation/nearest.js'

/** Wrong use of the command line: exit 2. */
export class UsageError extends Error {}

export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** What stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

export type Flags = { readonly [name: string]: Flag }

export interface Command {
  readonly name: string
  readonly usage: string
  readonly help: string
  readonly flags: Flags
  /** Everything behind `--` goes to the command untouched. */
  readonly passes?: boolean
  readonly run: (given: ParsedArguments) => Promise<number>
}

export interface ParsedArguments {
  readonly values: { readonly [flag: string]: string | boolean | readonly (string | boolean)[] | undefined }
  readonly positionals: readonly string[]
  /** What stood behind `--`. */
  readonly rest: readonly string[]
}

const common: Flags = {
  help: { type: 'boolean', short: 'h', help: 'show this help' },
}

/** @throws UsageError */
export const parse = (command: Command, argv: readonly string[]): ParsedArguments => {
  const cut = argv.indexOf('--')
  const own = cut < 0 ? argv : argv.slice(0, cut)
  const rest = cut < 0 ? [] : argv.slice(cut + 1)
  if (rest.length > 0 && command.passes !== true) throw new UsageError(`${command.name} takes nothing after --`)
  const options = Object.fromEntries(
    Object.entries({ ...command.flags, ...common }).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...own], options, allowPositionals: true, strict: true })
    return { values: values as ParsedArguments['values'], positionals, rest }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError(message)
    const unknown = /'(--?[^']*)'/.exec(message)?.[1] ?? ''
    throw new UsageError(
      `${command.name} has no option ${unknown}${suggestion(
        unknown,
        Object.keys(options).map((name) => `--${name}`),
      )}`,
    )
  }
}

export const helpOf = (command: Command): string => {
  const lines = Object.entries({ ...command.flags, ...common }).map(([name, { short, value, help }]) => {
    const left = `  ${short ? `-${short}, ` : '    '}--${name}${value ? ` <${value}>` : ''}`
    return `${left.padEnd(34)} ${help}`
  })
  return `${command.usage}\n\n${command.help}\n\n${lines.join('\n')}\n`
}

export const string = (given: ParsedArguments, name: string): string | undefined => {
  const value = given.values[name]
  return typeof value === 'string' ? value : undefined
}

export const strings = (given: ParsedArguments, name: string): readonly string[] => {
  const value = given.values[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

export const bool = (given: ParsedArguments, name: string): boolean => given.values[name] === true
