/** The project's own sources, as the laws read them. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Source {
  /** From the root of the project, with slashes. */
  readonly path: string
  readonly text: string
}

/** All TypeScript files below a folder. */
export const sourcesBelow = (folder: string): readonly Source[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))

/** Comments say what they like; the laws are about code. */
export const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1')

/** What a file imports: its own project's files resolved, packages by name. */
export const importsOf = ({ path, text }: Source): readonly string[] =>
  [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? join(path, '..', name).replaceAll('\\', '/').replace(/\.js$/, '.ts') : name,
  )
