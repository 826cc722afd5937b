/** Providers by id or by file: the one place that knows in which forms they come. */

import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Provider } from '../provider/define.js'
import { providers as shipped } from '../providers/index.js'
import { suggestion } from '../validation/nearest.js'
import type { Path } from '../validation/schema.js'
import { isObject } from '../validation/schema.js'
import type { ProviderFile } from './declare.js'
import { declare } from './declare.js'
import type { FileProblem } from './problem.js'
import { ProviderFileError } from './problem.js'
import { senseProblems } from './sense.js'
import { shapeProblems } from './shape.js'

/** Whether a name is that of a file: ids have neither dots nor slashes. */
export const isPath = (name: string): boolean => /[./\\]/.test(name)

const isProvider = (value: unknown): value is Provider =>
  isObject(value) && typeof value['id'] === 'string' && isObject(value['settings']) && 'dialect' in value['settings']

const ids = (): string => shipped.map(({ id }) => id).join(', ')

/** A shipped provider. @throws Error that names the nearest one */
const shippedProvider = (id: string): Provider => {
  const found = shipped.find((one) => one.id === id)
  if (found) return found
  const near = suggestion(
    id,
    shipped.map((one) => one.id),
  )
  throw new Error(`there is no provider ${JSON.stringify(id)}. The providers are ${ids()}, or a file such as ./acme.yaml${near}`)
}

const noLine = (): undefined => undefined

/** What is declared makes sense, or each mistake is told with its line. */
const sound = (file: string, provider: Provider, lineOf: (path: Path) => number | undefined): Provider => {
  const problems = senseProblems(provider)
  if (problems.length > 0) throw new ProviderFileError(file, problems, lineOf)
  return provider
}

/** A module that exports what `defineProvider` made, by default or under any name. */
const fromModule = async (file: string, stamp: string): Promise<Provider> => {
  let exported: { readonly [name: string]: unknown }
  try {
    exported = await import(`${pathToFileURL(resolve(file)).href}${stamp}`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
      throw new Error(`${file}: this Node (${process.version}) does not read TypeScript; Node 22.18 does, or write it as .mjs`)
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const found = [exported['default'], ...Object.values(exported)].find(isProvider)
  if (!found) throw new Error(`${file} exports no provider: export what defineProvider returns`)
  return sound(file, found, noLine)
}

const read = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
}

const idOf = (content: ProviderFile, file: string): string => content.id ?? basename(file, extname(file))

const fromText = async (file: string, within: readonly string[]): Promise<Provider> => {
  const text = await read(file)
  const { LineCounter, parseDocument } = await import('yaml')
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number | undefined): number => counter.linePos(offset ?? 0).line
  const lineOf = (path: Path): number => {
    // What is missing, or was inherited, has no line of its own.
    for (let length = path.length; length > 0; length -= 1) {
      const parent = document.getIn(path.slice(0, length - 1), true) as
        | { readonly items?: readonly { readonly key?: Ranged }[] }
        | undefined
      const key = parent?.items?.find((item) => item.key?.value === path[length - 1])?.key
      const node = key ?? (document.getIn(path.slice(0, length), true) as Ranged | undefined)
      if (node?.range) return lineAt(node.range[0])
    }
    return 1
  }
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }): FileProblem & { readonly line: number } => ({
      path: [],
      message,
      line: lineAt(pos[0]),
    }))
    throw new ProviderFileError(file, problems, () => problems[0]?.line)
  }
  const content: unknown = document.toJS() ?? {}
  const wrong = shapeProblems(content)
  if (wrong.length > 0) throw new ProviderFileError(file, wrong, lineOf)
  const form = content as ProviderFile
  const id = idOf(form, file)
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    throw new ProviderFileError(
      file,
      [{ path: ['id'], message: `${JSON.stringify(id)} is not lower-case words joined by hyphens` }],
      lineOf,
    )
  const base = form.extends === undefined ? undefined : await baseOf(file, form.extends, within, lineOf)
  return sound(file, declare(form, id, base), lineOf)
}

interface Ranged {
  readonly value?: unknown
  readonly range?: readonly number[]
}

const baseOf = async (file: string, named: string, within: readonly string[], lineOf: (path: Path) => number): Promise<Provider> => {
  try {
    if (!isPath(named)) return shippedProvider(named)
    const other = resolve(dirname(file), named)
    if (within.includes(other)) throw new Error(`${named} extends this file in turn`)
    return await load(other, [...within, other])
  } catch (error) {
    if (error instanceof ProviderFileError) throw error
    throw new ProviderFileError(file, [{ path: ['extends'], message: error instanceof Error ? error.message : String(error) }], lineOf)
  }
}

const load = async (file: string, within: readonly string[], stamp = ''): Promise<Provider> => {
  const kind = extname(file).toLowerCase()
  if (['.yaml', '.yml', '.json'].includes(kind)) return fromText(file, within)
  if (['.mjs', '.js', '.ts', '.mts'].includes(kind)) return fromModule(file, stamp)
  throw new Error(`${file} is no provider: a provider is a .yaml, .json, .mjs or .ts file`)
}

/**
 * A provider of a file.
 *
 * @param again a number that differs from call to call, where the file may have changed since a module of it was loaded
 * @throws ProviderFileError with file, line and field of all that is wrong; Error that names the file that cannot be read or loaded
 */
export const loadProviderFile = (file: string, again?: number): Promise<Provider> =>
  load(file, [resolve(file)], again === undefined ? '' : `?${again}`)

/** A shipped provider by its id, or one of a file by its path. @throws Error, ProviderFileError */
export const providerNamed = async (name: string): Promise<Provider> => (isPath(name) ? loadProviderFile(name) : shippedProvider(name))
