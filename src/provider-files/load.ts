/** Providers by id or by file: the one place that knows in which forms they come. */

import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Provider } from '../provider/define.js'
import { providers as shipped } from '../providers/index.js'
import { suggestion } from '../validation/nearest.js'
import type { Path } from '../validation/schema.js'
import { isObject } from '../validation/schema.js'
import type { ProviderFile } from './declare.js'
import { declare } from './declare.js'
import type { Unreadable } from './document.js'
import { largestFile, readDocument } from './document.js'
import { halfProblems } from './halves.js'
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
const sound = (
  file: string,
  provider: Provider,
  lineOf: (path: Path) => number | undefined,
  more: () => readonly FileProblem[] = () => [],
): Provider => {
  const found = senseProblems(provider)
  const problems = found.length > 0 ? found : more()
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
    const { size } = await stat(file)
    if (size <= largestFile) return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
  throw new Error(`${file} is larger than ${largestFile / 1_000_000} MB: that is no provider`)
}

const unreadable = (file: string, problems: readonly Unreadable[]): Error =>
  new Error(problems.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'))

const idOf = (content: ProviderFile, file: string): string => content.id ?? basename(file, extname(file))

const fromText = async (file: string, chain: Chain): Promise<Provider> => {
  const document = await readDocument(await read(file))
  if ('unreadable' in document) throw unreadable(file, document.unreadable)
  const { content, lineOf } = document
  if (content === null || content === undefined) throw new ProviderFileError(file, [{ path: [], message: 'the file says nothing' }], lineOf)
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
  const base = form.extends === undefined ? undefined : await baseOf(file, form.extends, chain, lineOf)
  const provider = declare(form, id, base)
  return sound(file, provider, lineOf, () => halfProblems(form, provider))
}

const baseOf = async (file: string, named: string, { within, read: told }: Chain, lineOf: (path: Path) => number): Promise<Provider> => {
  try {
    if (!isPath(named)) return shippedProvider(named)
    const other = resolve(dirname(file), named)
    if (within.includes(other)) throw new Error(`${named} extends this file in turn`)
    return await load(other, { within: [...within, other], read: told })
  } catch (error) {
    if (error instanceof ProviderFileError) throw error
    throw new ProviderFileError(file, [{ path: ['extends'], message: error instanceof Error ? error.message : String(error) }], lineOf)
  }
}

/** Files that are being read, each because the one before it extends it; and who wants to know of each. */
interface Chain {
  readonly within: readonly string[]
  readonly read: (file: string) => void
}

const load = async (file: string, chain: Chain, stamp = ''): Promise<Provider> => {
  chain.read(file)
  const kind = extname(file).toLowerCase()
  if (['.yaml', '.yml', '.json'].includes(kind)) return fromText(file, chain)
  if (['.mjs', '.js', '.ts', '.mts'].includes(kind)) return fromModule(file, stamp)
  throw new Error(`${file} is no provider: a provider is a .yaml, .json, .mjs or .ts file`)
}

/**
 * A provider of a file.
 *
 * @param again a number that differs from call to call, where the file may have changed since a module of it was loaded
 * @param read hears of each file that is read: this one, and those that it extends
 * @throws ProviderFileError with file, line and field of all that is wrong; Error that names the file that cannot be read or loaded
 */
export const loadProviderFile = (file: string, again?: number, read: (file: string) => void = () => {}): Promise<Provider> =>
  load(file, { within: [resolve(file)], read: (one) => read(resolve(one)) }, again === undefined ? '' : `?${again}`)

/** A shipped provider by its id, or one of a file by its path. @throws Error, ProviderFileError */
export const providerNamed = async (name: string): Promise<Provider> => (isPath(name) ? loadProviderFile(name) : shippedProvider(name))
