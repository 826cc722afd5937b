/** An empty project with the package as it would be published, for what must work from outside. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Project {
  readonly folder: string
  readonly tarball: string
  /** What the package is packed of. */
  readonly files: readonly string[]
  readonly remove: () => Promise<void>
}

/** Packs the tree, and installs that beside other packages, from the cache where it can. */
export const emptyProject = async (manifest: object, others: readonly string[] = []): Promise<Project> => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-package-'))
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  const tarball = join(folder, packed.filename)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, ...manifest }))
  await run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball, ...others], { cwd: folder })
  return { folder, tarball, files: packed.files.map(({ path }) => path), remove: () => rm(folder, { recursive: true, force: true }) }
}

const resolutions = { nodenext: ['--module', 'nodenext'], bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'] }

/**
 * Compiles programs as a strict project would, with the declarations of the packages checked too.
 *
 * @param programs by file name
 * @throws Error with what the compiler says
 */
export const compile = async (
  { folder }: Pick<Project, 'folder'>,
  programs: { readonly [name: string]: string },
  resolution: keyof typeof resolutions = 'nodenext',
): Promise<void> => {
  const names = Object.keys(programs)
  for (const [name, program] of Object.entries(programs)) await writeFile(join(folder, name), program)
  const options = ['--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable,dom,dom.iterable', '--skipLibCheck', 'false']
  // In CommonJS that would ask for `import = require()`, which few write.
  const verbatim = names.some((name) => name.endsWith('.cts')) ? [] : ['--verbatimModuleSyntax']
  const exact = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--isolatedModules', ...verbatim]
  const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]
  const argv = [...resolutions[resolution], ...options, ...exact, ...types, ...names]
  await run(resolve('node_modules/.bin/tsc'), argv, { cwd: folder }).catch((cause) => {
    throw new Error(cause.stdout)
  })
}
