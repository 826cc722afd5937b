import { execFile, spawn } from 'node:child_process'
import { readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quirksOf } from '../../src/provider/quirk.js'
import { providers } from '../../src/providers/index.js'
import { job } from '../action/runner.js'
import type { Project } from './project.js'
import { compile, emptyProject } from './project.js'

const run = promisify(execFile)

let project: Project
let folder = ''
let files: readonly string[] = []
let tarball = ''

beforeAll(async () => {
  project = await emptyProject({ type: 'module' })
  ;({ folder, files, tarball } = project)
})

afterAll(() => project?.remove())

test('the package holds what runs, its seeds, descriptions and documentation, and nothing else', () => {
  const inside =
    /^(dist\/.+\.(js|d\.ts)|dist\/console\/console\.css|dist\/cjs\/[\w-]+\.(cjs|d\.cts)|docs\/[\w-]+\.(md|svg)|docs\/images\/[\w-]+\.(png|webp)|fixtures\/[\w-]+\/seed\.json|fixtures\/test-runners\/\w+\/(conftest\.py|\w+\.(go|rb|java|php))|openapi\/[\w.-]+\.(yaml|json))$/
  expect(files.filter((path) => !inside.test(path)).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  expect(files).toContain('docs/README.md')
  expect(files).toContain('dist/cli/main.js')
  expect(files).toContain('dist/console/console.js')
})

test('the container is built from no less than what building runs', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
  const context = (await readFile('.dockerignore', 'utf8')).split('\n')
  const files: readonly string[] = scripts.build.match(/[\w./-]+\.(json|mjs)/g) ?? []
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
  await compile(project, { 'program.ts': program })
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder })
  expect(stdout).toBe('400 client_credentials_missing 1 function\n')
})

test('its types know each provider and each quirk by name, and no other', async () => {
  const names = providers.flatMap(({ id, settings }) =>
    quirksOf(settings).flatMap(({ quirk }) => [quirk.name, ...(quirk.was === undefined ? [] : [quirk.was])].map((name) => `${id}/${name}`)),
  )
  const known = `
import type { Double, ProviderId, QuirkName, Toggles } from 'authdouble'
import { createServer, defineProvider, documented, quirk } from 'authdouble'
import { runConformance } from 'authdouble/conformance'
import { testWith } from 'authdouble/node-test'
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
export const ids: Same<ProviderId, ${providers.map(({ id }) => `'${id}'`).join(' | ')}> = true
export const quirks: Same<QuirkName, ${names.map((name) => `'${name}'`).join(' | ')}> = true
export const all = createServer({ quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
// @ts-expect-error: there is no such quirk
export const wrong = createServer({ quirks: { 'zettle/foo': true } })
// @ts-expect-error: that provider is not served
export const unserved = createServer({ providers: ['ziina'], quirks: { 'zettle/may-rotate-at-any-time': true } })
export const program = async (double: Double<'zettle/may-rotate-at-any-time', 'zettle'>): Promise<Double> => {
  double.quirks.set('zettle/may-rotate-at-any-time', 'always')
  // @ts-expect-error: there is no such quirk
  double.quirks.set('zettle/may-rotate', 'always')
  // @ts-expect-error: there is no such provider
  double.faults.next('zetle', 'token', { kind: 'lose' })
  // @ts-expect-error: there is no such provider
  await double.tokens.mint('zetle')
  // @ts-expect-error: there is no such quirk
  await double.sandbox({ quirks: { 'zettle/foo': true } })
  return double
}
export const run = () => runConformance({ provider: 'zettle', client: { exec: ['true'] }, quirks: { 'zettle/also-takes-basic': true } })
// @ts-expect-error: that quirk is another provider's
export const other = () => runConformance({ provider: 'zettle', client: { exec: ['true'] }, quirks: { 'vcita/also-takes-form': true } })
const issuer = 'https://auth.acme.example'
const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  docs: issuer,
  settings: {
    issuer,
    endpoints: { token: { operation: 'token', methods: ['POST'], path: '/token', host: 'auth.acme.example' } },
    access: { lifetime: quirk('short', documented('its page'), { provider: 60, standard: 3600, description: 'Short' }) },
  },
})
export const own = testWith({ providers: [acme] }, { quirks: { 'acme/short': false } })
// @ts-expect-error: it has no such quirk
export const none = testWith({ providers: [acme] }, { quirks: { 'acme/long': false } })
// What comes from elsewhere is known when it runs.
export const fromFile = (read: Toggles) => createServer({ providers: ['./acme.yaml'], quirks: read })
`
  await compile(project, { 'known.ts': known })
})

test('and for one that leaves resolution to a bundler', () => compile(project, { 'bundled.ts': program }, 'bundler'))

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
  await compile(project, { 'fixture.ts': tests })
  await compile(project, { 'fixture-bundled.ts': tests }, 'bundler')
})

test('each of its exports leads to a file that is there, and its JSON can be read', async () => {
  const { exports } = JSON.parse(await readFile(join(folder, 'node_modules/authdouble/package.json'), 'utf8'))
  const paths = (target: unknown): readonly string[] =>
    typeof target === 'string' ? [target] : Object.values(target as object).flatMap(paths)
  for (const target of Object.values(exports))
    for (const path of paths(target)) {
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

test('npm runs no script of the package when it is installed', async () => {
  const { scripts } = JSON.parse(await readFile(join(folder, 'node_modules/authdouble/package.json'), 'utf8'))
  const atInstallation = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']
  expect(Object.keys(scripts).filter((name) => atInstallation.includes(name))).toEqual([])
})

test('a checkout is built by npm ci, and whatever is packed is built first', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
  // npm runs `dependencies` in the project that it installs for, never in a package that it installs.
  expect(scripts).toMatchObject({ dependencies: 'npm run build', prepack: 'npm run build' })
})

test('no package that comes with it runs a script at installation', async () => {
  const { stdout } = await run('npm', ['query', ':attr(scripts, [postinstall]), :attr(scripts, [install]), :attr(scripts, [preinstall])'], {
    cwd: folder,
  })
  expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual([])
})
