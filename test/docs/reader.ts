/** A reader who does what a page says: a project of their own, a shell, and a double at the usual address. */

import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createServer } from '../../src/index.js'
import { root } from '../laws/sources.js'
import type { Step } from './pages.js'

interface Printed {
  readonly code: number
  readonly output: string
}

const run = (command: string, argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Printed> =>
  new Promise((done) => {
    const child = execFile(command, argv, { cwd, env, timeout: 200_000, maxBuffer: 16_000_000 }, (failed, stdout, stderr) => {
      const code = failed ? (typeof failed.code === 'number' ? failed.code : 1) : 0
      done({ code, output: `${stdout}${stdout === '' || stdout.endsWith('\n') ? '' : '\n'}${stderr}` })
    })
    child.stdin?.end()
  })

/** What the machine's environment brings along, less what would change what a command does. */
const machine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AUTHDOUBLE_|NODE_OPTIONS$|VITEST|PORT$|FORCE_COLOR|https?_proxy$)/i.test(name)),
)

/** Variables that a block sets are there in the next, as in one shell. */
const remembering = (script: string): string => `
if [ -f "$READER_STATE" ]; then . "$READER_STATE" 2>/dev/null; fi
trap 'declare -p | grep -v "^declare -[A-Za-z]*[rA]" >"$READER_STATE"' EXIT
set -eo pipefail
${script}`

/** Where nothing says what a request answers, it must at least succeed. */
const mustSucceed = (script: string): string => script.replaceAll(/\bcurl -s(?=i?\s)/g, 'curl -sSf')

const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--verbatimModuleSyntax', '--isolatedModules']
const compiler = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--types', 'node', ...strict]

export interface Reader extends AsyncDisposable {
  /** Does one thing. @returns what was printed, with the usual address in place of this one */
  readonly does: (step: Step) => Promise<Printed>
  readonly folder: string
}

export const reader = async (options: { readonly proxy: boolean }): Promise<Reader> => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-reader-'))
  const bin = join(folder, 'node_modules', '.bin')
  await mkdir(bin, { recursive: true })
  await symlink(root, join(folder, 'node_modules', 'authdouble'))
  await symlink(join(root, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', scripts: { test: 'node --version' } }))
  await writeFile(join(bin, 'npx'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test/docs/npx.mjs')}' "$@"\n`)
  await chmod(join(bin, 'npx'), 0o755)
  const caDirectory = join(folder, 'node_modules', '.authority')
  const double = await createServer(options.proxy ? { proxy: true, caDirectory } : {})
  const { port } = new URL(double.url())
  const env: NodeJS.ProcessEnv = {
    ...machine,
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    AUTHDOUBLE_URL: double.url(),
    AUTHDOUBLE_CA_DIR: caDirectory,
    NO_COLOR: '1',
    READER_STATE: join(folder, 'node_modules', '.shell'),
  }
  const here = (text: string): string => text.replaceAll(/\b4740\b/g, port)
  const there = ({ code, output }: Printed): Printed => ({ code, output: output.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), '4740') })
  let samples = 0

  const program = async (language: string, text: string, file?: string): Promise<Printed> => {
    const name = file ?? `sample-${++samples}.${language}`
    await writeFile(join(folder, name), here(text))
    if (language === 'ts') {
      const compiled = await run(
        join(root, 'node_modules/.bin/tsc'),
        [...compiler, '--typeRoots', join(root, 'node_modules/@types'), name],
        folder,
        env,
      )
      if (compiled.code !== 0) return compiled
    }
    return there(await run(process.execPath, [name.replace(/\.ts$/, '.js')], folder, env))
  }

  const does = async ({ block, shown }: Step): Promise<Printed> => {
    const { language, text, file } = block
    if (language === 'sh') return there(await run('bash', ['-c', remembering(here(shown ? text : mustSucceed(text)))], folder, env))
    if (file === undefined || shown) return program(language, text, file)
    await writeFile(join(folder, file), here(text))
    return { code: 0, output: '' }
  }

  const end = async () => {
    await double.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { does, folder, [Symbol.asyncDispose]: end }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Lines of the page that the output does not have, in their order; `…` stands for anything. */
export const missing = (shown: string, output: string): readonly string[] => {
  const lines = output.split('\n').map((line) => line.trim())
  const wanted = shown
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '…')
  let at = 0
  return wanted.filter((line) => {
    const pattern = new RegExp(`^${line.split('…').map(escaped).join('.*')}$`)
    const found = lines.findIndex((one, index) => index >= at && pattern.test(one))
    if (found < 0) return true
    at = found + 1
    return false
  })
}
