import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { job } from '../action/runner.js'

const run = promisify(execFile)

let folder = ''
let files: readonly string[] = []
let tarball = ''

/** Packs the tree as it would be published, and installs that in an empty folder, from the cache where it can. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authdouble-package-'))
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  files = packed.files.map(({ path }) => path)
  tarball = join(folder, packed.filename)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the package holds what runs, its seeds and descriptions, the README and the licence, and nothing else', () => {
  const outside = files.filter((path) => !/^(dist\/.+\.(js|d\.ts)|fixtures\/[\w-]+\/seed\.json|openapi\/[\w.-]+\.(yaml|json))$/.test(path))
  expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
  expect(files).toContain('dist/cli/main.js')
})

test('the container is built from no less than what building runs', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
  const context = (await readFile('.dockerignore', 'utf8')).split('\n')
  const files: readonly string[] = scripts.prepare.match(/[\w./-]+\.(json|mjs)/g) ?? []
  expect(files.length).toBeGreaterThan(0)
  expect(files.filter((file) => !context.includes(`!${file}`))).toEqual([])
})

test('publint finds nothing to say', async () => {
  const { messages, pkg = {} } = await publint({ pkgDir: resolve('.'), strict: true })
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
})

test('installed in an empty folder, the command tells its version', async () => {
  const { stdout } = await run('npx', ['--no', 'authdouble', '--version'], { cwd: folder })
  expect(stdout).toMatch(/^(authdouble )?\d+\.\d+\.\d+\n$/)
})

test('and it serves: one ready line, an answer, gone at SIGTERM', async () => {
  const child = spawn(join(folder, 'node_modules/.bin/authdouble'), ['serve', '--port', '0', '--json'], { cwd: folder })
  const ended = new Promise<number | null>((done) => child.on('close', (code, signal) => done(code ?? (signal === 'SIGTERM' ? 143 : null))))
  try {
    const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
    const ready = JSON.parse(line)
    expect(ready).toMatchObject({ event: 'ready', pid: child.pid })
    expect((await fetch(`${ready.url}/healthz`)).status).toBe(200)
    expect(Object.keys(ready.providers).sort()).toEqual(['plain', 'vcita', 'zentail', 'zettle', 'ziina', 'zoho-payments'])
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toBe(143)
})

test('the action installs the version it is given', { timeout: 60_000 }, async () => {
  await using work = await job()
  const started = await work.uses({ version: `file:${tarball}`, 'working-directory': folder, provider: 'zettle' })
  await work.uses({ command: 'stop' })
  expect(started).toMatchObject({ code: 0, log: expect.stringMatching(/authdouble \d+\.\d+\.\d+\nauthdouble is ready at http:/) })
})

const resolutions = { nodenext: ['--module', 'nodenext'], bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'] }

/** As a strict project would, with the declarations of the package checked too. */
const compile = async (name: string, program: string, resolution: keyof typeof resolutions = 'nodenext') => {
  await writeFile(join(folder, name), program)
  const options = ['--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--skipLibCheck', 'false']
  const exact = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--verbatimModuleSyntax', '--isolatedModules']
  const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]
  const argv = [...resolutions[resolution], ...options, ...exact, ...types, name]
  await run(resolve('node_modules/.bin/tsc'), argv, { cwd: folder }).catch((cause) => {
    throw new Error(cause.stdout)
  })
}

const program = `
import type { Double, JournalEntry } from 'authdouble'
import { createServer, lose } from 'authdouble'
import { intercept } from 'authdouble/intercept'
import type { Report } from 'authdouble/conformance'
import { runConformance } from 'authdouble/conformance'
await using double: Double = await createServer({ providers: ['zettle'] })
await using reach = intercept(double)
const answer: Response = await fetch('https://oauth.zettle.com/token', { method: 'POST' })
const last: JournalEntry | undefined = double.journal.last('zettle', 'token')
double.faults.next('zettle', 'token', lose())
// @ts-expect-error: there is no such provider
const wrong = () => createServer({ providers: ['zettel'] })
const redeems = async (): Promise<Report> => runConformance({ provider: 'zettle', client: { exec: ['true'] }, only: ['exchange/redeems-the-code'] })
console.log(answer.status, last?.reason, (await redeems()).cases.length, typeof wrong)
`

test('what the package exports can be imported, and its types hold for a strict program in ES modules', async () => {
  await compile('program.ts', program)
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder })
  expect(stdout).toBe('400 client_credentials_missing 1 function\n')
})

test('and for one that leaves resolution to a bundler', () => compile('bundled.ts', program, 'bundler'))

test('the fixture and matchers for Vitest have their types', async () => {
  await symlink(resolve('node_modules/vitest'), join(folder, 'node_modules/vitest'))
  const tests = `
import { expect, test } from 'authdouble/vitest'
test('a title', async ({ double }) => {
  const { tokenUrl }: { readonly tokenUrl?: string } = double.provider('zettle')
  expect(tokenUrl).toBeTypeOf('string')
  expect(double).toHaveUsedLatestRefreshToken()
  // @ts-expect-error: there is no such matcher
  expect(double).toHaveUsedAnyRefreshToken()
})
`
  await compile('fixture.ts', tests)
  await compile('fixture-bundled.ts', tests, 'bundler')
})

test('each of its exports leads to a file that is there, and its JSON can be read', async () => {
  const { exports } = JSON.parse(await readFile(join(folder, 'node_modules/authdouble/package.json'), 'utf8'))
  for (const target of Object.values(exports) as (string | Record<string, string>)[])
    for (const path of typeof target === 'string' ? [target] : Object.values(target)) {
      const text = await readFile(join(folder, 'node_modules/authdouble', path), 'utf8')
      if (path.endsWith('.json')) expect(JSON.parse(text)).toBeTypeOf('object')
    }
})

test('the README says what installing costs', async () => {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))
  const packages = Object.keys(lock.packages).filter((path) => path.startsWith('node_modules/')).length
  const entries = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
  const sizes = entries.filter((entry) => entry.isFile()).map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  const [, saidPackages, saidMegabytes] = /Installed it is (\d+) packages and ([\d.]+) MB/.exec(await readFile('README.md', 'utf8')) ?? []
  // Dependencies of dependencies come and go within their ranges.
  expect(Math.abs(packages - Number(saidPackages))).toBeLessThanOrEqual(5)
  expect(Math.abs(bytes / 1e6 - Number(saidMegabytes))).toBeLessThanOrEqual(0.5)
})

test('nothing is run at installation', async () => {
  const { stdout } = await run('npm', ['query', ':attr(scripts, [postinstall]), :attr(scripts, [install]), :attr(scripts, [preinstall])'], {
    cwd: folder,
  })
  expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual([])
})
