import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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
    expect(Object.keys(ready.providers).sort()).toEqual(['vcita', 'zentail', 'zettle', 'ziina', 'zoho-payments'])
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

const compile = async (name: string, program: string) => {
  await writeFile(join(folder, name), program)
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--skipLibCheck', 'false']
  const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]
  await run(resolve('node_modules/.bin/tsc'), [...options, ...types, name], { cwd: folder }).catch((cause) => {
    throw new Error(cause.stdout)
  })
}

test('what the package exports can be imported, and its types hold for a strict program in ES modules', async () => {
  await compile(
    'program.ts',
    `
import { createServer } from 'authdouble'
import { intercept } from 'authdouble/intercept'
import * as conformance from 'authdouble/conformance'
await using double = await createServer({ providers: ['zettle'] })
await using reach = intercept(double)
const answer: Response = await fetch('https://oauth.zettle.com/token', { method: 'POST' })
console.log(answer.status, Object.keys(conformance).length > 0)
`,
  )
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder })
  expect(stdout).toBe('400 true\n')
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
  const { stdout } = await run('du', ['-sk', '--apparent-size', join(folder, 'node_modules')])
  const [, saidPackages, saidMegabytes] = /Installed it is (\d+) packages and (\d+) MB/.exec(await readFile('README.md', 'utf8')) ?? []
  // Dependencies of dependencies come and go within their ranges.
  expect(Math.abs(packages - Number(saidPackages))).toBeLessThanOrEqual(5)
  expect(Math.abs(Number.parseInt(stdout, 10) / 1000 - Number(saidMegabytes))).toBeLessThanOrEqual(2)
})

test('nothing is run at installation', async () => {
  const { stdout } = await run('npm', ['query', ':attr(scripts, [postinstall]), :attr(scripts, [install]), :attr(scripts, [preinstall])'], {
    cwd: folder,
  })
  expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual([])
})
